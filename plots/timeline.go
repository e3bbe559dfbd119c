package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// mostSlices bounds the slices of time of a figure. More are merged.
const mostSlices = 120

// latencyOverTime draws one trial in slices of time, as a heat map with p50 and p99.
// Below it, on the same axis, are hiccups, a possible cause of peaks.
func (s sweep) latencyOverTime() chart.Figure {
	t := s.timelineTrial()
	l := loadOf(t.Params)
	slots := slotsOf(t)
	agents, nodes := hiccupsOf(t)
	x := chart.Linear([]float64{slots.end(agents, nodes)}, tickDuration)
	x.High = slots.end(agents, nodes)
	x.Ticks = slices.DeleteFunc(x.Ticks, func(k plot.Tick) bool { return k.Value > x.High })

	look := lookOf(t.Params.Operation)
	p50, p99 := slots.line("p50", 0.5, weighed(look, 0)), slots.line("p99", 0.99, weighed(look, 1))
	p := chart.Panel{X: x, Series: []chart.Series{p99, p50}}
	cells := slots.cells()
	var all []float64
	for _, c := range cells {
		all = append(all, c.Low*1.01, c.High*0.99)
	}
	p.Y = chart.Log(10e3, 10e6, all, tickDuration).Labelled(fmt.Sprintf("%v by %s in slices of %s", s.main(), slicedBy(t), tickDuration(slots.step)))
	p.Behind = chart.Heat(cells)
	f := chart.Figure{
		Title: "When was the latency high? " + t.Params.Operation + " " + s.axis.with(l),
		Subtitle: fmt.Sprintf("largest median of %s: %s; 1 of %s shown, the first at the heaviest load sustained",
			tickDuration(slots.step), duration(slices.Max(append(known(heights(p50)), 0))), plural(len(s.trials), "trial")),
		Rows:     [][]chart.Panel{{p}, {hiccupStrip(agents, nodes, x.Labelled("time since the start of the trial"))}},
		Caption:  []string{"shaded: number of operations, darker for more, log scale"},
		Measured: s.conditions(),
	}
	if len(known(heights(p99))) == 0 {
		f.Caption = append(f.Caption, "p99 not drawn: no slice has 1,000 operations")
	}
	return f
}

// slicedBy is the instant of an operation that puts it into a slice.
func slicedBy(t results.Trial) string {
	if t.Schema < 3 {
		return "completion"
	}
	return "intended start"
}

// hasTimeline reports whether a trial was recorded in slices.
func hasTimeline(t results.Trial) bool { return len(t.Timeline) > 0 && t.IntervalNS > 0 }

// timelineTrial returns the trial of the figure: the first of the preferred operation at
// the heaviest sustained load, or at any load if none was sustained. At other loads the
// figure would show only that latency grows.
func (s sweep) timelineTrial() results.Trial {
	candidates := slices.DeleteFunc(slices.Clone(s.trials), func(t results.Trial) bool { return !hasTimeline(t) })
	var operations []string
	for _, t := range candidates {
		operations = append(operations, t.Params.Operation)
	}
	wanted := preferred(operations)
	faults := func(t results.Trial) (n int) {
		if t.Params.Operation != wanted {
			n += 2
		}
		if !t.Sustained() {
			n++
		}
		return n
	}
	return slices.MinFunc(candidates, func(a, b results.Trial) int {
		return cmp.Or(cmp.Compare(faults(a), faults(b)), loadOf(b.Params).compare(loadOf(a.Params)), cmp.Compare(a.Params.Repeat, b.Params.Repeat))
	})
}

// slots is a trial in slices of time, each of which merges one or more of the record. A
// slice without operations is nil.
type slots struct {
	step float64 // ns
	of   []*results.Histogram
}

// slotsOf returns the timeline of a trial.
func slotsOf(t results.Trial) slots {
	count := t.Timeline[len(t.Timeline)-1].Index + 1
	each := (count + mostSlices - 1) / mostSlices
	out := slots{step: float64(each * t.IntervalNS), of: make([]*results.Histogram, (count+each-1)/each)}
	for _, slice := range t.Timeline {
		h := &out.of[slice.Index/each]
		switch {
		case slice.Latency == nil || slice.Latency.Count() == 0:
		case *h == nil && each == 1:
			*h = slice.Latency
		default:
			if *h == nil {
				*h = results.NewHistogram()
			}
			(*h).Add(slice.Latency)
		}
	}
	return out
}

// end returns the end of the time axis, which includes hiccups after the last slice.
func (s slots) end(hiccups ...[]results.Hiccup) float64 {
	end := float64(len(s.of)) * s.step
	for _, h := range slices.Concat(hiccups...) {
		end = max(end, float64(h.AtNS))
	}
	return end
}

// line returns a quantile of every slice, at its middle. It breaks at slices with too
// few operations.
func (s slots) line(label string, q float64, l chart.Look) chart.Series {
	l.Shape = nil
	l.Dash = nil
	out := chart.Series{Label: label, Look: l}
	for i, h := range s.of {
		y := math.NaN()
		if h != nil {
			y = quantileOf(h, q)
		}
		out.Points = append(out.Points, plotter.XY{X: (float64(i) + 0.5) * s.step, Y: y})
	}
	return out
}

// cells returns the heat map of the slices, with 10 cells per decade of latency.
func (s slots) cells() []chart.Cell {
	const perDecade = 10
	edge := func(row int) float64 { return math.Pow(10, float64(row)/perDecade) }
	var all []chart.Cell
	for i, h := range s.of {
		if h == nil {
			continue
		}
		counts := make(map[int]float64)
		before := 0.0
		for _, b := range h.Cumulative() {
			counts[int(math.Floor(perDecade*math.Log10(max(float64(b.Value), 1))))] += (b.Share - before) * float64(h.Count())
			before = b.Share
		}
		for row, n := range counts {
			all = append(all, chart.Cell{Left: float64(i) * s.step, Right: float64(i+1) * s.step, Low: edge(row), High: edge(row + 1), Count: n})
		}
	}
	slices.SortFunc(all, func(a, b chart.Cell) int { return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Low, b.Low)) })
	return all
}

// known returns the values that are known.
func known(values []float64) []float64 {
	return slices.DeleteFunc(values, math.IsNaN)
}

// hiccupsOf returns the hiccups of all agents and of all nodes during the trial.
func hiccupsOf(t results.Trial) (agents, nodes []results.Hiccup) {
	for _, a := range t.Agents {
		agents = append(agents, a.Hiccups...)
	}
	for _, n := range t.Nodes {
		if n.Runtime != nil {
			nodes = append(nodes, n.Runtime.Hiccups...)
		}
	}
	before := func(h results.Hiccup) bool { return h.AtNS < 0 }
	return slices.DeleteFunc(agents, before), slices.DeleteFunc(nodes, before)
}

// hiccupStrip returns the panel of hiccups as stems, of agents and of nodes.
func hiccupStrip(agents, nodes []results.Hiccup, x chart.Axis) chart.Panel {
	p := chart.Panel{Title: "hiccups from 1 ms on: none", X: x, Height: 70}
	longest := 0.0
	for _, h := range slices.Concat(agents, nodes) {
		longest = max(longest, float64(h.NS))
	}
	if longest > 0 {
		p.Title = "hiccups from 1 ms on, the longest " + duration(longest)
	}
	p.Y = chart.Log(1e6, 1e7, []float64{longest}, tickDuration)
	p.Series = append(stems("nodes", nodes, chart.Look{Colour: chart.Orange, Shape: draw.PyramidGlyph{}}, p),
		stems("agents", agents, chart.Look{Colour: chart.Blue, Shape: draw.CircleGlyph{}}, p)...)
	return p
}

// stems returns hiccups as vertical lines with a marker on top, and their label at the
// right end.
func stems(noun string, hiccups []results.Hiccup, l chart.Look, p chart.Panel) []chart.Series {
	if len(hiccups) == 0 {
		return nil
	}
	name := chart.Series{Label: fmt.Sprintf("%s: %d", noun, len(hiccups)), Look: chart.Look{Colour: l.Colour, Shape: l.Shape},
		Points: plotter.XYs{{X: p.X.High, Y: math.Sqrt(p.Y.Low * p.Y.High)}}}
	l.Width, l.Size = 0.8, 2.8
	out := chart.Series{Look: l}
	for _, h := range hiccups {
		at, height := float64(h.AtNS), float64(h.NS)
		out.Points = append(out.Points, plotter.XY{X: at, Y: p.Y.Low}, plotter.XY{X: at, Y: height}, plotter.XY{X: at, Y: math.NaN()})
		out.Marks = append(out.Marks, chart.Mark{X: at, Y: height})
	}
	return []chart.Series{out, name}
}
