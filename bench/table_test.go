package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dhtbench/results"

	"github.com/alecthomas/kong"
)

func known(v float64) results.Estimate { return results.Median([]float64{v}) }

func atLeast(v float64) results.Estimate {
	e := known(v)
	e.AtLeast = true
	return e
}

func summaries() []results.Summary {
	return []results.Summary{
		{
			Setting: results.Params{Operation: "put", Clients: 1, KeyBytes: 16, ValueBytes: 32}, Trials: make([]results.Trial, 1), Counts: results.Counts{OK: 2000},
			Service:    results.Latencies{Mean: known(31_234.56), Quantiles: map[float64]results.Estimate{0.5: known(30_015), 0.9: known(40_000), 0.95: known(50_000), 0.99: known(99_940)}, Max: 1_234_567},
			Throughput: known(31_900.4), Whole: known(31_000), Valid: 1,
		},
		{
			Setting: results.Params{Operation: "get", Clients: 8, KeyBytes: 16, ValueBytes: 90, ValueSizes: "uniform:10-90"}, Trials: make([]results.Trial, 1), Counts: results.Counts{OK: 799_998, Unknown: 1, Failed: 1},
			Service:    results.Latencies{Mean: known(999), Quantiles: map[float64]results.Estimate{0.5: known(12), 0.9: known(13), 0.95: known(14), 0.99: known(10e6), 0.999: atLeast(1.58e9)}, Max: 10.04e9, MaxAtLeast: true},
			Throughput: known(250_000), Whole: known(240_000), Valid: 1, Suspect: 1,
		},
	}
}

func table(t *testing.T, summaries []results.Summary, chosen ...float64) string {
	t.Helper()
	var b strings.Builder
	if err := writeTable(&b, summaries, chosen); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// fits fails the test if a line is wider than a terminal or ends in a space.
func fits(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > width || strings.HasSuffix(line, " ") {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}

func TestTable(t *testing.T) {
	got := table(t, summaries())
	want := `op   clients     mean      p50      p99    p99.9      max   ops/s  failed
put        1  31.2 µs  30.0 µs  99.9 µs        -  1.23 ms   31900       0
get        8   999 ns    12 ns  10.0 ms  > 1.5 s   > 10 s  250000       2 ?
-: not known; a percentile needs 10 operations above it
>: at least; operations without a reply may have taken longer
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	fits(t, got)
	if plain := table(t, []results.Summary{{Service: results.LatenciesOf(filled(20_000)), Throughput: known(1)}}); strings.Contains(plain, ": ") {
		t.Errorf("the legend explains signs that the table does not have:\n%s", plain)
	}
}

// TestTableHasPercentilesThatFit: by default as many as fit 80 columns, or those that
// are chosen. The table has a column of failed operations if there are any.
func TestTableHasPercentilesThatFit(t *testing.T) {
	summary := summaries()[0]
	summary.Service = results.LatenciesOf(filled(100_000), 0.9999)
	wide := summary
	wide.Service.Mean, wide.Throughput, wide.Counts.Failed = atLeast(123_456_789), known(12_345_678), 7
	for _, test := range []struct {
		summary results.Summary
		chosen  results.Percentiles
		want    string
	}{
		{summary, nil, "op clients mean p50 p90 p95 p99 p99.9 max ops/s"},
		{wide, nil, "op clients mean p50 p99 p99.9 max ops/s failed"},
		{summary, results.Percentiles{0.95, 0.9999}, "op clients mean p95 p99.99 max ops/s"},
	} {
		heading, _, _ := strings.Cut(table(t, []results.Summary{test.summary}, test.chosen...), "\n")
		if got := strings.Join(strings.Fields(heading), " "); got != test.want {
			t.Errorf("percentiles %v: heading %q, want %q", test.chosen, got, test.want)
		}
	}
}

// filled is a histogram of n latencies from 1 µs.
func filled(n int) *results.Histogram {
	h := results.NewHistogram()
	for i := range n {
		h.Record(time.Duration(1000 + i))
	}
	return h
}

// openSummary is an open loop at a rate, with unsent operations in its tail.
func openSummary(clients int, rate float64, pacing string) results.Summary {
	l := results.Latencies{Mean: atLeast(123e6), Quantiles: map[float64]results.Estimate{0.5: known(123_456), 0.9: known(1e6), 0.95: known(2e6), 0.99: atLeast(128.9e6), 0.999: atLeast(999.9e6)}, Max: 60e9, MaxAtLeast: true}
	lag := results.LatenciesOf(filled(1_000_000))
	return results.Summary{
		Setting:  results.Params{Operation: "mix", Loop: results.OpenLoop, Clients: clients, RateOpsPerS: rate, Pacing: pacing},
		Trials:   make([]results.Trial, 2),
		Response: &l, Lag: &lag, Service: results.LatenciesOf(filled(1_000_000)), Throughput: known(rate),
		Offered: known(rate + 0.4), Achieved: known(0.9 * rate), Queued: 7, Counts: results.Counts{OK: 123_400, Failed: 123_456, Unsent: 5}, Valid: 1, Invalid: 1,
	}
}

func TestTableOfAnOpenLoop(t *testing.T) {
	got := table(t, []results.Summary{openSummary(4, 1_000_000, results.PrecisePacing), openSummary(4, 12.34, results.PrecisePacing)})
	want := `                        response  response  response  response     lag
op   offered  achieved       p50       p90       p99     p99.9     p99  failed
mix  1000000    900000    123 µs   1.00 ms  > 128 ms  > 999 ms  991 µs  123456 !
mix     12.7      11.1    123 µs   1.00 ms  > 128 ms  > 999 ms  991 µs  123456 !
>: at least; operations without a reply may have taken longer
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	fits(t, got)
	// With all columns, none of them short.
	several := table(t, []results.Summary{openSummary(4, 1_000_000, results.PrecisePacing), openSummary(200, 100_000, results.PrecisePacing)})
	if fits(t, several); !strings.Contains(several, "\nmix      200   100000") {
		t.Errorf("no column for different numbers of clients:\n%s", several)
	}
	timers := table(t, []results.Summary{openSummary(4, 1000, results.PrecisePacing), openSummary(200, 1000, results.TimerPacing)})
	if fits(t, timers); !strings.Contains(timers, "\nmix, timer      200 ") {
		t.Errorf("the table does not show the pacing:\n%s", timers)
	}
}

func TestTableJSON(t *testing.T) {
	var b strings.Builder
	all := summaries()
	all[1].Trials[0].Warnings = []results.Warning{{Code: "steal", Level: results.Suspect, Host: "h", Value: 0.02, Limit: 0.01}}
	if err := writeJSON(&b, all, nil); err != nil {
		t.Fatal(err)
	}
	want := `{"operation":"put","clients":1,"key_bytes":16,"value_bytes":32,"trials":1,"count":2000,"failed":0,"mean_ns":31234.6,"p50_ns":30015,"p90_ns":40000,"p95_ns":50000,"p99_ns":99940,"p999_ns":null,"max_ns":1234567,"throughput_ops_per_s":31900.4,"throughput_interval_ops_per_s":null,"verdict":"VALID","interval_ns":{"mean":null,"p50":null,"p90":null,"p95":null,"p99":null,"p999":null}}
{"operation":"get","clients":8,"key_bytes":16,"value_bytes":90,"value_sizes":"uniform:10-90","trials":1,"count":800000,"failed":2,"mean_ns":999,"p50_ns":12,"p90_ns":13,"p95_ns":14,"p99_ns":10000000,"p999_ns":null,"max_ns":null,"p999_above_ns":1580000000,"max_above_ns":10040000000,"throughput_ops_per_s":250000,"throughput_interval_ops_per_s":null,"verdict":"SUSPECT","interval_ns":{"mean":null,"p50":null,"p90":null,"p95":null,"p99":null,"p999":null},"warnings":[{"code":"steal","level":"SUSPECT","host":"h","value":0.02,"limit":0.01}]}
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestTableJSONOfAnOpenLoop(t *testing.T) {
	var b strings.Builder
	if err := writeJSON(&b, []results.Summary{openSummary(4, 1000, results.PrecisePacing)}, nil); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"p50_ns": 123456.0, "p99_ns": nil, "p99_above_ns": 128.9e6, "rate_ops_per_s": 1000.0, "offered_ops_per_s": 1000.4, "achieved_ops_per_s": 900.0,
		"queued": 7.0, "unsent": 5.0, "pacing": "precise", "sustained": false, "lag_p50_ns": 501247.0,
	} {
		if value, there := got[name]; !there || value != want {
			t.Errorf("%s is %v, want %v", name, value, want)
		}
	}
	if _, there := got["p50_above_ns"]; there {
		t.Error("a percentile that is known has a lower bound")
	}
}

// TestIntervalsNeedSeveralTrials: one trial has no interval, however many operations
// it has; six trials have one.
func TestIntervalsNeedSeveralTrials(t *testing.T) {
	var trials []results.Trial
	for repeat := range 6 {
		h := results.NewHistogram()
		for i := range 10_000 {
			h.Record(time.Duration((repeat + 1) * (1000 + i)))
		}
		trials = append(trials, results.Trial{
			Params:  results.Params{Operation: results.Get, Loop: results.ClosedLoop, Clients: 1, Repeat: repeat},
			Clients: []results.Client{{EndNS: 1e9, Counts: results.Counts{OK: 10_000}, Service: h}},
		})
	}
	for n, want := range map[int]string{
		1: `"interval_ns":{"mean":null,"p50":null,"p90":null,"p95":null,"p99":null,"p999":null}`,
		6: `"interval_ns":{"mean":[`,
	} {
		var b strings.Builder
		if err := writeJSON(&b, results.Summarize(trials[:n]), nil); err != nil {
			t.Fatal(err)
		}
		if trials := fmt.Sprintf(`"trials":%d,`, n); !strings.Contains(b.String(), want) || !strings.Contains(b.String(), trials) {
			t.Errorf("%d trials: %s, want %s and %s", n, b.String(), want, trials)
		}
	}
}

// troubled is a default sweep of 24 trials, each with several warnings.
func troubled() []results.Trial {
	var trials []results.Trial
	for i, code := range slices.Repeat(results.Codes(), 2)[:24] {
		t := results.Trial{
			Params:  results.Params{Operation: results.Operations()[i%3], Loop: results.ClosedLoop, Nodes: 8, Clients: 1 + i/3, Operations: 100_000, Warmup: 1000, WarmupNS: 2e9, KeyBytes: 16, ValueBytes: 32, Placement: results.SeparatePlacement},
			Verdict: results.Suspect,
		}
		for range t.Params.Clients {
			t.Clients = append(t.Clients, results.Client{EndNS: 1e9, Counts: results.Counts{OK: 1000}, Service: filled(100)})
		}
		node := i
		t.Warnings = []results.Warning{
			{Code: code, Level: results.Suspect, Value: 0.1 + 0.01*float64(i), Limit: 0.1},
			{Code: "hiccups", Level: results.Suspect, Host: "h1", Node: &node, Value: 0.02, Limit: 0.01},
		}
		if i == 0 {
			t.Verdict, t.Warnings[1].Level = results.Invalid, results.Invalid
		}
		trials = append(trials, t)
	}
	return trials
}

// TestDefaultSweepFitsAScreen: table and warnings of 24 trials with every kind of
// warning fit 36 rows of 80 columns. The warnings are last.
func TestDefaultSweepFitsAScreen(t *testing.T) {
	var b strings.Builder
	if err := (display{file: "results/loopback.jsonl", program: "./dhtbench"}).write(&b, troubled()); err != nil {
		t.Fatal(err)
	}
	fits(t, b.String())
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) > 36 {
		t.Errorf("%d rows", len(lines))
	}
	below := lines[len(lines)-warningLines-1:]
	if below[0] != "SUSPECT 23 (?), INVALID 1 (!)" || !strings.HasPrefix(below[1], "24, 1 INVALID: hiccups for 2") ||
		!regexp.MustCompile(`^\d+ more kinds of warnings: ./dhtbench show results/loopback.jsonl$`).MatchString(below[warningLines]) {
		t.Errorf("below the table:\n%s", strings.Join(below, "\n"))
	}
	if head := strings.Join(lines[:3], "\n"); head != "8 nodes, separate clients, 100000 operations per client, closed loop, trials: 1,\n"+
		"keys of 16 bytes, values of 32 bytes, warm-up 1000 operations or 2s,\ntrials are in results/loopback.jsonl" {
		t.Errorf("heading:\n%s", head)
	}
}

// TestShowPrintsAllWarnings: show prints what the sweep printed, with every warning of
// every trial.
func TestShowPrintsAllWarnings(t *testing.T) {
	var b strings.Builder
	trials := troubled()
	if err := (display{file: "x", all: true}).write(&b, trials); err != nil {
		t.Fatal(err)
	}
	for _, trial := range trials {
		for _, w := range trial.Warnings {
			if line := fmt.Sprintf("\n  %s: %s: %s\n", setting(trial.Params), w.Level, w); !strings.Contains(b.String(), line) {
				t.Errorf("no line %q", line)
			}
		}
	}
	if !strings.Contains(b.String(), "(h1, node 23)\n") || strings.Contains(b.String(), "more kinds") {
		t.Errorf("got\n%s", b.String())
	}
}

// TestShowSeparatesSweeps: settings that differ in what has no column have separate
// tables. Rates of schema 2, each with its number of operations, share one.
func TestShowSeparatesSweeps(t *testing.T) {
	for file, tables := range map[string]int{"loopback": 1, "rates": 1, "pacing": 1, "truth": 3} {
		trials, err := results.ReadFile(filepath.Join("..", "results", file+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := (display{file: "x"}).write(&b, trials); err != nil {
			t.Fatal(err)
		}
		fits(t, b.String())
		if n := strings.Count(b.String(), "separate clients"); n != tables {
			t.Errorf("%s: %d tables, want %d:\n%s", file, n, tables, b.String())
		}
		if want := fmt.Sprintf("\nVALID %d", len(trials)); file == "loopback" && !strings.Contains(b.String(), "\nVALID 23, SUSPECT 1 (?)\n") {
			t.Errorf("%s: no %q:\n%s", file, want, b.String())
		}
	}
}

func TestShowRefusesAnEmptyFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(name, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := (&ShowCommand{File: name}).Run(); err == nil || !strings.Contains(err.Error(), "holds no trials") {
		t.Errorf("error %v", err)
	}
}

// TestAdviceNamesFlags: the flags in the advice of warnings exist in dhtbench bench.
func TestAdviceNamesFlags(t *testing.T) {
	parser, err := kong.New(new(Command))
	if err != nil {
		t.Fatal(err)
	}
	var flags []string
	for _, f := range parser.Model.Flags {
		flags = append(flags, "--"+f.Name)
	}
	for _, g := range results.Warnings(troubled()) {
		for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(g.Advice, -1) {
			if !slices.Contains(flags, flag) {
				t.Errorf("%s: no flag %s", g.Code, flag)
			}
		}
	}
}

func TestRatesHaveThreeDigits(t *testing.T) {
	for v, want := range map[float64]string{0.1: "0.1", 12.34: "12.3", 99.96: "100", 1234.5: "1234", math.NaN(): "-"} {
		if got := perSecond(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
}

// TestTableOfSixTrials: with enough trials the table has intervals instead of mean and
// max.
func TestTableOfSixTrials(t *testing.T) {
	some := summaries()[:1]
	interval := func(v float64) results.Estimate { return results.Estimate{Median: v, Low: 0.9 * v, High: 1.2 * v} }
	some[0].Throughput = interval(31_900)
	some[0].Service.Quantiles = map[float64]results.Estimate{0.5: interval(30_000), 0.99: interval(1_230_000)}
	got := table(t, some)
	want := `op   clients                   p50                   p99                 ops/s
put        1  30.0 µs [27.0, 36.0]  1.23 ms [1.11, 1.48]  31900 [28710, 38280]
medians of the trials, [95 % interval of the median]
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	fits(t, got)
}
