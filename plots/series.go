package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// enoughForInterval is the number of trials from which a point has an interval. With 2
// to 5 trials, every trial is drawn instead.
const enoughForInterval = 6

// looks returns the looks of series, the same in all figures.
func looks() []chart.Look {
	return []chart.Look{
		{Colour: chart.Blue, Shape: draw.CircleGlyph{}, Width: 1.8},
		{Colour: chart.Orange, Shape: draw.BoxGlyph{}, Width: 1.8, Dash: []vg.Length{7, 3}},
		{Colour: chart.Sky, Shape: draw.PyramidGlyph{}, Width: 1.8, Dash: []vg.Length{2, 2.5}},
	}
}

// lookOf returns the look of an operation, which does not depend on the others of a
// file. Figures of a mix have no other operation.
func lookOf(operation string) chart.Look {
	if i := slices.Index(results.Operations(), operation); i >= 0 {
		return looks()[i]
	}
	return chart.Look{Colour: chart.Ink, Shape: draw.CircleGlyph{}, Width: 1.8}
}

// weighed returns l for percentile k of a list such as p50, p99 and p99.9: the higher,
// the thinner, up to the third.
func weighed(l chart.Look, k int) chart.Look {
	k = min(k, 2)
	l.Width, l.Size = []vg.Length{2.4, 1.5, 0.9}[k], []vg.Length{4, 3.3, 2.6}[k]
	return l
}

// nullLook is the look of the null server, referenceLook that of the reference report,
// linearLook that of linear growth.
func nullLook() chart.Look { return chart.Look{Colour: chart.Guide, Width: 1.4} }
func referenceLook() chart.Look {
	return chart.Look{Colour: chart.Guide, Width: 1.6, Dash: []vg.Length{1.6, 3}}
}
func linearLook() chart.Look {
	return chart.Look{Colour: chart.Guide, Width: 1.2, Dash: []vg.Length{6, 4}}
}

// nullLabel names the line of the baseline: what the same clients measured at null
// servers, which is the latency of the harness and the machine.
const nullLabel = "null server"

// series returns a measure of one operation along the axis. Single trials have only
// markers, because a line would suggest a trend.
func (s sweep) series(operation string, m measure, l chart.Look) chart.Series {
	out := chart.Series{Label: operation, Look: l}
	if _, most := s.repeats(); most == 1 {
		out.Look.Width = 0
	}
	for _, load := range s.loads {
		t, ok := s.at(operation, load)
		x := s.axis.x(load)
		if !ok {
			out.Points = append(out.Points, plotter.XY{X: x, Y: math.NaN()}) // breaks the line
			continue
		}
		e := m.of(t)
		out.Points = append(out.Points, plotter.XY{X: x, Y: e.Median})
		out.Marks = append(out.Marks, t.mark(x, e))
		if n := len(t.Trials); n > 1 && n < enoughForInterval {
			for _, trial := range t.Trials {
				out.Dots = append(out.Dots, plotter.XY{X: x, Y: m.trial(trial)})
			}
		}
	}
	return out
}

// mark returns an estimate of the setting at x.
func (t setting) mark(x float64, e results.Estimate) chart.Mark {
	has := func(v results.Verdict) bool {
		return slices.ContainsFunc(t.Trials, func(trial results.Trial) bool { return trial.Verdict == v })
	}
	m := chart.Mark{X: x, Y: e.Median, Hollow: !t.Sustained, Ring: has(results.Suspect), Cross: has(results.Invalid)}
	if e.HasInterval() {
		m.Low, m.High = e.Low, e.High
	}
	return m
}

// perOperation returns a measure of every operation. Markers are side by side, so that
// their spread can be seen.
func (s sweep) perOperation(m measure) []chart.Series {
	var all []chart.Series
	for i, o := range s.operations {
		one := s.series(o, m, lookOf(o))
		one.Shift = 5 * (vg.Length(i) - vg.Length(len(s.operations)-1)/2)
		all = append(all, one)
	}
	return all
}

// null returns a measure of the null server along the axis, nothing if there is no
// baseline.
func (s sweep) null(m measure) []chart.Series {
	out := chart.Series{Label: nullLabel, Look: nullLook()}
	known := false
	for _, l := range s.loads {
		p := plotter.XY{X: s.axis.x(l), Y: math.NaN()}
		for _, o := range s.operations { // all have the same baseline
			if t, ok := s.at(o, l); ok && m.of(t).Known() {
				p.Y, known = m.of(t).Median, true
				break
			}
		}
		out.Points = append(out.Points, p)
	}
	if !known {
		return nil
	}
	return []chart.Series{out}
}

// heights returns every y of series, to fit an axis to.
func heights(series ...chart.Series) []float64 {
	var all []float64
	for _, l := range series {
		for _, p := range slices.Concat(l.Points, l.Dots) {
			all = append(all, p.Y)
		}
		for _, m := range l.Marks {
			all = append(all, m.Y, m.Low, m.High)
		}
	}
	return all
}

// notes explains the signs that rows contain, and no others.
func (s sweep) notes(rows [][]chart.Panel) []string {
	var all []chart.Series
	var marks []chart.Mark
	for _, p := range slices.Concat(rows...) {
		all = append(all, p.Series...)
	}
	for _, one := range all {
		marks = append(marks, one.Marks...)
	}
	var notes []string
	add := func(drawn bool, note string) {
		if drawn {
			notes = append(notes, note)
		}
	}
	labelled := func(label string) bool {
		return slices.ContainsFunc(all, func(s chart.Series) bool { return s.Label == label })
	}
	add(labelled(nullLabel), s.baselineNote())
	add(labelled(referenceLabel), "dotted: the reference report, a Python program on eight c3.large, 0.5 ms and 2,000 ops/s per client")
	add(slices.ContainsFunc(all, func(s chart.Series) bool { return s.Pale && len(s.Points) > 0 }), "thin and pale: fewer than 10 latencies lie above")
	add(slices.ContainsFunc(marks, func(m chart.Mark) bool { return math.IsNaN(m.Y) }), "not drawn: percentiles with fewer than 10 latencies above them")
	add(slices.ContainsFunc(marks, func(m chart.Mark) bool { return m.Hollow }), "hollow: rate not sustained")
	add(slices.ContainsFunc(marks, func(m chart.Mark) bool { return m.Ring }), "ring: SUSPECT")
	add(slices.ContainsFunc(marks, func(m chart.Mark) bool { return m.Cross }), "cross: INVALID")
	return notes
}

// baselineNote describes the baseline.
func (s sweep) baselineNote() string {
	for _, t := range s.settings {
		if b := t.Baseline(); b != nil {
			return fmt.Sprintf("grey: null server, which answers at once; closed loop, %s operations per client", whole(int64(b.Operations)))
		}
	}
	return ""
}

// finding returns the range of a measure over the operations, at the lightest and the
// heaviest load, for a subtitle.
func (s sweep) finding(m measure, write func(low, high float64) string) string {
	var parts []string
	ends := slices.Compact([]load{s.loads[0], s.loads[len(s.loads)-1]})
	for i, l := range ends {
		low, high := s.span(m, l)
		where := s.axis.with(l)
		if i > 0 {
			where = s.axis.again(l)
		}
		parts = append(parts, writeKnown(low, high, write)+" "+where)
	}
	return strings.Join(parts, ", ")
}

// span returns the range of a measure over the operations at one load, NaN if it is
// unknown for one of them.
func (s sweep) span(m measure, l load) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, o := range s.operations {
		if t, ok := s.at(o, l); ok {
			low, high = math.Min(low, m.of(t).Median), math.Max(high, m.of(t).Median)
		}
	}
	return low, high
}

// writeKnown formats a range unless it is unknown.
func writeKnown(low, high float64, write func(low, high float64) string) string {
	if math.IsNaN(low) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return unknown
	}
	return write(low, high)
}

// durations and rates format a range with one unit for both ends.
func durations(low, high float64) string {
	u := unitFor(high)
	return span(low/u.ns, high/u.ns, number) + " " + u.name
}

func rates(low, high float64) string { return span(low, high, number) + " ops/s" }

// sample returns the number of trials of a point, and of SUSPECT and INVALID trials.
func (s sweep) sample() string {
	text := s.perPoint()
	for _, v := range []results.Verdict{results.Suspect, results.Invalid} {
		if n := len(s.judged(v)); n > 0 {
			text += fmt.Sprintf(", %d of %d %s", n, len(s.trials), v)
		}
	}
	return text
}

func (s sweep) perPoint() string {
	fewest, most := s.repeats()
	n := span(float64(fewest), float64(most), tickNumber)
	switch {
	case most == 1:
		return "n = 1 trial per setting"
	case fewest >= enoughForInterval:
		return "median of " + n + " trials, bars: 95 % interval"
	case most < enoughForInterval:
		return "median of " + n + " trials, pale dots: the trials"
	}
	return "median of " + n + " trials, bars: 95 % interval from 6 on, pale dots: the trials"
}
