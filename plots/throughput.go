package plots

import (
	"math"
)

// throughput draws how much was done along the axis.
func (s sweep) throughput() figure {
	if s.params.Open() {
		return s.achieved()
	}
	return s.scaledThroughput()
}

// scaledThroughput draws the throughput against the number of clients, with what
// linear scaling from the fewest clients would give, and the reference report's.
// Where the y axis is logarithmic the x axis is too: linear scaling is then a
// straight line, and what falls short of it bends away at any size.
func (s sweep) scaledThroughput() figure {
	measured := s.perOperation(throughputMeasure())
	xs := s.axis.xs(s.loads)
	first, last := xs[0], xs[len(xs)-1]
	var lines []line
	for _, l := range measured {
		if ideal, ok := linear(l, last); ok && len(xs) > 1 {
			if len(lines) == 0 { // one label for all: they lie close together
				ideal.label, ideal.labelColour = "linear from "+s.axis.words(s.loads[0]), guide
			}
			lines = append(lines, ideal)
		}
	}
	reference := line{label: referenceTotalLabel, look: guideLook(), width: guideWidth}
	for _, n := range []float64{first, last} {
		reference.points = append(reference.points, point{n, n * referenceOpsPerS})
	}
	if len(xs) == 1 { // no line to be seen
		reference.look.glyph, reference.marks = diamond, reference.points[:1]
	}
	lines = append(lines, reference)
	f := figure{
		name:    "throughput",
		title:   "Throughput against concurrency",
		caption: append(s.caption(), referenceNote),
		alt:     "Throughput by number of clients. " + s.describe(throughputMeasure(), perSecond),
	}
	if ceiling, ok := s.floor(ceilingMeasure()); ok {
		ceiling.label = ceilingLabel
		lines = append(lines, ceiling)
		f.caption = append(f.caption, ceilingNote)
	}
	lines = append(lines, measured...)
	y := fit(heights(lines))
	x := s.axis.fit(s.loads, y.log)
	f.yLabel = "operations per second of all clients, while all were active" + logNote(y)
	f.xLabel = "clients" + logNote(x)
	f.panels = []panel{{x: x, y: y, lines: lines, yTicks: y.ticks(tickNumber), xTicks: x.placeTicks(xs)}}
	return f
}

// achieved draws the achieved rate along the axis, and the offered one.
func (s sweep) achieved() figure {
	measured := s.perOperation(achievedMeasure())
	xs := s.axis.xs(s.loads)
	offered := line{label: "offered", look: guideLook(), width: guideWidth}
	for _, l := range s.loads {
		offered.points = append(offered.points, point{s.axis.x(l), l.rate})
	}
	if len(xs) == 1 {
		offered.look.glyph, offered.marks = diamond, offered.points
	}
	lines := []line{offered}
	f := figure{
		name:    "throughput",
		title:   "Achieved rate against " + s.axis.against(),
		caption: s.caption(),
		alt:     "Achieved rate. " + capital(s.describe(achievedMeasure(), perSecond)),
	}
	if ceiling, ok := s.floor(ceilingMeasure()); ok {
		ceiling.label = ceilingLabel
		lines = append(lines, ceiling)
		f.caption = append(f.caption, ceilingNote)
	}
	f.caption = append(f.caption, s.shortfall()...)
	lines = append(lines, measured...)
	// Offered and achieved rate are compared by their distance, which a log scale
	// would hide; it takes a ceiling far above them.
	y := fitZero(heights(lines))
	_, highest := extent(heights(lines[:1]))
	if y.high > cramped*highest {
		y = fitLog(heights(lines))
	}
	x := s.axis.fit(s.loads, y.log && s.axis == byRate)
	f.yLabel = "operations per second of all clients" + logNote(y)
	f.xLabel = s.axis.noun() + logNote(x)
	f.panels = []panel{{x: x, y: y, lines: lines, yTicks: y.ticks(tickNumber), xTicks: x.placeTicks(xs)}}
	return f
}

// linear is the line through l's first point and zero, up to x = last. There is
// none where the first point was not measured.
func linear(l line, last float64) (line, bool) {
	first := l.points[0]
	if !(first.y > 0) {
		return line{}, false
	}
	look := look{colour: l.look.colour.faint(), dash: guideLook().dash}
	return line{look: look, width: guideWidth,
		points: []point{first, {last, first.y * last / first.x}}}, true
}

// perSecond writes a throughput.
func perSecond(v float64) string {
	if math.IsNaN(v) {
		return unknown
	}
	return number(v) + " ops/s"
}
