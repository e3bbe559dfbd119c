package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"dhtbench/results"
)

// latencyOverTime draws one trial in slices of time, and under it, on the same
// axis, when processes that wanted to run did not: what a peak may come from.
func (s sweep) latencyOverTime() figure {
	t := s.timelineTrial()
	step := float64(t.IntervalNS)
	agents, nodes := hiccupsOf(t)
	x := scale{low: 0, high: float64(t.Timeline[len(t.Timeline)-1].Index+1) * step}
	for _, h := range slices.Concat(agents, nodes) {
		x.high = max(x.high, float64(h.AtNS)) // the last operations may end before it
	}
	l := loadOf(t.Params)
	f := figure{
		name:   "timeline",
		title:  "Latency over time: " + t.Params.Operation + " " + s.axis.with(l),
		xLabel: "time since the start of the trial",
	}
	colour := lookOf(t.Params.Operation).colour
	p50 := timelineOf("p50", t, look{colour: colour}, func(h *results.Histogram) float64 { return quantileOf(h, 0.5) })
	p99 := timelineOf("p99", t, look{colour: colour}, func(h *results.Histogram) float64 { return quantileOf(h, 0.99) })
	most := timelineOf("max", t, look{colour: colour.faint()}, func(h *results.Histogram) float64 { return float64(h.Max()) })
	p99.width, most.width, most.labelColour = 1.1, 0.9, colour
	p := panel{x: x, xTicks: timeTicks(x), lines: []line{most, p99, p50}}
	p.y = fitLog(heights(p.lines))
	p.yTicks = p.y.ticks(tickDuration)
	f.panels = []panel{p}
	f.yLabel = fmt.Sprintf("%s of the operations that ended in each %s%s", s.main(), tickDuration(step), logNote(p.y))
	strip, told := hiccupStrip(agents, nodes, x)
	f.strip = &strip
	f.caption = append(s.caption()[:1], fmt.Sprintf("one trial of %d: of those of %s %s the first", len(s.trials), t.Params.Operation, s.axis.with(l)),
		"measured on "+machines([]results.Trial{t}))
	if !known(p99) {
		f.caption = append(f.caption, "p99 not drawn: no slice has 1,000 operations")
	}
	f.alt = fmt.Sprintf("Latency over time of one trial, %s %s: largest median of a slice %s, largest latency %s. Hiccups: %s.",
		t.Params.Operation, s.axis.with(l), duration(slices.Max(append(knownHeights(p50), 0))), duration(slices.Max(append(knownHeights(most), 0))), told)
	return f
}

// hasTimeline reports whether a trial was recorded in slices.
func hasTimeline(t results.Trial) bool { return len(t.Timeline) > 0 && t.IntervalNS > 0 }

// timelineTrial is the trial to show: of the preferred operation the first at the
// heaviest load that it sustained; of any if it sustained none. Where a rate is not
// sustained there is nothing to see but how latency grows.
func (s sweep) timelineTrial() results.Trial {
	var candidates []results.Trial
	var operations []string
	for _, t := range s.trials {
		if hasTimeline(t) {
			candidates = append(candidates, t)
			operations = append(operations, t.Params.Operation)
		}
	}
	wanted := preferred(operations)
	candidates = slices.DeleteFunc(candidates, func(t results.Trial) bool { return t.Params.Operation != wanted })
	if slices.ContainsFunc(candidates, results.Trial.Sustained) {
		candidates = slices.DeleteFunc(candidates, func(t results.Trial) bool { return !t.Sustained() })
	}
	slices.SortStableFunc(candidates, func(a, b results.Trial) int {
		return cmp.Or(loadOf(b.Params).compare(loadOf(a.Params)), cmp.Compare(a.Params.Repeat, b.Params.Repeat))
	})
	return candidates[0]
}

// timelineOf is one figure of every slice, at its middle; broken where slices are
// missing because nothing ended.
func timelineOf(label string, t results.Trial, l look, of func(*results.Histogram) float64) line {
	out := line{label: label, look: l, width: lineWidth}
	step := float64(t.IntervalNS)
	for i, slice := range t.Timeline {
		at := (float64(slice.Index) + 0.5) * step
		if i > 0 && slice.Index > t.Timeline[i-1].Index+1 {
			out.points = append(out.points, point{at - step, nan()})
		}
		y := nan()
		if slice.Latency != nil && slice.Latency.Count() > 0 {
			y = of(slice.Latency)
		}
		out.points = append(out.points, point{at, y})
	}
	return out
}

// known reports whether anything of a line can be drawn.
func known(l line) bool { return len(knownHeights(l)) > 0 }

func knownHeights(l line) []float64 {
	return slices.DeleteFunc(heights([]line{l}), func(y float64) bool { return y != y })
}

// hiccupsOf are the hiccups of all agents and of all nodes, in order of time, as
// far as they are of the trial.
func hiccupsOf(t results.Trial) (agents, nodes []results.Hiccup) {
	for _, a := range t.Agents {
		agents = append(agents, a.Hiccups...)
	}
	for _, n := range t.Nodes {
		nodes = append(nodes, n.Runtime.Hiccups...)
	}
	order := func(all []results.Hiccup) []results.Hiccup {
		all = slices.DeleteFunc(all, func(h results.Hiccup) bool { return h.AtNS < 0 })
		slices.SortStableFunc(all, func(a, b results.Hiccup) int { return cmp.Compare(a.AtNS, b.AtNS) })
		return all
	}
	return order(agents), order(nodes)
}

// hiccupStrip is the strip of a timeline: hiccups as stems, those of agents apart
// from those of nodes; and what it shows in words.
func hiccupStrip(agents, nodes []results.Hiccup, x scale) (panel, string) {
	p := panel{x: x, xTicks: timeTicks(x)}
	all := []float64{1e6} // shorter ones are not recorded
	for _, h := range slices.Concat(agents, nodes) {
		all = append(all, float64(h.NS))
	}
	p.y = fitLog(all)
	p.yTicks = sparse(p.y.ticks(tickDuration))
	p.title = "hiccups of 1 ms and more: none"
	if len(agents)+len(nodes) > 0 {
		p.title = "hiccups: for how long a process that wanted to run did not, log scale"
		p.lines = append(stems("nodes", nodes, look{colour: 0x8F4E8B, glyph: diamond}, p),
			stems("agents", agents, look{colour: ink, glyph: circle}, p)...)
	}
	return p, fmt.Sprintf("%d of agents and %d of nodes, the longest %s", len(agents), len(nodes), duration(slices.Max(all)))
}

// stems are hiccups as vertical lines with a marker on top, and a line that only
// names them, at the right end: labels inside the strip would lie on other stems.
func stems(label string, hiccups []results.Hiccup, l look, p panel) []line {
	if len(hiccups) == 0 {
		return nil
	}
	out := line{look: l, width: 0.8}
	for _, h := range hiccups {
		at, height := float64(h.AtNS), float64(h.NS)
		out.points = append(out.points, point{at, nan()}, point{at, p.y.low}, point{at, height})
		out.marks = append(out.marks, point{at, height})
	}
	return []line{out, {label: label, look: l, points: []point{{p.x.high, math.Sqrt(p.y.low * p.y.high)}}}}
}

// sparse leaves the first and last tick that have a label: a strip has no room for
// more.
func sparse(ticks []tick) []tick {
	named := slices.DeleteFunc(ticks, func(k tick) bool { return k.label == "" })
	if len(named) < 3 {
		return named
	}
	return []tick{named[0], named[len(named)-1]}
}

// timeTicks marks a time axis from zero.
func timeTicks(x scale) func(float64) []tick {
	marks := x.ticks(tickDuration)
	return func(float64) []tick { return slices.Clone(marks) }
}
