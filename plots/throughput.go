package plots

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// throughput draws the throughput of a closed loop against the number of clients, with
// linear growth from the fewest clients, and the reference report's.
func (s sweep) throughput() chart.Figure {
	m := throughputMeasure()
	reference := chart.Series{Label: referenceLabel, Look: referenceLook()}
	for _, v := range s.axis.xs(s.loads) {
		reference.Points = append(reference.Points, plotter.XY{X: v, Y: v * referenceOpsPerS})
	}
	series := append(append(s.null(nullThroughput()), reference), s.perOperation(m)...)
	y := chart.Linear(headroom(series), tickNumber).Labelled("operations per second of all clients")
	rows := s.above(y, append(s.linear(m, y), series...),
		"efficiency: throughput per client, relative to "+s.axis.words(s.loads[0]), s.perOperation(s.efficiency(m)))
	return s.figure("How does throughput grow with the number of clients?",
		s.finding(m, rates)+"; "+s.sample(), rows, s.sizes())
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

// above returns the panel of throughput above that of shares, from 0 to 1.
func (s sweep) above(y chart.Axis, series []chart.Series, label string, shares []chart.Series) [][]chart.Panel {
	for i := range shares {
		shares[i].Label = "" // named above
	}
	x := s.axis.fit(s.loads)
	full := chart.Series{Look: linearLook(), Points: plotter.XYs{{X: x.Low, Y: 1}, {X: x.High, Y: 1}}}
	upper := x
	upper.Label = ""
	below := chart.Axis{High: 1.1, Label: label, Ticks: []plot.Tick{{Value: 0, Label: "0"}, {Value: 0.5, Label: "0.5"}, {Value: 1, Label: "1"}}}
	for _, h := range known(heights(shares...)) {
		below.High = max(below.High, 1.05*h)
	}
	return [][]chart.Panel{
		{{X: upper, Y: y, Series: series}},
		{{X: x, Y: below, Series: append([]chart.Series{full}, shares...), Height: 90}},
	}
}

// headroom is the heights of series and a little more.
func headroom(series []chart.Series) []float64 {
	all := heights(series...)
	for i := range all {
		all[i] *= 1.04
	}
	return all
}

// linear returns linear growth from the mean of the operations at the lightest load, as
// far as it is on y. It is empty if that mean is unknown.
func (s sweep) linear(m measure, y chart.Axis) []chart.Series {
	var sum, n float64
	for _, o := range s.operations {
		if t, ok := s.at(o, s.loads[0]); ok && m.of(t).Known() {
			sum, n = sum+m.of(t).Median, n+1
		}
	}
	xs := s.axis.xs(s.loads)
	first, last := xs[0], xs[len(xs)-1]
	if n == 0 || first == last {
		return nil
	}
	const steps = 50 // a curve where x is logarithmic
	out := chart.Series{Label: "linear from " + s.axis.words(s.loads[0]), Look: linearLook()}
	end := min(last, y.High*first*n/sum)
	for i := range steps + 1 {
		v := first + (end-first)*float64(i)/steps
		out.Points = append(out.Points, plotter.XY{X: v, Y: v / first * sum / n})
	}
	return []chart.Series{out}
}

// efficiency returns a measure as a share of linear growth from the lightest load.
func (s sweep) efficiency(m measure) measure {
	return scaled(m, func(t setting) float64 {
		first, ok := s.at(t.operation(), s.loads[0])
		if !ok {
			return math.NaN()
		}
		return s.axis.x(s.loads[0]) / s.axis.x(t.load()) / m.of(first).Median
	})
}

// scaled returns a measure multiplied by a factor for each setting.
func scaled(m measure, by func(setting) float64) measure {
	return measure{name: m.name,
		of: func(t setting) results.Estimate {
			e, k := m.of(t), by(t)
			return results.Estimate{Median: e.Median * k, Low: e.Low * k, High: e.High * k}
		},
		trial: func(t results.Trial) float64 {
			return m.trial(t) * by(setting{Summary: results.Summary{Setting: t.Params.Setting()}})
		},
	}
}

// shortfall describes up to which rate all was achieved, and how much of the highest.
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
