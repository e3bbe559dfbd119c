package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
	"dhtbench/results"
	"dhtbench/results/scaling"
)

// law is the Universal Scalability Law fitted to the throughput of one operation.
type law struct {
	operation string
	fit       *scaling.Fit // nil if there is none
	none      string       // why there is none
	last      float64      // largest number of clients
}

type laws []law

// laws fits the law to each operation of a closed loop.
func (s sweep) laws() laws {
	all := make(laws, len(s.operations))
	for i, o := range s.operations {
		all[i] = s.law(o)
	}
	return all
}

func (s sweep) law(operation string) law {
	l := law{operation: operation, last: s.axis.x(s.loads[len(s.loads)-1])}
	var levels []scaling.Level
	for _, t := range s.settings {
		if t.operation() == operation {
			level := scaling.Level{N: s.axis.x(t.load())}
			for _, trial := range t.Trials {
				level.Xs = append(level.Xs, trial.Throughput())
			}
			levels = append(levels, level)
		}
	}
	fit, err := scaling.New(levels)
	switch {
	case err != nil:
		l.none = err.Error()
	case fit.Poor():
		l.none = "the law misses the means by " + digits(100*fit.Misfit, 2) + " %"
		if fit.Trials {
			l.none += ", more than trials differ"
		}
	default:
		l.fit = fit
	}
	return l
}

// estimate returns a quantity of the law with its interval over trials.
func (l law) estimate(of func(scaling.Law) float64) results.Estimate {
	e := results.Estimate{Median: of(l.fit.Law), Low: math.NaN(), High: math.NaN()}
	if l.fit.Trials {
		i := l.fit.Interval(of)
		e.Low, e.High = i.Low, i.High
	}
	return e
}

func (l law) a() results.Estimate {
	return l.estimate(func(l scaling.Law) float64 { return l.A })
}

func (l law) b() results.Estimate {
	return l.estimate(func(l scaling.Law) float64 { return l.B })
}

// contention and coherency are the titles of the panels.
func (l law) contention() string {
	if l.fit == nil {
		return l.operation
	}
	return l.operation + ": a " + short(l.a())
}

func (l law) coherency() string {
	if l.fit == nil {
		return ""
	}
	return "b " + short(l.b())
}

// short writes an estimate with 2 digits.
func short(e results.Estimate) string {
	text := digits(e.Median, 2)
	if e.HasInterval() {
		text += fmt.Sprintf(" [%s, %s]", digits(e.Low, 2), digits(e.High, 2))
	}
	return text
}

// end is where the curve of the law ends: at the largest number of clients, or beyond
// the peak.
func (l law) end() float64 {
	if l.fit != nil && l.fit.PeakKnown() {
		return max(l.last, 1.1*l.fit.Peak())
	}
	return l.last
}

// panel returns a panel with the trials of a sweep of one operation and the law. m is
// the measure of the trials. The throughput of the law at n clients is multiplied by
// scale(n).
func (l law) panel(s sweep, m measure, scale func(n float64) float64) chart.Panel {
	var p chart.Panel
	points := s.series(l.operation, m, lookOf(l.operation))
	points.Label, points.Dots = "", nil
	for _, t := range s.settings {
		if len(t.Trials) > 1 {
			for _, trial := range t.Trials {
				points.Dots = append(points.Dots, plotter.XY{X: s.axis.x(t.load()), Y: m.trial(trial)})
			}
		}
	}
	if l.fit != nil {
		points.Look.Width = 0
		of := func(n float64) func(scaling.Law) float64 {
			return func(l scaling.Law) float64 { return l.Throughput(n) * scale(n) }
		}
		p = l.curves(s.axis.x(s.loads[0]), of)
	}
	p.Series = append(p.Series, points)
	return p
}

// curves returns the curve of a quantity against n clients, dashed beyond the largest
// number of clients, and its band.
func (l law) curves(first float64, of func(n float64) func(scaling.Law) float64) chart.Panel {
	var p chart.Panel
	look := lookOf(l.operation)
	look.Shape, look.Dash = nil, nil
	inside, beyond := chart.Series{Label: "law", Look: look}, chart.Series{Look: look}
	beyond.Look.Dash = linearLook().Dash
	var low, high plotter.XYs
	add := func(to *chart.Series, n float64) {
		e := l.estimate(of(n))
		to.Points = append(to.Points, plotter.XY{X: n, Y: e.Median})
		low, high = append(low, plotter.XY{X: n, Y: e.Low}), append(high, plotter.XY{X: n, Y: e.High})
	}
	for _, n := range between(first, l.last) {
		add(&inside, n)
	}
	p.Series = []chart.Series{inside}
	if end := l.end(); end > l.last {
		for _, n := range between(l.last, end) {
			add(&beyond, n)
		}
		beyond.Label, p.Series[0].Label = "law", ""
		p.Series = append(p.Series, beyond)
	}
	if l.fit.Trials {
		p.Behind = append(p.Behind, chart.Band(low, high, look.Colour))
	}
	return p
}

// peak describes the peak, with its interval.
func (l law) peak() string {
	text := l.fit.PeakText()
	if l.fit.PeakKnown() && l.fit.Trials {
		i := l.fit.Interval(scaling.Law.Peak)
		text += fmt.Sprintf(" [%.0f, %.0f]", i.Low, i.High)
	}
	return text
}

// finding lists the peaks, for a subtitle. It is empty without a law.
func (all laws) finding() string {
	var parts []string
	for _, l := range all {
		switch {
		case l.fit == nil && len(all.fitted()) > 0:
			parts = append(parts, l.operation+" not described by the law")
		case l.fit != nil:
			parts = append(parts, l.operation+" "+l.peak())
		}
	}
	if f := all.fitted(); len(f) == len(all) && !slices.ContainsFunc(f, func(l law) bool { return l.peak() != f[0].peak() }) {
		return "; " + f[0].peak() // the same for all operations
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

// fitted returns the laws that were fitted.
func (all laws) fitted() laws {
	return slices.DeleteFunc(slices.Clone(all), func(l law) bool { return l.fit == nil })
}

// notes explains the law and its band, or why it is not drawn.
func (all laws) notes() []string {
	var notes []string
	for i, l := range all {
		same := slices.DeleteFunc(slices.Clone(all), func(m law) bool { return m.none != l.none })
		if l.fit != nil || same[0] != all[i] { // it has a law, or an earlier note names it
			continue
		}
		var operations []string
		for _, m := range same {
			operations = append(operations, m.operation)
		}
		notes = append(notes, "no law for "+list(operations)+": "+l.none)
	}
	f := all.fitted()
	switch {
	case len(f) == 0:
	case f[0].fit.Trials:
		notes = append(notes, "law: Universal Scalability Law; band and brackets: 95 %; pale dots: trials")
	default:
		notes = append(notes, "law: Universal Scalability Law; no band with fewer than 6 trials")
	}
	return notes
}

// lawTable returns the coefficients of the law in Markdown, one row for each operation.
func (s sweep) lawTable() string {
	last := s.axis.xs(s.loads)[len(s.loads)-1]
	var b strings.Builder
	b.WriteString(heading([]string{"operation", "g (ops/s)", "contention a", "coherency b",
		"efficiency " + s.axis.with(s.loads[len(s.loads)-1]), "largest throughput", "misfit (%)"}))
	for _, l := range s.laws() {
		if l.fit == nil {
			b.WriteString(row([]string{cell(l.operation), unknown, unknown, unknown, unknown, l.none, unknown}))
			continue
		}
		efficiency := l.estimate(func(l scaling.Law) float64 { return l.Efficiency(last) })
		b.WriteString(row([]string{cell(l.operation), estimate(l.estimate(func(l scaling.Law) float64 { return l.G }), 1),
			short(l.a()), short(l.b()), short(efficiency), l.peak(), digits(100*l.fit.Misfit, 2)}))
	}
	b.WriteString("\nThe law is X(N) = gN / (1 + a(N − 1) + bN(N − 1)), fitted to the throughput of all trials by least squares. " +
		"The misfit is the distance of the means from it, root mean square. ")
	if f := s.laws().fitted(); len(f) > 0 && f[0].fit.Trials {
		return b.String() + "In brackets are 95 % intervals over trials.\n"
	}
	return b.String() + "There are too few trials for intervals.\n"
}
