package plots

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// lowHeight is the height of a panel of shares.
const lowHeight vg.Length = 90

// throughput draws the throughput of a closed loop against the number of clients and,
// below it, the efficiency. Each operation has a column with all trials, the fitted law,
// linear growth, null servers, and the reference report.
func (s sweep) throughput() chart.Figure {
	m := throughputMeasure()
	laws := s.laws()
	x := s.axis.fit(s.loads)
	upper, lower := make([]chart.Panel, len(laws)), make([]chart.Panel, len(laws))
	var all, shares []chart.Series
	for i, l := range laws {
		part := s.narrow([]string{l.operation}, s.loads)
		base := part.perLightest(m)
		upper[i] = l.panel(part, m, func(float64) float64 { return 1 })
		lower[i] = l.panel(part, part.efficiency(m), func(n float64) float64 { return 1 / n / base })
		upper[i].Title, lower[i].Title, lower[i].Height = l.contention(), l.coherency(), lowHeight
		upper[i].Series = append(part.levels(), upper[i].Series...)
		all, shares = append(all, upper[i].Series...), append(shares, lower[i].Series...)
		x.High = max(x.High, l.end())
	}
	y := chart.Linear(headroom(all), tickNumber).Labelled("operations per second of all clients")
	below := shareAxis("efficiency: throughput per client, relative to "+s.axis.words(s.loads[0]), shares)
	for i, l := range laws {
		part := s.narrow([]string{l.operation}, s.loads)
		upper[i].X, upper[i].Y, lower[i].X, lower[i].Y = x, y, x, below
		upper[i].X.Label = ""
		upper[i].Series = append(part.linear(m, y), upper[i].Series...)
		lower[i].Series = append([]chart.Series{complete(x)}, lower[i].Series...)
		upper[i].Behind = append(part.shade(x, y, setting.nearNull), upper[i].Behind...)
		lower[i].Behind = append(part.shade(x, below, setting.nearNull), lower[i].Behind...)
		unlabel(lower[i].Series)
		if i < len(laws)-1 { // the last column has the labels
			unlabel(upper[i].Series)
		}
	}
	f := s.figure("How does throughput grow with the number of clients?",
		s.finding(m, rates)+laws.finding()+"; "+s.sample(), [][]chart.Panel{upper, lower}, s.sizes())
	if slices.ContainsFunc(s.settings, setting.nearNull) {
		f.Caption = slices.Insert(f.Caption, 2, "shaded: within 20 % of it") // after the note on null servers
	}
	f.Caption = append(f.Caption, laws.notes()...)
	return f
}

func unlabel(series []chart.Series) {
	for i := range series {
		series[i].Label = ""
	}
}

// levels returns the series of null servers and of the reference report.
func (s sweep) levels() []chart.Series {
	reference := chart.Series{Label: referenceLabel, Look: referenceLook()}
	for _, v := range s.axis.xs(s.loads) {
		reference.Points = append(reference.Points, plotter.XY{X: v, Y: v * referenceOpsPerS})
	}
	return append(s.null(nullThroughput()), reference)
}

// nearNull reports whether the throughput is within 20 % of that of null servers.
func (t setting) nearNull() bool {
	return t.Throughput.Median > 0.8*nullThroughput().of(t).Median
}

// complete returns the horizontal line at a share of 1.
func complete(x chart.Axis) chart.Series {
	return chart.Series{Look: linearLook(), Points: plotter.XYs{{X: x.Low, Y: 1}, {X: x.High, Y: 1}}}
}

// shareAxis returns an axis from 0 to 1.1, or higher if the shares are.
func shareAxis(label string, shares []chart.Series) chart.Axis {
	a := chart.Axis{High: 1.1, Label: label, Ticks: []plot.Tick{{Value: 0, Label: "0"}, {Value: 0.5, Label: "0.5"}, {Value: 1, Label: "1"}}}
	for _, h := range known(heights(shares...)) {
		a.High = max(a.High, 1.05*h)
	}
	return a
}

// headroom is the heights of series and a little more.
func headroom(series []chart.Series) []float64 {
	all := heights(series...)
	for i := range all {
		all[i] *= 1.04
	}
	return all
}

// linear returns linear growth from the lightest load, as far as it is on y. It is empty
// if the measure is unknown there.
func (s sweep) linear(m measure, y chart.Axis) []chart.Series {
	xs := s.axis.xs(s.loads)
	each, last := s.perLightest(m), xs[len(xs)-1]
	if math.IsNaN(each) || xs[0] == last {
		return nil
	}
	out := chart.Series{Label: "linear", Look: linearLook()}
	for _, v := range between(xs[0], min(last, y.High/each)) {
		out.Points = append(out.Points, plotter.XY{X: v, Y: v * each})
	}
	return []chart.Series{out}
}

// perLightest is the measure of the first operation per client at the lightest load, NaN
// if it is unknown.
func (s sweep) perLightest(m measure) float64 {
	t, ok := s.at(s.operations[0], s.loads[0])
	if !ok {
		return math.NaN()
	}
	return m.of(t).Median / s.axis.x(s.loads[0])
}

// between returns the x values of a curve from low to high.
func between(low, high float64) []float64 {
	const steps = 50 // denser at small values, where a log axis is wide
	all := make([]float64, steps+1)
	for i := range all {
		all[i] = low * math.Pow(high/low, float64(i)/steps)
	}
	return all
}

// efficiency returns a measure as a share of linear growth from the lightest load.
func (s sweep) efficiency(m measure) measure {
	return scaled(m, func(t setting) float64 {
		return 1 / s.narrow([]string{t.operation()}, s.loads).perLightest(m) / s.axis.x(t.load())
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
