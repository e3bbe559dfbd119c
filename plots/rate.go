package plots

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
)

// rate draws p50 and p99, or the chosen percentiles, of response and service time of an
// open loop. Where the two differ, operations wait before they are sent. Beside it is the
// second percentile against the achieved rate. There is one row for each operation.
func (s sweep) rate() chart.Figure {
	measures := s.chosenMeasures(response, 2)
	named := second(measures)
	f := chart.Figure{
		Title:    fmt.Sprintf("At which %s do operations begin to wait?", s.axis.quantity()),
		Subtitle: "response " + named.name + " " + s.finding(named, durations) + "; " + s.sample(),
		Measured: s.conditions(),
	}
	var all []chart.Series
	for i, o := range s.operations {
		own := s.nullAlone(i)
		for k, m := range measures {
			beside := s.series(o, s.chosenMeasures(service, 2)[k], weighed(chart.Look{Colour: chart.Guide, Shape: chart.Diamond{}, Dash: linearLook().Dash}, k))
			for i := range beside.Marks { // the response time shows it
				beside.Marks[i].Ring, beside.Marks[i].Cross = false, false
			}
			one := s.series(o, m, weighed(lookOf(o), k))
			beside.Label, one.Label = "service "+m.name, "response "+m.name
			own = append(own, beside, one)
		}
		all = append(all, own...)
		f.Rows = append(f.Rows, []chart.Panel{{Title: o, Series: own}, {Title: o + ": response " + named.name, Series: []chart.Series{s.knee(o, named)}}})
	}
	x, y := s.axis.fit(s.loads), latencies(all, "latency")
	shaded := s.shade(x, y, setting.late)
	for _, row := range f.Rows {
		row[0].X, row[0].Y, row[1].Y, row[0].Behind = x, y, y, shaded
		row[1].X = chart.Linear(s.achievements(), tickNumber).Labelled("achieved rate, ops/s")
	}
	f.Caption = s.notes(f.Rows)
	if len(shaded) > 0 {
		f.Caption = append(f.Caption, "shaded: over 10 % of the median response time is lag, waiting for the generator or a slot")
	}
	return f
}

// knee returns a percentile against the achieved rate, by ascending offered rate.
func (s sweep) knee(operation string, m measure) chart.Series {
	out := s.series(operation, m, weighed(lookOf(operation), 1))
	out.Label = ""
	for i := range out.Points {
		out.Points[i].X = math.NaN()
	}
	out.Marks, out.Dots = nil, nil
	for i, l := range s.loads {
		if t, ok := s.at(operation, l); ok {
			x := achievedMeasure().of(t).Median
			out.Points[i].X = x
			out.Marks = append(out.Marks, t.mark(x, m.of(t)))
		}
	}
	return out
}

// achievements are the achieved rates of all settings.
func (s sweep) achievements() []float64 {
	var all []float64
	for _, t := range s.settings {
		all = append(all, achievedMeasure().of(t).Median)
	}
	return all
}

// achieved draws the achieved and the offered rate of an open loop against the load.
func (s sweep) achieved() chart.Figure {
	m := achievedMeasure()
	offered := chart.Series{Label: "offered", Look: linearLook()}
	for _, l := range s.loads {
		offered.Points = append(offered.Points, plotter.XY{X: s.axis.x(l), Y: l.rate})
	}
	series := append([]chart.Series{offered}, s.perOperation(m)...)
	y := chart.Linear(headroom(series), tickNumber).Labelled("achieved rate, ops/s of all clients")
	share := scaled(m, func(t setting) float64 { return 1 / t.load().rate })
	rows := s.above(y, series, "share of the offered rate", s.perOperation(share))
	return s.figure("How much of the offered rate is achieved?",
		s.shortfall()+"; "+s.sample(), rows, s.sizes())
}

// above returns the panel of throughput and, below it, that of shares from 0 to 1.
func (s sweep) above(y chart.Axis, series []chart.Series, label string, shares []chart.Series) [][]chart.Panel {
	unlabel(shares) // named above
	x := s.axis.fit(s.loads)
	upper := x
	upper.Label = ""
	return [][]chart.Panel{
		{{X: upper, Y: y, Series: series}},
		{{X: x, Y: shareAxis(label, shares), Series: append([]chart.Series{complete(x)}, shares...), Height: lowHeight}},
	}
}

// shortfall describes up to which rate all of the offered rate was achieved, and how
// much of the highest rate was.
func (s sweep) shortfall() string {
	if s.axis != byRate {
		return s.finding(achievedMeasure(), rates)
	}
	loads := s.sustainedLoads()
	last := s.loads[len(s.loads)-1]
	text := "all of it up to " + s.axis.words(loads[len(loads)-1])
	switch {
	case !s.sustainedAt(loads[0]):
		text = "at no rate all of it"
	case s.sustainedAt(last):
		return text
	}
	low, high := s.span(achievedMeasure(), last)
	return text + ", " + writeKnown(low, high, rates) + " of " + exactly(last.rate)
}

// mostLag is the share of the median response time that may be lag without shading.
const mostLag = 0.1

// late reports whether the share of lag is larger than mostLag.
func (t setting) late() bool {
	return t.times(lag).Quantile(0.5).Median > mostLag*t.times(response).Quantile(0.5).Median
}

// shade returns a shade for each part of the x axis around loads with a setting for
// which is returns true. It reaches from the bottom to the top of a panel.
func (s sweep) shade(x, y chart.Axis, is func(setting) bool) []plot.Plotter {
	xs := s.axis.xs(s.loads)
	var found [][2]float64
	for i, l := range s.loads {
		if !slices.ContainsFunc(s.settings, func(t setting) bool { return t.load() == l && is(t) }) {
			continue
		}
		left, right := x.Low, x.High
		if i > 0 {
			left = (xs[i-1] + xs[i]) / 2
		}
		if i < len(xs)-1 {
			right = (xs[i] + xs[i+1]) / 2
		}
		if n := len(found); n > 0 && found[n-1][1] == left {
			found[n-1][1] = right
			continue
		}
		found = append(found, [2]float64{left, right})
	}
	var boxes []plot.Plotter
	for _, r := range found {
		boxes = append(boxes, chart.Box(r[0], r[1], y.Low, y.High, chart.Shade))
	}
	return boxes
}
