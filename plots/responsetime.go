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
