package plots

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// part is one of the times that add up to a response time.
type part struct {
	name   string
	colour chart.Colour
	of     func(results.Client) *results.Histogram // nil where it was not measured
}

// lagPart is the part added by the generator or by waiting for a slot.
func lagPart() part {
	return part{"lag", chart.Ink, func(c results.Client) *results.Histogram { return c.Lag }}
}

// serviceParts are the parts of the service time, in order of time, with both ways
// through the network as one part.
func serviceParts() []part {
	of := func(pick func(results.Breakdown) *results.Histogram) func(results.Client) *results.Histogram {
		return func(c results.Client) *results.Histogram {
			if c.Breakdown == nil {
				return nil
			}
			return pick(*c.Breakdown)
		}
	}
	return []part{
		{"network, kernel", 0x9DB4C6, of(func(a results.Breakdown) *results.Histogram { return a.Network })},
		{"queue at the node", 0x5F7F98, of(func(a results.Breakdown) *results.Histogram { return a.Queue })},
		{"work of the node", chart.Ink, of(func(a results.Breakdown) *results.Histogram { return a.Work })},
	}
}

// mean returns the exact mean of a part over all operations of the trials, from sums
// and counts of histograms. It returns false if the part was not measured.
func (p part) mean(trials []results.Trial) (float64, bool) {
	var sum, count float64
	for _, t := range trials {
		for _, c := range t.Clients {
			if h := p.of(c); h != nil {
				sum += float64(h.Sum())
				count += float64(h.Count())
			}
		}
	}
	return sum / max(count, 1), count > 0
}

// hasBreakdown reports whether the nodes of a trial reported queue and work.
func hasBreakdown(t results.Trial) bool {
	return slices.ContainsFunc(t.Clients, func(c results.Client) bool { return c.Breakdown != nil })
}

// breakdown draws the parts of the mean response time: the service time as stacked
// bars and, below on a log axis, the lag, which may be a thousand times as long. Means
// of parts add up to the mean of the whole. Percentiles of parts do not, because
// different operations are slowest in each part, so there is no such figure of the
// p99.
func (s sweep) breakdown() chart.Figure {
	loads := s.sustainedLoads()
	x := chart.Axis{Low: -0.6, High: float64(len(loads)) - 0.4, Label: s.axis.noun()}
	for i, v := range s.axis.xs(loads) {
		x.Ticks = append(x.Ticks, plot.Tick{Value: float64(i), Label: exactly(v)})
	}
	upper, lower := make([]chart.Panel, len(s.operations)), make([]chart.Panel, len(s.operations))
	var tops, lags []float64
	finding := ""
	for i, o := range s.operations {
		upper[i], lower[i] = chart.Panel{Title: o, X: x}, chart.Panel{X: x, Height: 110}
		late := chart.Series{Look: chart.Look{Colour: lookOf(o).Colour, Shape: lookOf(o).Shape}}
		for k, l := range loads {
			t, _ := s.at(o, l)
			trials := slices.DeleteFunc(slices.Clone(t.Trials), func(t results.Trial) bool { return !hasBreakdown(t) })
			b := stack(float64(k), trials)
			if len(b.names) == 0 {
				continue
			}
			upper[i].Behind, upper[i].Series = append(upper[i].Behind, b.boxes...), b.names // the names of the last bar stay
			if mean, ok := lagPart().mean(trials); ok {
				late.Marks = append(late.Marks, t.mark(float64(k), results.Median([]float64{mean})))
				b.words = append(b.words, "lag "+duration(mean))
				lags = append(lags, mean)
			}
			tops = append(tops, b.top)
			finding = fmt.Sprintf("%s %s: %s; ", o, s.axis.with(l), strings.Join(b.words, ", "))
		}
		lower[i].Series = []chart.Series{late}
	}
	y := chart.Linear(tops, tickDuration).Labelled("mean of each part of the service time, stacked")
	below := chart.Log(1e3, 1e6, lags, tickDuration).Labelled("mean lag")
	for i := range upper {
		upper[i].Y, lower[i].Y = y, below
		if i < len(upper)-1 {
			upper[i].Series = nil // one panel names the parts
		}
		if len(lags) > 0 {
			upper[i].X.Label = ""
		}
	}
	f := chart.Figure{
		Title:    "What is the mean " + s.main().String() + " made of?",
		Subtitle: finding + s.pooledNote(),
		Rows:     [][]chart.Panel{upper},
		Caption:  []string{"network, kernel: the service time less what the node reports"},
		Measured: s.conditions(),
	}
	if len(lags) > 0 {
		f.Rows = append(f.Rows, lower)
	}
	if len(loads) < len(s.loads) {
		f.Caption = append(f.Caption, "without rates that were not sustained")
	}
	f.Caption = append(f.Caption, s.notes(f.Rows)...)
	return f
}

// bar is one stacked bar: its boxes, the series that name them, and a description.
type bar struct {
	boxes []plot.Plotter
	names []chart.Series
	words []string
	top   float64
}

// stack makes the bar at x, from the bottom.
func stack(x float64, trials []results.Trial) bar {
	const half = 0.4 // of the width, where bars are 1 apart
	var b bar
	for _, p := range serviceParts() {
		mean, ok := p.mean(trials)
		if !ok || mean < 0 {
			continue
		}
		b.boxes = append(b.boxes, chart.Box(x-half, x+half, b.top, b.top+mean, p.colour))
		b.names = append(b.names, chart.Series{Label: p.name, Look: chart.Look{Colour: p.colour, Shape: draw.BoxGlyph{}},
			Points: plotter.XYs{{X: x + half, Y: b.top + mean/2}}})
		b.words = append(b.words, p.name+" "+duration(mean))
		b.top += mean
	}
	return b
}
