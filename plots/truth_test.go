package plots

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

func TestParseStall(t *testing.T) {
	for text, want := range map[string]string{
		"600ms/1s": "for 600 ms in every 1 s", "20ms/1.5s": "for 20 ms in every 1.5 s",
		"": "", "1s": "", "1s/": "", "1s/600ms": "", "1s/1s": "", "0s/1s": "", "-1s/1s": "", "a/b": "",
	} {
		length, period, err := parseStall(text)
		got := ""
		if err == nil {
			got = stalled{length: length, period: period}.often()
		}
		if got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

// TestTrueQuantile compares the closed form with a million arrivals, evenly spread
// over a period.
func TestTrueQuantile(t *testing.T) {
	const arrivals = 1_000_000
	for _, s := range []stalled{
		{length: 600 * time.Millisecond, period: time.Second},
		{length: 20 * time.Millisecond, period: time.Second},
		{length: time.Millisecond, period: time.Second},
	} {
		waits := make([]float64, arrivals)
		for i := range waits {
			x := (float64(i) + 0.5) / arrivals * float64(s.period)
			waits[i] = math.Max(float64(s.length)-x, 0)
		}
		slices.Sort(waits)
		for _, q := range truthQuantiles() {
			want := waits[int(math.Ceil(q*arrivals))-1]
			if got := s.quantile(q); math.Abs(got-want) > 2*float64(s.period)/arrivals {
				t.Errorf("%s: %s is %v, counted %v", s.often(), results.PercentileName(q), got, want)
			}
		}
	}
}

// TestTruthTable: the synthetic open loop is right within 2 %, and the two that
// are timed from the send miss the stall.
func TestTruthTable(t *testing.T) {
	all := sweepsOf(stalling())
	s := all.stalls()[0]
	for i, w := range s.ways() {
		for _, q := range truthQuantiles() {
			_, off := w.at(s, q)
			if right := math.Abs(off) <= 0.02; right != (i == 0) {
				t.Errorf("%s: %s is off by %s", w.name, results.PercentileName(q), percent(off))
			}
		}
	}
	text, err := all.truthTable()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Operation get at nodes that stall for 600 ms in every 1 s:\n",
		"| percentile | truth | open loop | error | open loop, timed from the send | error | closed loop | error |\n",
		"\n| p50 | 100 ms | 10", "\n| p90 | 500 ms | 50", "\n| p99 | 590 ms | 590 ms | +0.", "\n| p99.9 | 599 ms | 599 ms | +0.", " | −99.99 % |\n",
		"1,000 ops/s, 1 client, up to 4,096 in flight each", "as memtier does at a rate: 1,000 ops/s", "as redis-benchmark: 1 client"} {
		if !strings.Contains(text, want) {
			t.Errorf("table lacks %q:\n%s", want, text)
		}
	}
}

// TestTruthOfSeveralStalls: each stall of a file has a table. A true median of 0 has no
// relative error.
func TestTruthOfSeveralStalls(t *testing.T) {
	other := knee()
	other.seconds, other.rates, other.stall = 1, []float64{1000}, "20ms/1s"
	text, err := rendered(append(stalling(), other.trials()...), `{{truth $f}}`)
	if n := strings.Count(text, "| percentile |"); n != 2 || err != nil {
		t.Errorf("%d tables, %v", n, err)
	}
	if !strings.Contains(text, "| p50 | 0 ns |") || !strings.Contains(text, "| – |\n| p90 |") {
		t.Errorf("table:\n%s", text)
	}
}

func TestTruthFigure(t *testing.T) {
	files := drawn(t, stalling())
	all := texts(t, files["x/truth.svg"])
	for _, want := range []string{"truth", "open loop", "timed from send", "closed loop", "get; stalled for 600 ms in every 1 s"} {
		if !slices.Contains(all, want) {
			t.Errorf("truth does not say %q: %q", want, all)
		}
	}
	if text := strings.Join(all, " "); !strings.Contains(text, "true p99 590 ms, open loop 590 ms, timed from send ") || strings.Contains(text, "error") {
		t.Errorf("the figure says %s", text)
	}
	// The figure is of the file, and each of its sweeps has a folder below.
	for _, name := range []string{"x/loop=closed/distribution.svg", "x/loop=open,inflight=1/distribution.svg", "x/loop=open,inflight=4096/distribution.svg"} {
		if files[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	if files["x/lag.svg"] != "" {
		t.Error("the lag of stalled trials was drawn as that of pacing")
	}
	if got, err := rendered(stalling(), `{{figure "truth" $f}}`); err != nil || !strings.HasSuffix(got, "](plots/r/truth.svg)") {
		t.Errorf("in a template: %q, %v", got, err)
	}
}

// TestTruthPicks: the open loop with the most slots and the closed loop with the fewest
// clients are used.
func TestTruthPicks(t *testing.T) {
	var trials []results.Trial
	for _, inflight := range []int{4, 1, 64, 8} {
		trials = append(trials, bare(func(p *results.Params) { p.Stall, p.Inflight = "1ms/1s", inflight }))
	}
	for _, clients := range []int{4, 2, 8} {
		trials = append(trials, bare(func(p *results.Params) {
			*p = results.Params{Operation: "get", Loop: results.ClosedLoop, Clients: clients, Stall: "1ms/1s"}
		}))
	}
	trials = append(trials, bare(func(p *results.Params) { p.Stall, p.Inflight, p.Operation = "1ms/1s", 999, "put" }))
	s := sweepsOf(trials).stalls()
	if len(s) != 1 || len(s[0].open) != 1 || len(s[0].sent) != 1 || len(s[0].closed) != 1 {
		t.Fatalf("stalls %+v", s)
	}
	if a, b, c := s[0].open[0].Params.Inflight, s[0].sent[0].Params.Inflight, s[0].closed[0].Params.Clients; a != 64 || b != 1 || c != 2 {
		t.Errorf("in flight %d and %d, %d clients", a, b, c)
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{
		0: "+0.00 %", 0.0012: "+0.12 %", -0.0199: "−1.99 %", -0.9234: "−92.3 %", -0.999967: "−99.99 %", 2.5: "+250 %", math.NaN(): "–",
	} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
}
