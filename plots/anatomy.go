package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"dhtbench/results"
)

// part is one of the times that a response time is the sum of.
type part struct {
	name   string
	colour colour
	of     func(results.Client) *results.Histogram // nil where it was not measured
}

// anatomyParts are the parts in the order in which an operation meets them, the
// network's way there and back in one.
func anatomyParts() []part {
	of := func(pick func(results.Breakdown) *results.Histogram) func(results.Client) *results.Histogram {
		return func(c results.Client) *results.Histogram {
			if c.Breakdown == nil {
				return nil
			}
			return pick(*c.Breakdown)
		}
	}
	return []part{
		{"lag", 0xA65A88, func(c results.Client) *results.Histogram { return c.Lag }},
		{"network, kernel", 0x2F86B9, of(func(b results.Breakdown) *results.Histogram { return b.Network })},
		{"queue at the node", 0xB87A00, of(func(b results.Breakdown) *results.Histogram { return b.Queue })},
		{"work of the node", 0x4D4D4D, of(func(b results.Breakdown) *results.Histogram { return b.Work })},
	}
}

// mean is the exact mean of a part over all operations of the trials, false where
// none was measured. Sums and counts alone are needed of the histograms.
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

// hasAnatomy reports whether the nodes of a trial told how long they took.
func hasAnatomy(t results.Trial) bool {
	for _, c := range t.Clients {
		if c.Breakdown != nil {
			return true
		}
	}
	return false
}

// anatomy draws what the mean response time is made of, a bar for each load and a
// panel for each operation. Means of parts add up to the mean of the whole. Those
// of a percentile do not: the operations that are slowest in one part are not the
// slowest in the others, so there is no such figure of the p99.
func (s sweep) anatomy() figure {
	f := figure{
		name:   "anatomy",
		title:  "What the " + s.main().String() + " is made of",
		xLabel: s.axis.noun(),
		yLabel: "mean of each part, stacked",
	}
	loads := s.sustainedLoads()
	x := scale{low: -0.6, high: float64(len(loads)) - 0.4}
	var tops []float64
	var words []string
	for _, o := range s.operations {
		p := panel{title: o, x: x, xTicks: barTicks(x, s.axis.xs(loads))}
		for k, l := range loads {
			t, _ := s.at(o, l)
			boxes, names := barOf(float64(k), t.Trials)
			if len(boxes) == 0 {
				continue
			}
			p.boxes = append(p.boxes, boxes...)
			p.lines = names // those of the last bar remain
			tops = append(tops, boxes[len(boxes)-1].high)
			if k == 0 || k == len(loads)-1 {
				words = append(words, fmt.Sprintf("%s %s: %s", o, s.axis.with(l), inWords(boxes, names)))
			}
		}
		f.panels = append(f.panels, p)
	}
	y := fitZero(tops)
	for i := range f.panels {
		p := &f.panels[i]
		p.y, p.yTicks = y, y.ticks(tickDuration)
		if i < len(f.panels)-1 {
			p.lines = nil // one panel names the parts
		}
	}
	f.caption = append(s.caption()[:1], s.where(),
		"means over all operations of a setting; parts of the mean add up, parts of a percentile do not, so there is no such figure of the p99",
		"network, kernel: the service time less what the node tells of itself, both ways")
	if len(loads) < len(s.loads) {
		f.caption = append(f.caption, "not drawn: rates that were not sustained, whose lag grows with the length of the run")
	}
	f.alt = "Mean of each part. " + strings.Join(words, "; ") + "."
	return f
}

// barOf is one bar at x, from the bottom, and a line that names each part beside
// it.
func barOf(x float64, trials []results.Trial) (boxes []box, names []line) {
	const half = 0.36 // of the width, where bars are 1 apart
	told := slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return !hasAnatomy(t) })
	top := 0.0
	for _, part := range anatomyParts() {
		mean, ok := part.mean(told)
		if !ok || mean < 0 {
			continue
		}
		boxes = append(boxes, box{x - half, x + half, top, top + mean, part.colour})
		names = append(names, line{label: part.name, look: look{colour: part.colour},
			points: []point{{x + half, top + mean/2}}})
		top += mean
	}
	return boxes, names
}

// inWords is a bar for who cannot see it.
func inWords(boxes []box, names []line) string {
	parts := make([]string, len(boxes))
	for i, b := range boxes {
		parts[i] = names[i].label + " " + duration(b.high-b.low)
	}
	return strings.Join(parts, ", ")
}

// barTicks marks bars, which stand 1 apart in the order of the rising xs; labels
// that would touch are left out.
func barTicks(x scale, xs []float64) func(float64) []tick {
	return func(width float64) []tick {
		last := len(xs) - 1
		room := float64(7*len(exactly(xs[last])) + 7)
		apart := width / (x.high - x.low)
		every := max(1, int(math.Ceil(room/apart)))
		marks := make([]tick, len(xs))
		for i, v := range xs {
			marks[i].value = float64(i)
			if (last-i)%every == 0 { // the last always has one
				marks[i].label = exactly(v)
			}
		}
		return marks
	}
}
