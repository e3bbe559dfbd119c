package plots

import (
	"strings"

	"gonum.org/v1/plot/vg"
)

// percentiles draws p50, p99 and p99.9 against the number of clients, one panel
// for each operation, all on one y scale.
func (s sweep) percentiles() figure {
	x := fitClients(s.clients, false)
	f := figure{
		name:    "percentiles",
		title:   "Percentiles of the service time",
		xLabel:  "clients" + logNote(x),
		caption: s.caption(),
	}
	var all []line // of all panels, to fit one scale to
	var words []string
	cut := false // whether some percentile could not be drawn
	for _, o := range s.operations {
		p := panel{title: o, x: x, xTicks: x.clientTicks(s.clients)}
		for i, m := range quantileMeasures() {
			// Colour tells the operation, as in every figure; dash and marker
			// tell the percentile.
			l := looks()[i]
			l.colour = lookOf(o).colour
			measured := s.series(o, m, l)
			measured.label = m.name
			p.lines = append(p.lines, measured)
			cut = cut || !s.knows(o, m)
			if i == 0 {
				continue // the description would be too long to listen to
			}
			words = append(words, m.name+" of "+s.only(o).describe(m, duration))
		}
		all = append(all, p.lines...)
		f.panels = append(f.panels, p)
	}
	if cut {
		f.caption = append(f.caption, "not drawn: percentiles with fewer than 10 latencies above them")
	}
	y := fit(heights(all))
	for i := range f.panels {
		f.panels[i].y, f.panels[i].yTicks = y, y.ticks(tickDuration)
	}
	f.yLabel = "service time of an operation" + logNote(y)
	f.alt = "p50, p99 and p99.9 of the service time by number of clients. " + strings.Join(words, " ")
	return f
}

// knows reports whether every measured setting of an operation has the measure.
func (s sweep) knows(operation string, m measure) bool {
	for _, summary := range s.summaries {
		if summary.Setting.Operation == operation && !m.summary(summary).Known() {
			return false
		}
	}
	return true
}

// only is the sweep with one of its operations.
func (s sweep) only(operation string) sweep {
	s.operations = []string{operation}
	return s
}

// vgLength converts a count to a length.
func vgLength(n int) vg.Length { return vg.Length(n) }
