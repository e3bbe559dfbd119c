package plots

import (
	"fmt"

	"gonum.org/v1/plot/plotter"

	"dhtbench/plots/chart"
)

// Results of the reference report, of a Python program on eight c3.large. Its response
// time is the mean seen by a client. Its throughput is of each node that ran
// operations, which is one client here.
const (
	referenceMeanNS  = 500_000
	referenceOpsPerS = 2_000
	referenceLabel   = "reference"
)

// latencies returns the axis of latencies in figures against the load, if possible the
// same for loopback, lab and EC2.
func latencies(series []chart.Series, of string) chart.Axis {
	return chart.Log(10e3, 10e6, heights(series...), tickDuration).Labelled(of)
}

// responseTime draws the mean latency against the load. In a closed loop this is the
// service time, and the figure includes the reference report's.
func (s sweep) responseTime() chart.Figure {
	m := meanMeasure(s.main())
	x := s.axis.fit(s.loads)
	series := append(s.null(meanMeasure(null)), s.perOperation(m)...)
	if !s.params.Open() { // as in the reference report
		series = append(series, chart.Series{Label: referenceLabel, Look: referenceLook(),
			Points: plotter.XYs{{X: x.Low, Y: referenceMeanNS}, {X: x.High, Y: referenceMeanNS}}})
	}
	y := chart.Log(10e3, 1e6, heights(series...), tickDuration).Labelled("mean " + s.main().String())
	rows := [][]chart.Panel{{{X: x, Y: y, Series: series}}}
	return s.figure(fmt.Sprintf("How does the mean %v grow with the %s?", s.main(), s.axis.quantity()),
		s.finding(m, durations)+"; "+s.sample(), rows)
}

// percentiles draws percentiles of the service time against the number of
// clients, one panel for each operation, all on one y axis.
func (s sweep) percentiles() chart.Figure {
	measures := s.chosenMeasures(service, 3)
	named := second(measures)
	panels := make([]chart.Panel, len(s.operations))
	var all []chart.Series
	for i, o := range s.operations {
		panels[i] = chart.Panel{Title: o, X: s.axis.fit(s.loads), Series: s.nullAlone(i)}
		for k, m := range measures {
			one := s.series(o, m, weighed(lookOf(o), k))
			one.Label = m.name
			panels[i].Series = append(panels[i].Series, one)
		}
		all = append(all, panels[i].Series...)
	}
	for i := range panels {
		panels[i].Y = latencies(all, "service time")
	}
	rows := [][]chart.Panel{panels}
	return s.figure("How do the percentiles of the service time grow with the number of clients?",
		named.name+" "+s.finding(named, durations)+"; "+s.sample(), rows)
}

// nullAlone returns the null server's p50 in the panel of operation i. Only the last
// panel has its label, since labels need room beside the data.
func (s sweep) nullAlone(i int) []chart.Series {
	floor := s.null(quantileMeasures(null)[0])
	if len(floor) > 0 && i < len(s.operations)-1 {
		floor[0].Label = ""
	}
	return floor
}
