package plots

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// TestEfficiency: with 4 clients the efficiency is half, of the median and of single
// trials.
func TestEfficiency(t *testing.T) {
	var trials []results.Trial
	for repeat := range 2 {
		for clients, each := range map[int]float64{1: 100e3, 4: 200e3} { // ns per operation
			m := made{operations: []string{"get"}, clients: []int{clients}, each: 100, mean: func(string, int) float64 { return each }}
			m.change = func(t *results.Trial) {
				t.Params.Repeat = repeat
				for i := range t.Clients {
					h := results.NewHistogram()
					for range m.each {
						h.Record(durationOf(each))
					}
					t.Clients[i].Service, t.Clients[i].EndNS = h, int64(h.Sum())
				}
			}
			trials = append(trials, m.trials()...)
		}
	}
	f := one(t, trials).throughput()
	shares := f.Rows[1][0].Series[1]
	if n := len(shares.Marks); n != 2 || math.Abs(shares.Marks[0].Y-1) > 1e-9 || math.Abs(shares.Marks[1].Y-0.5) > 1e-3 {
		t.Errorf("shares %+v", shares.Marks)
	}
	if n := len(shares.Dots); n != 4 || math.Abs(shares.Dots[3].Y-0.5) > 1e-3 {
		t.Errorf("shares of trials %v", shares.Dots)
	}
	// Linear growth ends at the frame.
	line := f.Rows[0][0].Series[0]
	last := line.Points[len(line.Points)-1]
	if y := f.Rows[0][0].Y; line.Label != "linear" || last.Y > y.High*1.0001 || last.X > 4 {
		t.Errorf("%s ends at %v, the axis at %v", line.Label, last, y.High)
	}
}

// TestNotes: a caption explains only the marks that are drawn.
func TestNotes(t *testing.T) {
	o := knee()
	o.operations, o.rates, o.seconds = []string{"get"}, []float64{2000, 4000}, 0.3
	verdicts := []results.Verdict{results.Valid, results.Valid}
	o.change = func(t *results.Trial) {
		t.Verdict = verdicts[0]
		if t.Params.RateOpsPerS == 4000 {
			t.Verdict = verdicts[1]
		}
	}
	for _, c := range []struct {
		verdict    results.Verdict
		want, said string
	}{
		{results.Valid, "", "n = 1 trial per setting"},
		{results.Suspect, "ring: SUSPECT", "n = 1 trial per setting, 1 of 2 SUSPECT"},
		{results.Invalid, "cross: INVALID", "n = 1 trial per setting, 1 of 2 INVALID"},
	} {
		verdicts[1] = c.verdict
		s := one(t, o.trials())
		if got := strings.Join(s.notes([][]chart.Panel{{{Series: s.perOperation(achievedMeasure())}}}), " · "); got != c.want {
			t.Errorf("%s: %q, want %q", c.verdict, got, c.want)
		}
		if f := s.achieved(); !strings.HasSuffix(f.Subtitle, c.said) {
			t.Errorf("%s: subtitle %q", c.verdict, f.Subtitle)
		}
	}
}

// TestLagIsShaded: rates with much lag are shaded.
func TestLagIsShaded(t *testing.T) {
	o := knee()
	o.operations, o.rates = []string{"get"}, []float64{1000, 2000, 3000, 4000}
	o.seconds = 0.3
	o.change = func(t *results.Trial) {
		if r := t.Params.RateOpsPerS; r == 2000 || r == 3000 {
			for i := range t.Clients {
				c := &t.Clients[i]
				c.Lag, c.Response = results.NewHistogram(), results.NewHistogram()
				for range c.Counts.OK {
					c.Lag.Record(30_000)
					c.Response.Record(100_000)
				}
			}
		}
	}
	s := one(t, o.trials())
	x := s.axis.fit(s.loads)
	boxes := s.shade(x, x, setting.late)
	if len(boxes) != 1 {
		t.Fatalf("%d boxes", len(boxes))
	}
	if left, right, _, _ := boxes[0].(plot.DataRanger).DataRange(); left != 1500 || right != 3500 {
		t.Errorf("shaded from %v to %v, want 1500 to 3500", left, right)
	}
	f := s.rate()
	if n := len(f.Rows[0][0].Behind); n != 1 || !strings.Contains(strings.Join(f.Caption, " "), "shaded: over 10 %") {
		t.Errorf("%d boxes, caption %q", n, f.Caption)
	}
	// The p99 beside it lies at the achieved rates.
	for i, m := range f.Rows[0][1].Series[0].Marks {
		if want := o.rates[i]; math.Abs(m.X/want-1) > 0.02 {
			t.Errorf("p99 at %v, offered %v", m.X, want)
		}
	}
}

// TestManySlices: slices of a long trial are merged, and no operation is lost.
func TestManySlices(t *testing.T) {
	trial := counted("get")
	trial.IntervalNS = 1e8
	for i := range 1001 {
		h := results.NewHistogram()
		h.Record(durationOf(50e3))
		trial.Timeline = append(trial.Timeline, results.Interval{Index: int64(i), Latency: h})
	}
	s := slotsOf(trial)
	total := 0.0
	for _, c := range s.cells() {
		if c.Low > 50e3 || c.High < 50e3 {
			t.Fatalf("cell %+v", c)
		}
		total += c.Count
	}
	if n := len(s.of); n != 112 || s.step != 9e8 || math.Abs(total-1001) > 1e-6 {
		t.Errorf("%d slices of %v ns with %v operations", n, s.step, total)
	}
}
