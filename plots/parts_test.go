package plots

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// TestLagByPacing: the figure shows both pacings from all sweeps, without trials with
// queued operations.
func TestLagByPacing(t *testing.T) {
	o := knee()
	o.seconds, o.rates = 0.5, []float64{2000, 48000}
	trials := o.trials()
	o.pacing, o.late, o.rates = "timer", 600*time.Microsecond, o.rates[:1]
	trials = append(trials, o.trials()...)
	all := sweepsOf(trials)
	f := all.lag()
	if caption := f.Subtitle + f.Caption[0]; !strings.Contains(caption, "2 of 4 precise and 2 of 2 timer trials") || !strings.Contains(caption, "1,000 ops/s") {
		t.Errorf("caption %q", caption)
	}
	if !strings.HasPrefix(f.Subtitle, "precise p50 5") && !strings.HasPrefix(f.Subtitle, "precise p50 6") {
		t.Errorf("subtitle %q", f.Subtitle)
	}
	text := texts(t, drawn(t, trials)["x/lag.svg"])
	for _, want := range []string{"precise", "timer", "p50 goal", "p99 goal"} {
		if !slices.Contains(text, want) {
			t.Errorf("lag does not say %q: %q", want, text)
		}
	}
	// Sustained, but with more than one operation in a thousand queued.
	for i := range trials {
		trials[i].Clients[0].Queued = 5
	}
	if n := len(sweepsOf(trials).byPacing()); n != 0 {
		t.Errorf("%d ways of pacing, want none", n)
	}
}

// TestTimeline: lines break at empty slices, and p99 is drawn for slices with enough
// operations.
func TestTimeline(t *testing.T) {
	slice := func(index int64, n int, ns float64) results.Interval {
		h := results.NewHistogram()
		for range n {
			h.Record(durationOf(ns))
		}
		return results.Interval{Index: index, Latency: h}
	}
	trial := counted("get")
	trial.IntervalNS = 1e8
	trial.Timeline = []results.Interval{slice(0, 1000, 50e3), slice(1, 1000, 60e3), slice(4, 500, 70e3)}
	trial.Agents = []results.Agent{{Runtime: results.Runtime{Hiccups: []results.Hiccup{{AtNS: 3e8, NS: 5e6}, {AtNS: 1e8, NS: 2e6}}}}}
	f := one(t, []results.Trial{trial}).latencyOverTime()
	y := make(map[string][]float64)
	panel, strip := f.Rows[0][0], f.Rows[1][0]
	for _, l := range panel.Series {
		for _, p := range l.Points {
			y[l.Label] = append(y[l.Label], p.Y)
		}
	}
	equal := func(a, b float64) bool { return math.Abs(a-b) < 100 || a != a && b != b }
	nan := math.NaN()
	for label, want := range map[string][]float64{"p50": {50e3, 60e3, nan, nan, 70e3}, "p99": {50e3, 60e3, nan, nan, nan}} {
		if !slices.EqualFunc(y[label], want, equal) {
			t.Errorf("%s: %v, want %v", label, y[label], want)
		}
	}
	if x := panel.Series[0].Points[0].X; x != 5e7 {
		t.Errorf("the first slice lies at %v", x)
	}
	if marks := strip.Series[0].Marks; len(marks) != 2 || !slices.Contains(marks, chart.Mark{X: 1e8, Y: 2e6}) || !slices.Contains(marks, chart.Mark{X: 3e8, Y: 5e6}) {
		t.Errorf("hiccups of agents: %v", marks)
	}
	if panel.X.Low != strip.X.Low || panel.X.High != strip.X.High {
		t.Errorf("axes %v and %v", panel.X, strip.X)
	}
	// Without hiccups the panel says so.
	trial.Agents = nil
	if f := one(t, []results.Trial{trial}).latencyOverTime(); !strings.Contains(f.Rows[1][0].Title, "none") || len(f.Rows[1][0].Series) != 0 {
		t.Errorf("strip %q", f.Rows[1][0].Title)
	}
}

// TestTimelineTrial: the figure shows the get at the highest sustained rate.
func TestTimelineTrial(t *testing.T) {
	o := knee()
	o.breakdown = true
	got := one(t, o.trials()).timelineTrial().Params
	if got.Operation != "get" || got.RateOpsPerS != 36_000 {
		t.Errorf("%s at %v", got.Operation, got.RateOpsPerS)
	}
	o.closed, o.clients, o.rates, o.repeats = true, []int{1, 4, 2}, []float64{4000}, 2
	o.operations = []string{"put", "del"}
	for i := range o.clients { // as many operations for each client
		o.clients[i] = 1 << i
	}
	var trials []results.Trial
	for _, trial := range o.trials() {
		trial.Params.Operations = 0
		trials = append(trials, trial)
	}
	got = one(t, trials).timelineTrial().Params
	if got.Operation != "put" || got.Clients != 4 || got.Repeat != 0 {
		t.Errorf("%s with %d clients, repeat %d", got.Operation, got.Clients, got.Repeat)
	}
}

// TestBreakdownAddsUp: the parts of the mean and the lag are the mean response time.
func TestBreakdownAddsUp(t *testing.T) {
	o := knee()
	o.breakdown, o.operations, o.rates = true, []string{"get"}, []float64{20000, 36000}
	s := one(t, o.trials())
	f := s.breakdown()
	upper, lower := f.Rows[0][0], f.Rows[1][0]
	if n, m := len(upper.Behind), len(lower.Series[0].Marks); n != 6 || m != 2 {
		t.Fatalf("%d parts and %d lags, want 3 and 1 of 2 rates", n, m)
	}
	edge := func(i int) (low, high float64) {
		_, _, low, high = upper.Behind[i].(plot.DataRanger).DataRange()
		return low, high
	}
	for i, l := range s.loads {
		g, _ := s.at("get", l)
		low, _ := edge(3 * i)
		_, top := edge(3*i + 2)
		lag, want := lower.Series[0].Marks[i].Y, g.times(response).Mean.Median
		if math.Abs((top+lag)/want-1) > 0.001 || low != 0 {
			t.Errorf("at %v: parts from %v add up to %v, and a lag of %v; the mean is %v", l.rate, low, top, lag, want)
		}
	}
	// A closed loop has no lag.
	o.closed, o.rates = true, o.rates[:1]
	if f := one(t, o.trials()).breakdown(); len(f.Rows) != 1 || len(f.Rows[0][0].Behind) != 3 {
		t.Errorf("closed loop: %d rows", len(f.Rows))
	}
}

// TestBaselineInFigures: the baseline is in every figure of a closed loop and in its
// caption.
func TestBaselineInFigures(t *testing.T) {
	m := usual()
	m.change = func(t *results.Trial) {
		t.Baseline = &results.Baseline{Operations: 2000, Service: results.NewHistogram(), ThroughputOpsPerS: 90_000}
		for range 100 {
			t.Baseline.Service.Record(time.Duration(t.Params.Clients) * 7 * time.Microsecond)
		}
	}
	trials := m.trials()
	s := one(t, trials)
	line := s.null(meanMeasure(null))
	if want := (plotter.XYs{{X: 1, Y: 7e3}, {X: 2, Y: 14e3}, {X: 4, Y: 28e3}, {X: 8, Y: 56e3}}); len(line) != 1 || !slices.Equal(line[0].Points, want) {
		t.Errorf("null server %v, want %v", line, want)
	}
	for name, svg := range drawn(t, trials) {
		all := strings.Join(strings.Fields(strings.Join(texts(t, svg), " ")), " ")
		if !strings.Contains(all, " null server ") || !strings.Contains(all, "null server, which answers at once; closed loop, 2,000 operations per client") {
			t.Errorf("%s does not say what the grey line is:\n%s", name, all)
		}
	}
	if line := one(t, usual().trials()).null(meanMeasure(null)); line != nil {
		t.Error("a null server that was not measured")
	}
}
