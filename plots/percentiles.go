package plots

import (
	"strings"

	"dhtbench/plots/chart"
)

// percentiles draws p50, p99 and p99.9 of the service time against the number of
// clients, one panel for each operation, all on one y axis.
func (s sweep) percentiles() chart.Figure {
	measures := quantileMeasures(service)
	f := chart.Figure{
		Name:     "percentiles",
		Title:    "How do the percentiles of the service time grow with the number of clients?",
		Subtitle: "p99 " + s.finding(measures[1], durations) + "; " + s.sample(),
		Measured: s.conditions(),
	}
	var words []string
	panels := make([]chart.Panel, len(s.operations))
	for i, o := range s.operations {
		panels[i] = chart.Panel{Title: o, X: s.axis.fit(s.loads), Series: s.nullAlone(i)}
		for k, m := range measures {
			one := s.series(o, m, weighed(lookOf(o), k))
			one.Label = m.name
			panels[i].Series = append(panels[i].Series, one)
			if k > 0 { // the description would be too long to listen to
				words = append(words, m.name+" of "+s.only(o).describe(m, duration))
			}
		}
	}
	f.Rows = abreast(panels, "service time")
	f.Caption = s.quantileNotes(measures, f.Rows)
	f.Alt = "p50, p99 and p99.9 of the service time by number of clients. " + strings.Join(words, " ")
	return f
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

// quantileNotes is the caption of a figure of percentiles.
func (s sweep) quantileNotes(measures []measure, rows [][]chart.Panel) []string {
	var notes []string
	if len(s.nullAlone(0)) > 0 {
		notes = append(notes, s.nullNote())
	}
	notes = append(notes, keys(rows)...)
	for _, m := range measures {
		for _, t := range s.settings {
			if !m.of(t).Known() {
				return append(notes, "not drawn: percentiles with fewer than 10 latencies above them")
			}
		}
	}
	return notes
}

// only is the sweep with one of its operations.
func (s sweep) only(operation string) sweep {
	s.operations = []string{operation}
	return s
}
