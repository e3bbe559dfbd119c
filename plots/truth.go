package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// mostStalls is how many panels a page has room for.
const mostStalls = 2

// truth draws, for nodes that stall at known instants, the true distribution of
// the response time beside what each way of measuring makes of it.
func (all sweeps) truth() chart.Figure {
	f := chart.Figure{Name: "truth", Title: "Which measurements show that a node stalls?"}
	stalls := all.stalls()
	if n := len(stalls); n > mostStalls {
		f.Caption = []string{fmt.Sprintf("%d of the %d stalls of the file; its table has them all", mostStalls, n)}
		stalls = stalls[:mostStalls]
	}
	var panels []chart.Panel
	var findings, words []string
	for _, s := range stalls {
		p := chart.Panel{Title: fmt.Sprintf("%s; stalled %s", s.operation, s.often())}
		ways := s.ways()
		end, least := math.Max(nines(ways[0].h.Count()), 1), math.Inf(1)
		for _, w := range ways {
			if w.h == nil || w.h.Count() == 0 {
				continue
			}
			p.Series = append(p.Series, atKnee(w.name, cutAt(end, cumulative("", w.look, w.h)))...)
			least = math.Min(least, float64(w.h.Min()))
		}
		// On top: where the open loop is right it would hide the truth.
		p.Series = append(p.Series, s.curve(end, least))
		panels = append(panels, p)
		findings = append(findings, s.finding())
		words = append(words, fmt.Sprintf("%s stalled %s: %s. %s", s.operation, s.often(), s.finding(), s.describe()))
	}
	f.Rows = alongPercentiles(panels, func(series []chart.Series) chart.Axis {
		return chart.Snug(heights(series...), tickDuration).Labelled("latency")
	})
	f.Subtitle = strings.Join(findings, "; ")
	f.Caption = append(f.Caption, "truth: an operation meant for x of a stall of D in every P waits D − x, so P(response > r) = (D − r)/P", thinNote)
	f.Alt = "Latency by percentile. " + strings.Join(words, ". ") + "."
	f.Measured = "measured on " + machines(stalledTrials(stalls))
	return f
}

// finding is the p99 that each way finds, and the true one, where it is known.
func (s stalled) finding() string {
	const q = 0.99
	parts := []string{"true " + percentile(q) + " " + duration(s.quantile(q))}
	trials := 0
	for _, w := range s.ways() {
		if w.h != nil {
			ns, _ := w.at(s, q)
			parts = append(parts, w.name+" "+duration(ns))
		}
	}
	for _, way := range [][]results.Trial{s.open, s.sent, s.closed} {
		trials = max(trials, len(way))
	}
	return strings.Join(parts, ", ") + fmt.Sprintf("; n = %d each", trials)
}

// cutAt is series as far as x = end.
func cutAt(end float64, series []chart.Series) []chart.Series {
	for i := range series {
		s := &series[i]
		s.Points = slices.DeleteFunc(s.Points, func(p plotter.XY) bool { return p.X > end })
		s.Marks = slices.DeleteFunc(s.Marks, func(m chart.Mark) bool { return m.X > end })
	}
	return series
}

// atKnee labels a curve where it rises most: at the right end they all meet.
func atKnee(label string, curve []chart.Series) []chart.Series {
	points := slices.Concat(curve[0].Points, curve[1].Points)
	steepest := 0.0
	for i, p := range points[1:] {
		if rise := p.Y / points[i].Y; rise > steepest {
			steepest = rise
			curve[0].At = &plotter.XY{X: p.X, Y: math.Sqrt(p.Y * points[i].Y)}
		}
	}
	curve[0].Label = label
	return curve
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
func (s stalled) curve(end, least float64) chart.Series {
	const steps = 400
	truth := chart.Series{Label: "truth", Look: chart.Look{Colour: chart.Ink, Dash: linearLook().Dash, Width: 1.4}}
	for i := range steps + 1 {
		x := end * float64(i) / steps
		if y := s.quantile(1 - math.Pow(10, -x)); y >= least {
			truth.Points = append(truth.Points, plotter.XY{X: x, Y: y})
		}
	}
	return truth
}
