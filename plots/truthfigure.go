package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"dhtbench/results"
)

// mostStalls is how many panels a page has room for.
const mostStalls = 2

// truth draws, for nodes that stall at known instants, the true distribution of
// the response time beside what each way of measuring makes of it.
func (all sweeps) truth() figure {
	f := figure{
		name:   "truth",
		title:  "A node that stalls: the truth, and what was measured",
		xLabel: percentileAxis,
	}
	stalls := all.stalls()
	if n := len(stalls); n > mostStalls {
		f.caption = []string{fmt.Sprintf("%d of the %d stalls of the file; its table has them all", mostStalls, n)}
		stalls = stalls[:mostStalls]
	}
	var words []string
	for _, s := range stalls {
		p := panel{title: fmt.Sprintf("%s; stalled %s", s.operation, s.often())}
		ways := s.ways()
		end, least := math.Max(nines(ways[0].h.Count()), 1), math.Inf(1)
		for _, w := range ways {
			if w.h == nil || w.h.Count() == 0 {
				continue
			}
			curve := cumulative(w.name, w.look, w.h)
			solid, rest := curve[0].upTo(end), curve[1].upTo(end)
			if len(rest.points) == 0 { // cut off, and the label with it
				solid.label = w.name
			}
			p.lines = append(p.lines, solid, rest)
			least = math.Min(least, float64(w.h.Min()))
		}
		// On top: where the open loop is right it would hide the truth.
		p.lines = append(p.lines, s.curve(end, least))
		f.panels = append(f.panels, p)
		f.caption = append(f.caption, s.errors()...)
		f.caption = append(f.caption, s.describe())
		words = append(words, fmt.Sprintf("%s stalled %s: %s", s.operation, s.often(), strings.Join(s.errors(), "; ")))
	}
	y := f.alongPercentiles(fitLog)
	f.yLabel = "latency of an operation" + logNote(y)
	f.caption = append(f.caption, "measured on "+machines(stalledTrials(stalls)),
		"truth: an operation meant for x of a stall of D in every P waits D − x, so P(response > r) = (D − r)/P; curves end where the open loop's does", thinNote)
	f.alt = "Latency by percentile. " + strings.Join(words, ". ") + "."
	return f
}

// upTo is the line as far as x = end.
func (l line) upTo(end float64) line {
	beyond := func(p point) bool { return p.x > end }
	l.points = slices.DeleteFunc(slices.Clone(l.points), beyond)
	l.marks = slices.DeleteFunc(slices.Clone(l.marks), beyond)
	return l
}

// stalledTrials are those that a figure of the stalls shows.
func stalledTrials(stalls []stalled) []results.Trial {
	var trials []results.Trial
	for _, s := range stalls {
		for _, part := range [][]results.Trial{s.open, s.sent, s.closed} {
			trials = append(trials, part...)
		}
	}
	return trials
}

// curve is the truth along the percentile axis up to end. It begins where it rises
// above least: a log scale has no place for nothing.
func (s stalled) curve(end, least float64) line {
	const steps = 400
	truth := line{label: "truth", look: look{colour: ink, dash: guideLook().dash}, width: 1.4}
	for i := range steps + 1 {
		x := end * float64(i) / steps
		if y := s.quantile(1 - math.Pow(10, -x)); y >= least {
			truth.points = append(truth.points, point{x, y})
		}
	}
	return truth
}

// errors are the errors of each way in words, one paragraph each.
func (s stalled) errors() []string {
	var lines []string
	for _, w := range s.ways() {
		if w.h == nil {
			continue
		}
		var parts []string
		for _, q := range truthQuantiles() {
			if _, off := w.at(s, q); !math.IsNaN(off) {
				parts = append(parts, results.PercentileName(q)+" "+percent(off))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, "error, "+w.column+": "+strings.Join(parts, ", "))
		}
	}
	return lines
}

// truthTable is the truth beside what was measured, in Markdown, a table for each
// stall of the sweeps.
func (all sweeps) truthTable() (string, error) {
	stalls := all.stalls()
	if len(stalls) == 0 {
		return "", fmt.Errorf("no trial of an open loop whose nodes were told to stall")
	}
	var b strings.Builder
	for i, s := range stalls {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "Operation %s at nodes that stall %s:\n\n", cell(s.operation), s.often())
		header := []string{"percentile", "truth"}
		for _, w := range s.ways() {
			if w.h != nil {
				header = append(header, w.column, "error")
			}
		}
		b.WriteString("| " + strings.Join(header, " | ") + " |\n")
		b.WriteString("| --- |" + strings.Repeat(" ---: |", len(header)-1) + "\n")
		for _, q := range truthQuantiles() {
			cells := []string{results.PercentileName(q), duration(s.quantile(q))}
			for _, w := range s.ways() {
				if w.h != nil {
					ns, off := w.at(s, q)
					cells = append(cells, duration(ns), percent(off))
				}
			}
			b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
		}
		b.WriteString("\n" + capital(cell(s.describe())) + ". The truth is that of nodes that answer at once when they do not stall. " +
			"A dash is a percentile with fewer than 10 latencies above it, or an error relative to 0.\n")
	}
	return b.String(), nil
}
