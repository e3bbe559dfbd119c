package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// distribution draws latency by percentile, the fewest clients beside the most.
// The x axis is HdrHistogram's: distance is the logarithm of 1/(1-q), so that
// each further nine takes the same room. x is kept as that logarithm: 0 is the
// smallest latency, 1 is p90, 2 is p99.
func (s sweep) distribution() figure {
	// One panel where there is but one number of clients.
	counts := slices.Compact([]int{s.clients[0], s.clients[len(s.clients)-1]})
	f := figure{
		name:   "distribution",
		title:  "Distribution of the service time",
		xLabel: "percentile, log scale of 1/(1 − q)",
	}
	var all []line
	var words []string
	end := 1.0 // where the longest curve ends, at least at p90
	for _, n := range counts {
		p := panel{title: plural(n, "client")}
		for _, o := range s.operations {
			h := results.NewHistogram()
			for _, t := range s.of(o, n) {
				h.Add(t.Service())
			}
			if h.Count() == 0 {
				continue
			}
			end = math.Max(end, nines(h.Count()))
			p.lines = append(p.lines, cumulative(o, h)...)
			words = append(words, fmt.Sprintf("%s with %s: median %s, largest %s",
				o, plural(n, "client"), duration(float64(h.Quantile(0.5))), duration(float64(h.Max()))))
		}
		all = append(all, p.lines...)
		f.panels = append(f.panels, p)
	}
	x, y := scale{low: 0, high: end + 0.05}, fit(heights(all))
	for i := range f.panels {
		p := &f.panels[i]
		p.x, p.xTicks = x, func(float64) []tick { return nineTicks(end) }
		p.y, p.yTicks = y, y.ticks(tickDuration)
	}
	f.yLabel = "service time of an operation" + logNote(y)
	f.caption = append(s.caption(), "thin and pale: fewer than 10 latencies lie above, not a percentile to rely on"+s.pooled())
	f.alt = "Service time by percentile. " + strings.Join(words, "; ") + "."
	return f
}

// pooled says how several trials became one curve.
func (s sweep) pooled() string {
	if _, most := s.repeats(); most > 1 {
		return " · histograms of all trials of a setting added"
	}
	return ""
}

// nines is how far along the axis a sample of n reaches: to where one latency is
// left.
func nines(n int64) float64 { return math.Log10(float64(max(n, 1))) }

// supported is how far along the axis at least 10 of n latencies lie above.
func supported(n int64) float64 { return nines(n) - 1 }

// cumulative is the curve of one histogram: its supported part with markers at
// the nines, and the rest, which carries the label.
//
// A quantile is a step function of q: a bucket of the histogram is a level
// stretch from the share of latencies below it to the share up to it. The curve
// is drawn as these steps and not smoothed. It ends where one latency is left
// above, since the largest lies at infinity.
func cumulative(operation string, h *results.Histogram) []line {
	l := lookOf(operation)
	solid := line{look: l, width: lineWidth}
	rest := line{label: operation, labelColour: l.colour, look: l, width: 0.9}
	rest.look.colour, rest.look.dash = l.colour.faint(), nil

	limit, end := supported(h.Count()), nines(h.Count())
	before := 0.0 // x at which the step begins
	for _, step := range h.Cumulative() {
		after := math.Min(-math.Log10(math.Max(1-step.Share, 0)), end)
		v := float64(step.Value)
		// A step that reaches over the limit belongs to both parts, so that
		// they meet.
		if before < limit {
			solid.points = append(solid.points, point{before, v}, point{math.Min(after, limit), v})
		}
		if after > limit || after >= end {
			rest.points = append(rest.points, point{math.Max(before, limit), v}, point{after, v})
		}
		before = after
	}
	for i, q := range []float64{0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999} {
		x := float64(i)
		if i == 0 {
			x = -math.Log10(0.5) // the rest are one nine apart
		}
		if h.Supports(q) {
			solid.marks = append(solid.marks, point{x, float64(h.Quantile(q))})
		}
	}
	return []line{solid, rest}
}

// nineTicks marks 0, 50, 90, 99, 99.9 ... up to end.
func nineTicks(end float64) []tick {
	marks := []tick{{0, "0"}, {-math.Log10(0.5), "50"}}
	for k := 1; float64(k) <= end; k++ {
		decimals := max(0, k-2)
		label := strconv.FormatFloat(100-math.Pow10(2-k), 'f', decimals, 64) // %
		marks = append(marks, tick{float64(k), label})
	}
	if end >= 1 {
		marks[len(marks)-1].label += " %"
	}
	return marks
}
