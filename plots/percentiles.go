package plots

import (
	"dhtbench/plots/chart"
)

// percentiles draws p50, p99 and p99.9 of the service time against the number of
// clients, one panel for each operation, all on one y axis.
func (s sweep) percentiles() chart.Figure {
	measures := quantileMeasures(service)
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
		"p99 "+s.finding(measures[1], durations)+"; "+s.sample(), rows)
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
