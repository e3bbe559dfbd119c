package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// mostStalls bounds the panels on a page.
const mostStalls = 2

// truthQuantiles are the quantiles of the tables.
func truthQuantiles() []float64 { return []float64{0.5, 0.9, 0.99, 0.999} }

// truthTable returns true and measured quantiles in Markdown, a table for each stall and
// each overload of the sweeps.
func (all sweeps) truthTable() (string, error) {
	var tables []string
	for _, s := range all.stalls() {
		tables = append(tables, s.table())
	}
	for _, o := range all.overloads() {
		tables = append(tables, o.table())
	}
	if len(tables) == 0 {
		return "", errors.New("no trial of an open loop whose true response times are known: needs an injected stall or service time")
	}
	return strings.Join(tables, "\n"), nil
}

// truth draws, for nodes that stall at known instants, the true distribution of the
// response time and the result of each way of measuring it.
func (all sweeps) truth() chart.Figure {
	stalls := all.stalls()
	var notes []string
	if n := len(stalls); n > mostStalls {
		notes = []string{fmt.Sprintf("%d of the %d stalls of the file; its table has them all", mostStalls, n)}
		stalls = stalls[:mostStalls]
	}
	var panels []chart.Panel
	var findings, how []string
	var trials []results.Trial
	for _, s := range stalls {
		p := chart.Panel{Title: fmt.Sprintf("%s; stalled %s", s.operation, s.often())}
		ways := s.ways()
		end, least := math.Max(nines(ways[0].h.Count()), 1), math.Inf(1)
		for _, w := range ways {
			if w.h != nil && w.h.Count() > 0 {
				p.Series = append(p.Series, atKnee(w.name, cutAt(end, cumulative("", w.look, w.h)))...)
				least = math.Min(least, float64(w.h.Min()))
			}
		}
		// On top, since the open loop would hide the truth.
		p.Series = append(p.Series, s.curve(end, least))
		panels = append(panels, p)
		trials = slices.Concat(trials, s.open, s.sent, s.closed)
		findings, how = append(findings, s.finding()), append(how, s.describe())
	}
	rows := alongPercentiles(panels, 10e3, 1e9, "latency")
	notes = append(notes, "truth: an operation intended for x of a stall of D in every P waits D − x, so P(response > r) = (D − r)/P")
	return chart.Figure{
		Title:    "Which measurements show that a node stalls?",
		Subtitle: strings.Join(findings, "; "),
		Rows:     rows, Caption: append(notes, sweep{}.notes(rows)...),
		Measured: strings.Join(how, "; ") + " · measured on " + machines(trials),
	}
}

// finding returns the true p99 and that of each way.
func (s stalled) finding() string {
	const q = 0.99
	parts := []string{"true " + results.PercentileName(q) + " " + duration(s.quantile(q))}
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

// cutAt returns series up to x = end.
func cutAt(end float64, series []chart.Series) []chart.Series {
	for i := range series {
		s := &series[i]
		s.Points = slices.DeleteFunc(s.Points, func(p plotter.XY) bool { return p.X > end })
		s.Marks = slices.DeleteFunc(s.Marks, func(m chart.Mark) bool { return m.X > end })
	}
	return series
}

// atKnee labels a curve where it rises most, because all curves meet at the right end.
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

// curve returns the truth along the percentile axis up to end. It begins where it rises
// above least, since 0 is not on a log scale.
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
