package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// distribution draws latency by percentile, at the lightest load beside the
// heaviest that was sustained. The x axis is HdrHistogram's: distance is the
// logarithm of 1/(1-q), so that each further nine takes the same room. x is kept
// as that logarithm: 0 is the smallest latency, 1 is p90, 2 is p99.
func (s sweep) distribution() figure {
	f := figure{
		name:   "distribution",
		title:  "Distribution of the " + s.main().String(),
		xLabel: percentileAxis,
	}
	var words []string
	floors := false
	ends := s.ends()
	for i, load := range ends {
		p := panel{title: s.axis.words(load)}
		if !s.sustainedAt(load) {
			p.title += ", not sustained"
		}
		if h := s.nullAt(load); h != nil {
			floor := cumulative("", floorLook(), h)
			if i == len(ends)-1 {
				floor[1].label = nullLabel
			}
			p.lines, floors = append(p.lines, floor...), true
		}
		for _, o := range s.operations {
			t, _ := s.at(o, load)
			h := t.pooled(results.Trial.Latency)
			if h.Count() == 0 {
				continue
			}
			p.lines = append(p.lines, s.curves(o, t, h)...)
			words = append(words, fmt.Sprintf("%s %s: median %s, largest %s",
				o, s.axis.with(load), duration(float64(h.Quantile(0.5))), duration(float64(h.Max()))))
		}
		f.panels = append(f.panels, p)
	}
	y := f.alongPercentiles(fit)
	f.yLabel = s.main().String() + " of an operation" + logNote(y)
	if s.params.Open() {
		f.title = "Distribution of response and service time"
		f.yLabel = "latency of an operation" + logNote(y) + "; solid: response time, dashed: service time"
	}
	f.caption = append(s.caption(), thinNote+s.addedUp())
	if floors {
		f.caption = append(f.caption, nullNote("service time"))
	}
	f.alt = capital(s.main().String()) + " by percentile. " + strings.Join(words, "; ") + "."
	return f
}

// What every figure over percentiles says.
const (
	percentileAxis = "percentile, log scale of 1/(1 − q)"
	thinNote       = "thin and pale: fewer than 10 latencies lie above, not a percentile to rely on"
)

// ends are the lightest and the heaviest load that every operation sustained; one
// load if they are the same.
func (s sweep) ends() []load {
	loads := s.sustainedLoads()
	return slices.Compact([]load{loads[0], loads[len(loads)-1]})
}

// sustainedLoads are the loads that every operation sustained, or all if there is
// none.
func (s sweep) sustainedLoads() []load {
	loads := slices.DeleteFunc(slices.Clone(s.loads), func(l load) bool { return !s.sustainedAt(l) })
	if len(loads) == 0 {
		return s.loads
	}
	return loads
}

// sustainedAt reports whether every operation that was measured at a load kept to
// its rate.
func (s sweep) sustainedAt(l load) bool {
	return !slices.ContainsFunc(s.settings, func(t setting) bool { return t.load() == l && !t.Sustained })
}

// curves are the lines of one setting whose main latency is h. In an open loop the
// service time lies under it, as far as the sample supports it.
func (s sweep) curves(operation string, t setting, h *results.Histogram) []line {
	l := lookOf(operation)
	if !s.params.Open() {
		return cumulative(operation, l, h)
	}
	l.dash = nil
	beside := cumulative("", serviceLook(l.colour), t.pooled(results.Trial.Service))[0]
	beside.width = guideWidth
	return append([]line{beside}, cumulative(operation, l, h)...)
}

// nullAt is the calibration at a load, nil if there is none.
func (s sweep) nullAt(l load) *results.Histogram {
	for _, t := range s.settings {
		if c := t.Baseline(); c != nil && t.load() == l {
			return c.Service
		}
	}
	return nil
}

// addedUp says how several trials became one curve.
func (s sweep) addedUp() string {
	if _, most := s.repeats(); most > 1 {
		return " · histograms of all trials of a setting added"
	}
	return ""
}

// alongPercentiles gives all panels the percentile axis, as long as the longest of
// their curves and p90 at least, and one y scale, which it returns.
func (f *figure) alongPercentiles(fit func([]float64) scale) scale {
	end := 1.0
	var all []line
	for _, p := range f.panels {
		all = append(all, p.lines...)
	}
	for _, l := range all {
		for _, p := range l.points {
			end = math.Max(end, p.x)
		}
	}
	x, y := scale{low: 0, high: end + 0.05}, fit(heights(all))
	for i := range f.panels {
		p := &f.panels[i]
		p.x, p.xTicks = x, func(float64) []tick { return nineTicks(end) }
		p.y, p.yTicks = y, y.ticks(tickDuration)
	}
	return y
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
func cumulative(label string, l look, h *results.Histogram) []line {
	solid := line{look: l, width: lineWidth}
	rest := line{label: label, labelColour: l.colour, look: l, width: 0.9}
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
