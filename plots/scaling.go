package plots

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg"
)

// What the reference report found with its Python program on eight c3.large. Its
// response time is the mean seen by a client; its throughput is for each node
// that ran operations, which is one client here.
const (
	referenceMeanNS     = 500_000
	referenceOpsPerS    = 2_000
	referenceMeanLabel  = "reference: 0.5 ms"
	referenceTotalLabel = "reference: 2,000/s × clients"
	referenceNote       = "grey: the reference report, a Python program on eight c3.large"
)

// enoughForInterval is from how many trials on a point has an interval; with
// fewer, but more than one, every trial is shown instead.
const enoughForInterval = 6

// series is a measure of one operation along the axis.
func (s sweep) series(operation string, m measure, l look) line {
	out := line{label: operation, look: l, width: lineWidth}
	for _, load := range s.loads {
		t, ok := s.at(operation, load)
		x := s.axis.x(load)
		if !ok {
			out.points = append(out.points, point{x, nan()}) // a gap, not a shortcut
			continue
		}
		e := m.of(t)
		p := point{x, e.Median}
		out.points = append(out.points, p)
		if t.Sustained {
			out.marks = append(out.marks, p)
		} else {
			out.hollow = append(out.hollow, p)
		}
		switch {
		case e.HasInterval():
			// An interval says what the trials say together...
			out.bars = append(out.bars, bar{x, e.Low, e.High})
		case len(t.Trials) > 1 && len(t.Trials) < enoughForInterval:
			// ...and where there is none, the reader judges by the trials.
			for _, trial := range t.Trials {
				out.dots = append(out.dots, point{x, m.trial(trial)})
			}
		}
	}
	return out
}

// perOperation is a measure of every operation; where there are several trials
// the operations stand side by side, so that their spread can be seen.
func (s sweep) perOperation(m measure) []line {
	var lines []line
	_, most := s.repeats()
	for i, o := range s.operations {
		l := s.series(o, m, lookOf(o))
		if most > 1 {
			l.shift = 4 * (vg.Length(i) - vg.Length(len(s.operations)-1)/2)
		}
		lines = append(lines, l)
	}
	return lines
}

// heights collects every y of lines, to fit a scale to.
func heights(lines []line) []float64 {
	var all []float64
	for _, l := range lines {
		for _, p := range l.points {
			all = append(all, p.y)
		}
		for _, p := range l.dots {
			all = append(all, p.y)
		}
		for _, b := range l.bars {
			all = append(all, b.low, b.high)
		}
	}
	return all
}

// responseTime draws the mean latency along the axis. In a closed loop this is the
// service time, and the reference report's stands beside it.
func (s sweep) responseTime() figure {
	m := meanMeasure(s.main())
	lines := s.perOperation(m)
	xs := s.axis.xs(s.loads)
	x := s.axis.fit(s.loads, false)
	f := figure{
		name:    "response-time",
		title:   "Response time against " + s.axis.against(),
		xLabel:  s.axis.noun() + logNote(x),
		caption: s.caption(),
		alt:     capital(fmt.Sprintf("mean %v by number of clients. ", s.main())) + s.describe(m, duration),
	}
	if floor, ok := s.floor(meanMeasure(null)); ok {
		floor.label = nullLabel
		lines = append([]line{floor}, lines...)
		f.caption = append(f.caption, nullNote("mean"))
	}
	if !s.params.Open() { // which the reference's was, too
		reference := line{label: referenceMeanLabel, look: guideLook(), width: guideWidth,
			points: []point{{x.low, referenceMeanNS}, {x.high, referenceMeanNS}}}
		lines = append([]line{reference}, lines...)
		f.caption = append(f.caption, referenceNote)
	}
	f.caption = append(f.caption, s.shortfall()...)
	y := fit(heights(lines))
	f.yLabel = fmt.Sprintf("mean %v of an operation", s.main()) + logNote(y)
	f.panels = []panel{{x: x, y: y, lines: lines, yTicks: y.ticks(tickDuration), xTicks: x.placeTicks(xs)}}
	return f
}

// logNote says that an axis is logarithmic; who misreads one misreads the figure.
func logNote(s scale) string {
	if s.log {
		return ", log scale"
	}
	return ""
}

// describe puts a figure in words: each operation's first and last point. It is
// read out where a figure cannot be seen, so it is short.
func (s sweep) describe(m measure, write func(float64) string) string {
	first, last := s.loads[0], s.loads[len(s.loads)-1]
	var parts []string
	for _, o := range s.operations {
		a, okA := s.at(o, first)
		b, okB := s.at(o, last)
		switch {
		case okA && okB && first != last:
			parts = append(parts, fmt.Sprintf("%s: %s %s, %s %s",
				o, write(m.of(a).Median), s.axis.with(first), write(m.of(b).Median), s.axis.again(last)))
		case okA:
			parts = append(parts, fmt.Sprintf("%s: %s %s", o, write(m.of(a).Median), s.axis.with(first)))
		case okB:
			parts = append(parts, fmt.Sprintf("%s: %s %s", o, write(m.of(b).Median), s.axis.with(last)))
		}
	}
	return strings.Join(parts, "; ") + "."
}
