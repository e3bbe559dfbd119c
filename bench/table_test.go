package bench

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

func summaries() []results.Summary {
	known := func(v float64) results.Estimate { return results.Median([]float64{v}) }
	return []results.Summary{
		{
			Setting: results.Params{Operation: "put", Clients: 1}, Trials: make([]results.Trial, 1), Counts: results.Counts{OK: 2000},
			Service:    results.Latencies{Mean: known(31_234.56), P50: known(30_015), P99: known(99_940), P999: results.Median(nil), Max: 1_234_567},
			Throughput: known(31_900.4), Whole: known(31_000),
		},
		{
			Setting: results.Params{Operation: "get", Clients: 8}, Trials: make([]results.Trial, 1), Counts: results.Counts{OK: 799_998, Unknown: 1, Failed: 1},
			Service:    results.Latencies{Mean: known(999), P50: known(12), P99: known(10e6), P999: known(1.5e9), Max: 10.04e9},
			Throughput: known(250_000), Whole: known(240_000),
		},
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := writeTable(&b, summaries()); err != nil {
		t.Fatal(err)
	}
	want := strings.TrimLeft(`
  operation  clients     mean      p50      p99   p99.9      max   ops/s  failed
        put        1  31.2 µs  30.0 µs  99.9 µs       -  1.23 ms   31900       0
        get        8   999 ns    12 ns  10.0 ms  1.50 s   10.0 s  250000       2
`, "\n")
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	for line := range strings.Lines(b.String()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestTableJSON(t *testing.T) {
	var b strings.Builder
	if err := writeJSON(&b, summaries()); err != nil {
		t.Fatal(err)
	}
	want := `{"operation":"put","clients":1,"trials":1,"count":2000,"failed":0,"mean_ns":31234.6,"p50_ns":30015,"p99_ns":99940,"p999_ns":null,"max_ns":1234567,"throughput_ops_per_s":31900.4,"verdict":"","interval_ns":{"p50":null,"p99":null,"p999":null}}
{"operation":"get","clients":8,"trials":1,"count":800000,"failed":2,"mean_ns":999,"p50_ns":12,"p99_ns":10000000,"p999_ns":1500000000,"max_ns":10040000000,"throughput_ops_per_s":250000,"verdict":"","interval_ns":{"p50":null,"p99":null,"p999":null}}
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// TestIntervalsAreOfSeveralTrials: one trial has no interval, however many
// operations it has; six have one, across trials.
func TestIntervalsAreOfSeveralTrials(t *testing.T) {
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
		1: `"interval_ns":{"p50":null,"p99":null,"p999":null}`,
		6: `"interval_ns":{"p50":[`,
	} {
		var b strings.Builder
		if err := writeJSON(&b, results.Summarize(trials[:n])); err != nil {
			t.Fatal(err)
		}
		if trials := fmt.Sprintf(`"trials":%d,`, n); !strings.Contains(b.String(), want) || !strings.Contains(b.String(), trials) {
			t.Errorf("%d trials: %s, want %s and %s", n, b.String(), want, trials)
		}
	}
}

func TestLatencyHasThreeDigits(t *testing.T) {
	for ns, want := range map[float64]string{
		0: "0 ns", 7: "7 ns", 1000: "1.00 µs", 12_345: "12.3 µs", 123_456: "123 µs", 1_500_000: "1.50 ms", 60e9: "60.0 s", math.NaN(): "-",
	} {
		if got := latency(ns); got != want {
			t.Errorf("%v: %q, want %q", ns, got, want)
		}
	}
}
