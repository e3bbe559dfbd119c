package plots

import (
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// counted is a trial whose numbers can be worked out by hand: one client, and
// latencies of 1 to 20 µs, one after the other. Their sum is 210 µs, so the mean
// is 10.5 µs and the throughput 20/210 µs = 95,238 operations per second; the
// 10th of 20 is 10 µs and has 10 above it, so p50 is the highest percentile that
// the sample supports.
func counted(operation string) results.Trial {
	h := results.NewHistogram()
	for i := range 20 {
		h.Record(time.Duration(i+1) * time.Microsecond)
	}
	return results.Trial{
		Schema: results.Schema,
		Params: results.Params{Operation: operation, Loop: results.ClosedLoop, Nodes: 2, Clients: 1, Operations: 20,
			Placement: results.SeparatePlacement, Seed: 7, KeyBytes: 8, ValueBytes: 9},
		Clients: []results.Client{{EndNS: 210_000, Counts: results.Counts{OK: 20}, Service: h}},
	}
}

// one is the only sweep of trials.
func one(t *testing.T, trials []results.Trial) sweep {
	t.Helper()
	all := sweepsOf(trials)
	if len(all) != 1 {
		t.Fatalf("%d sweeps, want 1", len(all))
	}
	return all[0]
}

func TestTableByHand(t *testing.T) {
	got := one(t, []results.Trial{counted("put")}).table()
	want := `| operation | clients | mean (µs) | p50 (µs) | p99 (µs) | p99.9 (µs) | max (µs) | throughput (ops/s) |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| put | 1 | 10.5 | 10.0 | – | – | 20.0 | 95,200 |
`
	if rows, _, _ := strings.Cut(got, "\n\n"); rows+"\n" != want {
		t.Errorf("table:\n%s\nwant:\n%s", got, want)
	}
	if !strings.Contains(got, "n = 1: one trial per setting") {
		t.Errorf("table does not say that there was one trial:\n%s", got)
	}
}

// TestTableOfLowerBounds: a percentile above the range of histograms is a lower bound,
// here the p50 of 8 latencies of 1 ms and 12 of two minutes.
func TestTableOfLowerBounds(t *testing.T) {
	trial := counted("put")
	h := results.NewHistogram()
	h.RecordTimes(time.Millisecond, 8)
	h.RecordTimes(2*time.Minute, 12)
	trial.Clients[0].Service, trial.Clients[0].EndNS = h, int64(24*time.Minute)
	got := one(t, []results.Trial{trial}).table()
	if !strings.Contains(got, "| put | 1 | 72.0 | > 60 | – | – | 120 |") || !strings.Contains(got, "> is a lower bound") {
		t.Errorf("got\n%s", got)
	}
}

// TestTableUnknown: the throughput of clients that never ran together is unknown, not
// 0.
func TestTableUnknown(t *testing.T) {
	trial := counted("put")
	trial.Params.Clients = 2
	later := trial.Clients[0]
	later.Client, later.StartNS, later.EndNS = 1, 300_000, 510_000
	trial.Clients = append(trial.Clients, later)
	s := one(t, []results.Trial{trial})
	if got := s.table(); !strings.Contains(got, "| 20.0 | – |\n") {
		t.Errorf("table:\n%s", got)
	}
	if got := s.throughput().Subtitle; !strings.HasPrefix(got, "– with 2 clients; n = 1") {
		t.Errorf("subtitle: %s", got)
	}
}

// TestTableTrials: the numbers of six trials have intervals, those of two have
// none, and the number of trials is shown. The means of the six are 10.5 µs
// times 1 to 6, so their median is 36.75 µs and its 95 % interval is the whole
// range.
func TestTableTrials(t *testing.T) {
	var trials []results.Trial
	for i := range 6 {
		trial := counted("get")
		trial.Params.Repeat = i
		h := results.NewHistogram()
		for k := range 20 {
			h.Record(time.Duration((k+1)*(i+1)) * time.Microsecond)
		}
		trial.Clients[0].Service = h
		trials = append(trials, trial)
	}
	if got := one(t, trials).table(); !strings.Contains(got, "| get | 1 | 6 | 36.8 [10.5, 63.0] |") {
		t.Errorf("six trials:\n%s", got)
	}
	two := one(t, trials[:2]).table()
	if !strings.Contains(two, "| get | 1 | 2 | 15.8 |") || !strings.Contains(two, "too few for an interval") {
		t.Errorf("two trials:\n%s", two)
	}
}

func TestIncomplete(t *testing.T) {
	m := usual()
	m.each, m.repeats = 20, 2
	trials := m.trials()
	if got := one(t, trials).missing(); got != "" {
		t.Errorf("a whole sweep misses %q", got)
	}
	// Without the last two trials: get and del with 8 clients, second repeat.
	s := one(t, trials[:len(trials)-2])
	const want = "2 trials of 24 missing (get at 8; del at 8 clients)"
	if got := s.missing(); got != want {
		t.Errorf("missing %q, want %q", got, want)
	}
	for _, text := range []string{s.table(), s.measured(), s.verdicts(), s.conditions()} {
		if !strings.Contains(text, want) {
			t.Errorf("not said in:\n%s", text)
		}
	}
}

func TestMeasured(t *testing.T) {
	m := usual()
	m.each = 20
	first := true
	m.change = func(t *results.Trial) {
		t.Build.Dirty = first
		first = false
		t.Command = []string{"dhtbench", "bench", "--note", "a|b c"}
	}
	got := one(t, m.trials()).measured()
	for _, want := range []string{
		"| host local | Imaginary CPU @ 3.00GHz, 2 cores, kvm; 8.00 GiB of memory; linux 6.0.0-test amd64; clocksource tsc, 41–48 ns per reading; nodes 0–7 (GOMAXPROCS 1 each) |",
		"put, get and del; 1, 2, 4, 8 clients; 20 operations per client after 2 of warm-up; keys of 16 bytes, values of 64 bytes; seed 1 |",
		"| agents | GOMAXPROCS 2 |",
		"go1.26.0, revision 0123456789ab with uncommitted changes (1 trial); go1.26.0, revision 0123456789ab (11 trials)",
		"12, started from 2030-01-02 03:05 to 2030-01-02 03:12 UTC",
		"| command | `dhtbench bench --note 'a\\|b c'` |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not in the block: %s\n%s", want, got)
		}
	}
}
