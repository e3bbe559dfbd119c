package plots

import (
	"math"
	"slices"
	"strings"
	"testing"

	"dhtbench/results"
	"dhtbench/results/scaling"
)

// lawful is a sweep whose throughput follows the law with a = 0.1 and the given b, and
// trials that differ.
func lawful(b float64, repeats int) made {
	m := usual()
	m.clients, m.repeats, m.each, m.tail = []int{1, 2, 3, 4, 6, 8}, repeats, 20, 0.05
	m.mean = func(_ string, clients int) float64 {
		n := float64(clients)
		return 50e3 * (1 + 0.1*(n-1) + b*n*(n-1))
	}
	return m
}

// TestLawIsDrawn: with 6 trials the law has a band, intervals and a peak; with one, none
// of them, and the caption says so.
func TestLawIsDrawn(t *testing.T) {
	f := one(t, lawful(0.03, 6).trials()).throughput()
	panel := f.Rows[0][1]
	if len(f.Rows[0]) != 3 || len(panel.Behind) != 1 || !strings.HasPrefix(panel.Title, "get: a 0.") || !strings.Contains(panel.Title, "[") {
		t.Errorf("%d columns, %d behind, title %q", len(f.Rows[0]), len(panel.Behind), panel.Title)
	}
	if !strings.Contains(f.Subtitle, "peak at N = ") || !strings.Contains(strings.Join(f.Caption, " "), "band and brackets: 95 %") {
		t.Errorf("subtitle %q, caption %q", f.Subtitle, f.Caption)
	}
	points := panel.Series[len(panel.Series)-1]
	if len(points.Dots) != 36 || points.Look.Width != 0 {
		t.Errorf("%d dots, line width %v", len(points.Dots), points.Look.Width)
	}

	f = one(t, lawful(0.001, 1).trials()).throughput()
	panel = f.Rows[0][1]
	if len(panel.Behind) != 0 || strings.Contains(panel.Title, "[") {
		t.Errorf("one trial: %d behind, title %q", len(panel.Behind), panel.Title)
	}
	if !strings.Contains(f.Subtitle, "peak not identifiable from N = 1 to 8") || !strings.Contains(strings.Join(f.Caption, " "), "no band with fewer than 6 trials") {
		t.Errorf("one trial: subtitle %q, caption %q", f.Subtitle, f.Caption)
	}
}

// TestLawReachesItsPeak: if the peak is beyond the largest number of clients, a dashed
// curve leads to it.
func TestLawReachesItsPeak(t *testing.T) {
	truth := scaling.Law{G: 1000, A: 0.1, B: 0.01} // peak at 9.5
	var levels []scaling.Level
	for n := 1.0; n <= 8; n++ {
		level := scaling.Level{N: n}
		for trial := range 6 {
			level.Xs = append(level.Xs, truth.Throughput(n)*(1+1e-4*float64(trial)))
		}
		levels = append(levels, level)
	}
	fit, err := scaling.New(levels)
	if err != nil {
		t.Fatal(err)
	}
	l := law{operation: "get", fit: fit, last: 8}
	p := l.curves(1, func(n float64) func(scaling.Law) float64 {
		return func(l scaling.Law) float64 { return l.Throughput(n) }
	})
	end := p.Series[1].Points[len(p.Series[1].Points)-1].X
	if len(p.Series) != 2 || p.Series[1].Look.Dash == nil || math.Abs(end-1.1*fit.Peak()) > 1e-9 || end < 10 {
		t.Errorf("%d series, the last point at %v, the peak at %v", len(p.Series), end, fit.Peak())
	}
}

// TestLawIsRefused: the figure and the table say why no law is drawn.
func TestLawIsRefused(t *testing.T) {
	m := lawful(0, 6)
	m.mean = func(_ string, clients int) float64 { // half as fast from 4 clients on
		if clients >= 4 {
			return 100e3
		}
		return 50e3
	}
	for want, m := range map[string]made{
		"more than trials differ":  m,
		"the law needs at least 4": {operations: []string{"get"}, clients: []int{1, 2, 4}, each: 50, mean: sharing, tail: 0.3},
		"throughput at N = 1 is unknown": func() made {
			m := lawful(0, 1)
			m.change = func(t *results.Trial) {
				if t.Params.Clients == 1 {
					t.Clients[0].EndNS = 0
				}
			}
			return m
		}(),
	} {
		s := one(t, m.trials())
		f := s.throughput()
		if caption := strings.Join(f.Caption, " "); !strings.Contains(caption, want) {
			t.Errorf("caption %q, want %q", caption, want)
		}
		for _, p := range slices.Concat(f.Rows...) {
			for _, one := range p.Series {
				if one.Label == "law" {
					t.Errorf("%s: a law is drawn", want)
				}
			}
		}
		_, named, _ := strings.Cut(strings.Join(f.Caption, " "), "no law for ")
		for _, o := range s.operations {
			if !strings.Contains(named, o) {
				t.Errorf("the caption does not name %s: %q", o, f.Caption)
			}
		}
		if table := s.lawTable(); !strings.Contains(table, want) || strings.Contains(table, "NaN") {
			t.Errorf("table without %q:\n%s", want, table)
		}
	}
}

// TestNearNullIsShaded: settings within 20 % of null servers are shaded.
func TestNearNullIsShaded(t *testing.T) {
	m := lawful(0, 1)
	m.change = func(t *results.Trial) {
		x := 2 * t.Throughput()
		if t.Params.Clients >= 6 {
			x = 1.1 * t.Throughput()
		}
		t.Baseline = &results.Baseline{Operations: 10, Service: results.NewHistogram(), ThroughputOpsPerS: x}
		t.Baseline.Service.Record(1000)
	}
	f := one(t, m.trials()).throughput()
	if n := len(f.Rows[0][0].Behind); n != 1 || f.Caption[2] != "shaded: within 20 % of it" {
		t.Errorf("%d shades, caption %q", n, f.Caption)
	}
}
