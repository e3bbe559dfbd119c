package plots

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// distribution draws latency by percentile, at the lightest and the heaviest sustained
// load.
func (s sweep) distribution() chart.Figure {
	var findings []string
	var panels []chart.Panel
	ends := s.ends()
	for i, load := range ends {
		p := chart.Panel{Title: s.axis.words(load)}
		if !s.sustainedAt(load) {
			p.Title += ", not sustained"
		}
		if h := s.nullAt(load); h != nil {
			label := ""
			if i == len(ends)-1 { // labels need room beside the data
				label = nullLabel
			}
			p.Series = append(p.Series, cumulative(label, nullLook(), h)...)
		}
		longest := 0.0
		for _, o := range s.operations {
			t, _ := s.at(o, load)
			if h := pool(t.Trials, results.Trial.Latency); h.Count() > 0 {
				p.Series = append(p.Series, s.curves(o, t, h)...)
				longest = max(longest, float64(h.Max()))
			}
		}
		findings = append(findings, duration(longest)+" "+s.axis.with(load))
		panels = append(panels, p)
	}
	rows := alongPercentiles(panels, 1e3, 10e6, "latency")
	return s.figure("How is the "+s.main().String()+" distributed?",
		"largest "+strings.Join(findings, ", ")+"; "+s.pooledNote(), rows)
}

// pooledNote describes how several trials make one curve.
func (s sweep) pooledNote() string {
	fewest, most := s.repeats()
	if most == 1 {
		return "n = 1 trial each"
	}
	return "histograms of " + span(float64(fewest), float64(most), tickNumber) + " trials added"
}

// ends returns the lightest and the heaviest load that every operation sustained, or
// one load if they are the same.
func (s sweep) ends() []load {
	loads := s.sustainedLoads()
	return slices.Compact([]load{loads[0], loads[len(loads)-1]})
}

// sustainedLoads returns the loads that every operation sustained, or all loads if there
// is none.
func (s sweep) sustainedLoads() []load {
	loads := slices.DeleteFunc(slices.Clone(s.loads), func(l load) bool { return !s.sustainedAt(l) })
	if len(loads) == 0 {
		return s.loads
	}
	return loads
}

// sustainedAt reports whether every operation measured at a load sustained its rate.
func (s sweep) sustainedAt(l load) bool {
	return !slices.ContainsFunc(s.settings, func(t setting) bool { return t.load() == l && !t.Sustained })
}

// curves returns the lines of one setting whose main latency is h. In an open loop they
// include the service time, as far as the sample supports it.
func (s sweep) curves(operation string, t setting, h *results.Histogram) []chart.Series {
	l := lookOf(operation)
	if !s.params.Open() {
		return cumulative(operation, l, h)
	}
	l.Dash = nil
	beside := cumulative("", chart.Look{Colour: l.Colour, Width: 1.2, Dash: []vg.Length{2.5, 2.5}}, pool(t.Trials, results.Trial.Service))[0]
	beside.Label = operation + " service"
	return append([]chart.Series{beside}, cumulative(operation+" response", l, h)...)
}

// nullAt is the baseline at a load, nil if there is none.
func (s sweep) nullAt(l load) *results.Histogram {
	for _, t := range s.settings {
		if c := t.Baseline(); c != nil && t.load() == l {
			return c.Service
		}
	}
	return nil
}

// alongPercentiles puts panels into one row with common axes: percentiles as far as the
// longest curve, and latency at least from low to high.
func alongPercentiles(panels []chart.Panel, low, high float64, label string) [][]chart.Panel {
	var all []chart.Series
	end := 0.0
	for _, p := range panels {
		for _, one := range p.Series {
			all = append(all, one)
			for _, xy := range one.Points {
				end = math.Max(end, xy.X)
			}
			for _, m := range one.Marks {
				end = math.Max(end, m.X)
			}
		}
	}
	x, y := chart.Nines(end), chart.Log(low, high, heights(all...), tickDuration).Labelled(label)
	for i := range panels {
		panels[i].X, panels[i].Y = x, y
	}
	return [][]chart.Panel{panels}
}

// nines returns how far along the axis a sample of n reaches: to the percentile with
// one latency above.
func nines(n int64) float64 { return math.Log10(float64(max(n, 1))) }

// supported returns the end of the part with at least 10 of n latencies above.
func supported(n int64) float64 { return nines(n) - 1 }

// cumulative returns the curve of one histogram: its supported part with markers at the
// nines, and the rest, which has the label.
//
// A quantile is a step function of q: each bucket of the histogram is a step from the
// share of latencies below it to the share up to it. The curve is not smoothed. It ends
// where one latency is left above, since the largest is at infinity.
func cumulative(label string, l chart.Look, h *results.Histogram) []chart.Series {
	solid := chart.Series{Look: l}
	rest := chart.Series{Label: label, Look: l}
	rest.Look.Width, rest.Look.Dash = 0.9, nil
	rest.Pale = true

	limit, end := supported(h.Count()), nines(h.Count())
	before := 0.0 // x at which the step begins
	for _, step := range h.Cumulative() {
		after := math.Min(-math.Log10(math.Max(1-step.Share, 0)), end)
		v := float64(step.Value)
		// A step across the limit belongs to both parts, so that they
		// meet.
		if before < limit {
			solid.Points = append(solid.Points, plotter.XY{X: before, Y: v}, plotter.XY{X: math.Min(after, limit), Y: v})
		}
		if after > limit || after >= end {
			rest.Points = append(rest.Points, plotter.XY{X: math.Max(before, limit), Y: v}, plotter.XY{X: after, Y: v})
		}
		before = after
	}
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999} {
		if h.Supports(q) {
			solid.Marks = append(solid.Marks, chart.Mark{X: chart.Nine(q), Y: float64(h.Quantile(q))})
		}
	}
	return []chart.Series{solid, rest}
}
