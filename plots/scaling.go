package plots

import (
	"fmt"
	"math"
	"strings"

	"dhtbench/results"
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

// measure is a figure that every trial has: of one trial (NaN if the sample does
// not support it) and of the trials of a setting together.
type measure struct {
	name    string
	trial   func(results.Trial) float64
	summary func(results.Summary) results.Estimate
}

// meanMeasure is the exact mean, which needs no support from the sample's size.
func meanMeasure() measure {
	return measure{"mean", func(t results.Trial) float64 { return t.Service().Mean() },
		func(s results.Summary) results.Estimate { return s.Mean }}
}

// throughputMeasure is over the time in which all clients were active: early
// clients that are done would otherwise count as slow.
func throughputMeasure() measure {
	return measure{"throughput", func(t results.Trial) float64 { return t.Active().Throughput() },
		func(s results.Summary) results.Estimate { return s.Throughput }}
}

// quantileMeasures are p50, p99 and p99.9.
func quantileMeasures() []measure {
	at := func(q float64) func(results.Trial) float64 {
		return func(t results.Trial) float64 {
			if h := t.Service(); h.Supports(q) {
				return float64(h.Quantile(q))
			}
			return math.NaN()
		}
	}
	return []measure{
		{"p50", at(0.5), func(s results.Summary) results.Estimate { return s.P50 }},
		{"p99", at(0.99), func(s results.Summary) results.Estimate { return s.P99 }},
		{"p99.9", at(0.999), func(s results.Summary) results.Estimate { return s.P999 }},
	}
}

// enoughForInterval is from how many trials on a point has an interval; with
// fewer, but more than one, every trial is shown instead.
const enoughForInterval = 6

// series is a measure of one operation against the number of clients.
func (s sweep) series(operation string, m measure, l look) line {
	out := line{label: operation, look: l, width: lineWidth}
	for _, n := range s.clients {
		summary, ok := s.at(operation, n)
		x := float64(n)
		if !ok {
			out.points = append(out.points, point{x, math.NaN()}) // a gap, not a shortcut
			continue
		}
		e := m.summary(summary)
		out.points = append(out.points, point{x, e.Median})
		switch {
		case e.HasInterval():
			// An interval says what the trials say together...
			out.bars = append(out.bars, bar{x, e.Low, e.High})
		case summary.Trials > 1 && summary.Trials < enoughForInterval:
			// ...and where there is none, the reader judges by the trials.
			for _, t := range s.of(operation, n) {
				out.dots = append(out.dots, point{x, m.trial(t)})
			}
		}
	}
	out.marks = out.points
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
			l.shift = 4 * (vgLength(i) - vgLength(len(s.operations)-1)/2)
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

// responseTime draws the mean service time against the number of clients. In a
// closed loop this is the response time: an operation is meant to start when it
// is sent.
func (s sweep) responseTime() figure {
	lines := s.perOperation(meanMeasure())
	x := fitClients(s.clients, false)
	reference := line{label: referenceMeanLabel, look: guideLook(), width: guideWidth,
		points: []point{{x.low, referenceMeanNS}, {x.high, referenceMeanNS}}}
	lines = append([]line{reference}, lines...)
	y := fit(heights(lines))
	return figure{
		name:    "response-time",
		title:   "Response time against concurrency",
		yLabel:  "mean service time of an operation" + logNote(y),
		xLabel:  "clients" + logNote(x),
		caption: append(s.caption(), referenceNote),
		alt:     "Mean service time by number of clients. " + s.describe(meanMeasure(), duration),
		panels: []panel{{x: x, y: y, lines: lines, yTicks: y.ticks(tickDuration),
			xTicks: x.clientTicks(s.clients)}},
	}
}

// throughput draws the throughput against the number of clients, with what
// linear scaling from the fewest clients would give, and the reference report's.
// Where the y axis is logarithmic the x axis is too: linear scaling is then a
// straight line, and what falls short of it bends away at any size.
func (s sweep) throughput() figure {
	measured := s.perOperation(throughputMeasure())
	ends := []float64{float64(s.clients[0]), float64(s.clients[len(s.clients)-1])}
	var lines []line
	for _, l := range measured {
		if ideal, ok := linear(l, ends[1]); ok && len(s.clients) > 1 {
			if len(lines) == 0 { // one label for all: they lie close together
				ideal.label, ideal.labelColour = "linear from "+plural(int(ends[0]), "client"), guide
			}
			lines = append(lines, ideal)
		}
	}
	reference := line{label: referenceTotalLabel, look: guideLook(), width: guideWidth}
	for _, n := range ends {
		reference.points = append(reference.points, point{n, n * referenceOpsPerS})
	}
	if len(s.clients) == 1 { // no line to be seen
		reference.look.glyph, reference.marks = diamond, reference.points[:1]
	}
	lines = append(append(lines, reference), measured...)
	y := fit(heights(lines))
	x := fitClients(s.clients, y.log)
	return figure{
		name:    "throughput",
		title:   "Throughput against concurrency",
		yLabel:  "operations per second of all clients, while all were active" + logNote(y),
		xLabel:  "clients" + logNote(x),
		caption: append(s.caption(), referenceNote),
		alt:     "Throughput by number of clients. " + s.describe(throughputMeasure(), perSecond),
		panels: []panel{{x: x, y: y, lines: lines, yTicks: y.ticks(tickNumber),
			xTicks: x.clientTicks(s.clients)}},
	}
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

// logNote says that an axis is logarithmic; who misreads one misreads the figure.
func logNote(s scale) string {
	if s.log {
		return ", log scale"
	}
	return ""
}

// perSecond writes a throughput.
func perSecond(v float64) string { return number(v) + " ops/s" }

// describe puts a figure in words: each operation's first and last point. It is
// read out where a figure cannot be seen, so it is short.
func (s sweep) describe(m measure, write func(float64) string) string {
	first, last := s.clients[0], s.clients[len(s.clients)-1]
	var parts []string
	for _, o := range s.operations {
		a, okA := s.at(o, first)
		b, okB := s.at(o, last)
		switch {
		case okA && okB && first != last:
			parts = append(parts, fmt.Sprintf("%s: %s with %s, %s with %d",
				o, write(m.summary(a).Median), plural(first, "client"), write(m.summary(b).Median), last))
		case okA:
			parts = append(parts, fmt.Sprintf("%s: %s with %s", o, write(m.summary(a).Median), plural(first, "client")))
		case okB:
			parts = append(parts, fmt.Sprintf("%s: %s with %s", o, write(m.summary(b).Median), plural(last, "client")))
		}
	}
	return strings.Join(parts, "; ") + "."
}
