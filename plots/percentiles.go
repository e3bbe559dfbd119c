package plots

import (
	"dhtbench/plots/chart"
)

// percentiles draws p50, p99 and p99.9 of the service time against the number of
// clients, one panel for each operation, all on one y axis.
func (s sweep) percentiles() chart.Figure {
	measures := quantileMeasures(service)
	panels := make([]chart.Panel, len(s.operations))
	for i, o := range s.operations {
		panels[i] = chart.Panel{Title: o, X: s.axis.fit(s.loads), Series: s.nullAlone(i)}
		for k, m := range measures {
			one := s.series(o, m, weighed(lookOf(o), k))
			one.Label = m.name
			panels[i].Series = append(panels[i].Series, one)
		}
	}
	rows := abreast(panels, "service time")
	return chart.Figure{
		Title:    "How do the percentiles of the service time grow with the number of clients?",
		Subtitle: "p99 " + s.finding(measures[1], durations) + "; " + s.sample(),
		Rows:     rows, Caption: s.notes(rows), Measured: s.conditions(),
	}
}

// abreast puts panels into one row, on one axis of latency that all share.
func abreast(panels []chart.Panel, label string) [][]chart.Panel {
	var all []chart.Series
	for _, p := range panels {
		all = append(all, p.Series...)
	}
	y := latencies(all, label)
	for i := range panels {
		panels[i].Y = y
	}
	return [][]chart.Panel{panels}
}

// nullAlone is the null server's p50 in the panel of operation i; only the last
// panel names it, for labels take their room from the data.
func (s sweep) nullAlone(i int) []chart.Series {
	floor := s.null(quantileMeasures(null)[0])
	if len(floor) > 0 && i < len(s.operations)-1 {
		floor[0].Label = ""
	}
	return floor
}
