package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// peers draws the p99 of each target against its throughput, with a point for each
// load. It has one panel for each loop and operation.
func (all sweeps) peers() chart.Figure {
	groups, _ := all.rivals()
	f := chart.Figure{Title: "How fast does each store answer, and at which throughput?", Measured: groups[0].measured()}
	var findings []string
	var sum rivals
	for _, g := range groups {
		for _, o := range g[0].operations {
			f.Rows = append(f.Rows, []chart.Panel{g.peersPanel(o)})
		}
		m := quantileMeasures(g[0].main())[1]
		findings = append(findings, fmt.Sprintf("%v p99 %s: %s", g[0].main(), g[0].axis.with(g.heaviest()),
			g.finding(m, duration)))
		sum = append(sum, g...)
	}
	f.Subtitle = strings.Join(findings, "; ") + "; " + sum.sum().sample()
	f.Caption = append([]string{groups[0][0].sizes()}, sum.notes(f.Rows)...)
	return f
}

// peersPanel is the panel of one operation.
func (g rivals) peersPanel(operation string) chart.Panel {
	p := chart.Panel{Title: g[0].params.Loop + " loop, " + operation, Height: 300}
	for _, s := range g {
		p.Series = append(p.Series, s.trade(operation, g[0].loads))
	}
	var rates []float64
	for _, one := range p.Series {
		for _, m := range one.Marks {
			rates = append(rates, m.X, m.Left, m.Right)
		}
	}
	noun := "achieved rate"
	if !g[0].params.Open() {
		noun = "throughput"
		p.Series = append(p.Series, g.loadLabels(p.Series)...)
	}
	p.X = chart.Tight(rates, tickNumber).Labelled(noun + ", ops/s of all clients")
	p.Y = chart.Tight(heights(p.Series...), tickDuration).Labelled(g[0].main().String() + " p99")
	return p
}

// trade returns the p99 against the throughput, with a mark for each load.
func (s sweep) trade(operation string, loads []load) chart.Series {
	p99 := quantileMeasures(s.main())[1]
	out := chart.Series{Label: s.params.Store(), Look: s.storeLook()}
	if s.isNull() { // told apart by their markers, with intervals in the other figure
		out.Label = ""
	}
	if _, most := s.repeats(); most == 1 {
		out.Look.Width = 0
	}
	for _, l := range loads {
		m := chart.Mark{X: math.NaN(), Y: math.NaN()} // not measured
		if t, ok := s.at(operation, l); ok {
			m = t.mark(t.Throughput.Median, p99.of(t))
			if s.isNull() {
				m = chart.Mark{X: m.X, Y: m.Y, Hollow: m.Hollow}
			} else if t.Throughput.HasInterval() {
				m.Left, m.Right = t.Throughput.Low, t.Throughput.High
			}
		}
		out.Points, out.Marks = append(out.Points, plotter.XY{X: m.X, Y: m.Y}), append(out.Marks, m)
	}
	return out
}

// loadLabels names each load, above the highest interval of the targets at it.
func (g rivals) loadLabels(series []chart.Series) []chart.Series {
	const above = 1.12
	var labels []chart.Series
	for i, l := range g[0].loads {
		var at plotter.XY
		for _, one := range series {
			if i < len(one.Marks) {
				if top := max(one.Marks[i].Y, one.Marks[i].High); top > at.Y {
					at = plotter.XY{X: one.Marks[i].X, Y: top}
				}
			}
		}
		at.Y *= above
		labels = append(labels, chart.Series{Label: g[0].axis.words(l), At: &at})
	}
	return labels
}

// finding lists a figure of each store at the heaviest load.
func (g rivals) finding(m measure, write func(float64) string) string {
	var parts []string
	for _, s := range g.stores() {
		if t, ok := s.at(s.operations[0], g.heaviest()); ok {
			parts = append(parts, s.params.Store()+" "+write(m.of(t).Median))
		}
	}
	return strings.Join(parts, ", ")
}

// notes explains the signs in rows, and null servers.
func (g rivals) notes(rows [][]chart.Panel) []string {
	notes := g.sum().notes(rows)
	if slices.ContainsFunc(g, sweep.isNull) {
		notes = append(notes, "small and grey: null servers, which answer at once, with the marker of the store whose protocol they speak")
	}
	return notes
}

// waiting returns the rivals of a file in a closed loop, nil if there are none.
func (all sweeps) waiting() rivals {
	groups, _ := all.rivals()
	for _, g := range groups {
		if !g[0].params.Open() {
			return g
		}
	}
	return nil
}

// capacity draws the throughput of each target in a closed loop with the most clients,
// in all and per second of the servers' processor time.
func (all sweeps) capacity() chart.Figure {
	g := all.waiting()
	throughput := throughputMeasure()
	throughput.name += " " + g[0].axis.with(g.heaviest())
	rows := [][]chart.Panel{{g.capacityPanel(throughput), g.capacityPanel(perCPU())}}
	return chart.Figure{Title: "How much does each store do, and how much of it per core?",
		Subtitle: throughput.name + ": " + g.finding(throughput, number) + " ops/s; " + perCPU().name + ": " +
			g.finding(perCPU(), number) + " ops; " + g.sum().sample(),
		Rows: rows, Caption: append([]string{g[0].sizes()}, g.notes(rows)...), Measured: g.measured()}
}

// capacityPanel has a row for each target, the first on top.
func (g rivals) capacityPanel(m measure) chart.Panel {
	n := float64(len(g))
	p := chart.Panel{Title: m.name, Y: chart.Axis{Low: -0.5, High: n - 0.5}, Height: vg.Length(n) * caseHeight}
	var values []float64
	for i, s := range g {
		y := n - 1 - float64(i)
		p.Y.Ticks = append([]plot.Tick{{Value: y, Label: s.params.Store()}}, p.Y.Ticks...)
		t, ok := s.at(s.operations[0], g.heaviest())
		if !ok {
			continue
		}
		mark := t.mark(y, m.of(t))
		mark.X, mark.Y, mark.Left, mark.Right, mark.Low, mark.High = mark.Y, y, mark.Low, mark.High, 0, 0
		p.Series = append(p.Series, chart.Series{Look: s.storeLook(), Marks: []chart.Mark{mark}})
		values = append(values, mark.X, mark.Right)
	}
	p.X = chart.Linear(values, tickNumber).Labelled("ops/s")
	return p
}

// perCPU is the number of operations in a second of the servers' processor time.
func perCPU() measure {
	of := func(t results.Trial) float64 {
		var ns int64
		for _, n := range t.Nodes {
			ns += n.CPUNS
		}
		if ns == 0 { // not recorded
			return math.NaN()
		}
		return float64(t.Counts().Replied()) * 1e9 / float64(ns)
	}
	return measure{"per second of server CPU", func(t setting) results.Estimate { return over(t.Trials, of) }, of}
}

// over returns the median of a figure of trials.
func over(trials []results.Trial, of func(results.Trial) float64) results.Estimate {
	values := make([]float64, len(trials))
	for i, t := range trials {
		values[i] = of(t)
	}
	return results.Median(values)
}
