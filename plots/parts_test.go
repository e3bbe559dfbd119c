package plots

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// TestLagByPacing: precise pacing beside the runtime's timers, whatever sweeps they
// lie in, and without trials in which operations waited for a connection.
func TestLagByPacing(t *testing.T) {
	o := knee()
	o.seconds, o.rates = 0.5, []float64{2000, 48000}
	trials := o.trials()
	o.pacing, o.late, o.rates = "timer", 600*time.Microsecond, o.rates[:1]
	trials = append(trials, o.trials()...)
	all := sweepsOf(trials)
	f := all.lag()
	if caption := f.caption[0]; !strings.Contains(caption, "precise: 2 trials of 1,000 ops/s per client") || !strings.Contains(caption, "timer: 2 trials") {
		t.Errorf("caption %q", caption)
	}
	if !strings.Contains(f.alt, "precise: median 5") && !strings.Contains(f.alt, "precise: median 6") {
		t.Errorf("description %q", f.alt)
	}
	text := texts(t, drawn(t, trials)["x/lag.svg"])
	for _, want := range []string{"precise", "timer", "goal for the p50: 1 µs", "goal for the p99: 50 µs"} {
		if !slices.Contains(text, want) {
			t.Errorf("lag does not say %q: %q", want, text)
		}
	}
	// Sustained, but with more than one operation in a thousand held.
	for i := range trials {
		trials[i].Clients[0].Held = 5
	}
	if n := len(sweepsOf(trials).byPacing()); n != 0 {
		t.Errorf("%d ways of pacing, want none", n)
	}
}

// TestTimeline: lines break where nothing ended, and p99 is drawn where a slice
// has operations enough.
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
	for _, l := range f.panels[0].lines {
		for _, p := range l.points {
			y[l.label] = append(y[l.label], p.y)
		}
	}
	equal := func(a, b float64) bool { return math.Abs(a-b) < 100 || a != a && b != b }
	for label, want := range map[string][]float64{"p50": {50e3, 60e3, nan(), 70e3}, "max": {50e3, 60e3, nan(), 70e3}, "p99": {50e3, 60e3, nan(), nan()}} {
		if !slices.EqualFunc(y[label], want, equal) {
			t.Errorf("%s: %v, want %v", label, y[label], want)
		}
	}
	if x := f.panels[0].lines[0].points[0].x; x != 5e7 {
		t.Errorf("the first slice lies at %v", x)
	}
	if marks := f.strip.lines[0].marks; len(marks) != 2 || marks[0] != (point{1e8, 2e6}) {
		t.Errorf("hiccups of agents: %v", marks)
	}
	if f.panels[0].x != f.strip.x {
		t.Errorf("axes %v and %v", f.panels[0].x, f.strip.x)
	}
	// Without any the strip says so.
	trial.Agents = nil
	if f := one(t, []results.Trial{trial}).latencyOverTime(); !strings.Contains(f.strip.title, "none") || len(f.strip.lines) != 0 {
		t.Errorf("strip %q", f.strip.title)
	}
}

// TestTimelineTrial: the read at the highest rate that was sustained.
func TestTimelineTrial(t *testing.T) {
	o := knee()
	o.anatomy = true
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

// TestAnatomyAddsUp: the parts of the mean are the mean response time.
func TestAnatomyAddsUp(t *testing.T) {
	o := knee()
	o.anatomy, o.operations, o.rates = true, []string{"get"}, []float64{20000, 36000}
	s := one(t, o.trials())
	f := s.anatomy()
	boxes := f.panels[0].boxes
	if len(boxes) != 8 {
		t.Fatalf("%d parts, want 4 of 2 rates", len(boxes))
	}
	for i, l := range s.loads {
		g, _ := s.at("get", l)
		top, want := boxes[4*i+3].high, g.times(response).Mean.Median
		if math.Abs(top/want-1) > 0.001 || boxes[4*i].low != 0 {
			t.Errorf("at %v: parts add up to %v, the mean is %v", l.rate, top, want)
		}
	}
	// A closed loop has no lag.
	o.closed, o.rates = true, o.rates[:1]
	if boxes := one(t, o.trials()).anatomy().panels[0].boxes; len(boxes) != 3 || boxes[0].fill != anatomyParts()[1].colour {
		t.Errorf("closed loop: %v", boxes)
	}
}

// TestFloor: a calibration is drawn into every figure of a closed loop, and named
// in its caption.
func TestFloor(t *testing.T) {
	m := usual()
	m.change = func(t *results.Trial) {
		t.Null = &results.Null{Service: results.NewHistogram(), ThroughputOpsPerS: 90_000}
		for range 100 {
			t.Null.Service.Record(time.Duration(t.Params.Clients) * 7 * time.Microsecond)
		}
	}
	trials := m.trials()
	s := one(t, trials)
	floor, ok := s.floor(meanMeasure(null))
	if want := []point{{1, 7e3}, {2, 14e3}, {4, 28e3}, {8, 56e3}}; !ok || !slices.Equal(floor.points, want) {
		t.Errorf("floor %v, want %v", floor.points, want)
	}
	for name, svg := range drawn(t, trials) {
		all := strings.Join(texts(t, svg), "\n")
		if !strings.Contains(all, "\nnull server") || !strings.Contains(all, "at servers that answer at once") {
			t.Errorf("%s does not say what the grey line is:\n%s", name, all)
		}
	}
	if _, ok := one(t, usual().trials()).floor(meanMeasure(null)); ok {
		t.Error("a floor that was not measured")
	}
}
