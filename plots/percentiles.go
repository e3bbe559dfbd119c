package plots

import (
	"fmt"
	"strings"
)

// percentiles draws p50, p99 and p99.9 of the service time against the number of
// clients, one panel for each operation, all on one y scale.
func (s sweep) percentiles() figure {
	xs := s.axis.xs(s.loads)
	x := s.axis.fit(s.loads, false)
	f := figure{
		name:    "percentiles",
		title:   "Percentiles of the service time",
		xLabel:  "clients" + logNote(x),
		caption: s.caption(),
	}
	var all []line // of all panels, to fit one scale to
	var words []string
	cut := false // whether some percentile could not be drawn
	for i, o := range s.operations {
		p := panel{title: o, x: x, xTicks: x.placeTicks(xs), lines: s.floorOf(i)}
		for i, m := range quantileMeasures(service) {
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
	if len(s.floorOf(0)) > 0 {
		f.caption = append(f.caption, nullNote("p50"))
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

// rate draws p50 and p99 of an open loop along the axis, of response and service
// time together: where they part, operations wait for their turn. One panel for
// each operation, all on one y scale, which is logarithmic since beyond the knee
// a response time may be anything.
func (s sweep) rate() figure {
	xs := s.axis.xs(s.loads)
	x := s.axis.fit(s.loads, false)
	f := figure{
		name:    "percentiles",
		title:   "Response and service time against " + s.axis.against(),
		xLabel:  s.axis.noun() + logNote(x),
		yLabel:  "latency of an operation, log scale; solid: response time, dashed: service time",
		caption: s.caption(),
	}
	if s.axis == byRate {
		f.name = "rate"
	}
	var all []line
	var words []string
	cut := false
	for i, o := range s.operations {
		p := panel{title: o, x: x, xTicks: x.placeTicks(xs), lines: s.floorOf(i)}
		for k, m := range quantileMeasures(response)[:2] {
			beside := s.series(o, quantileMeasures(service)[k], serviceLook(lookOf(o).colour))
			beside.label, beside.bars, beside.dots, beside.width = "", nil, nil, guideWidth
			l := look{colour: lookOf(o).colour, glyph: looks()[k].glyph}
			measured := s.series(o, m, l)
			measured.label = m.name
			p.lines = append(p.lines, beside, measured)
			cut = cut || !s.knows(o, m)
			words = append(words, m.name+" of "+s.only(o).describe(m, duration))
		}
		all = append(all, p.lines...)
		f.panels = append(f.panels, p)
	}
	if len(s.floorOf(0)) > 0 {
		f.caption = append(f.caption, nullNote("p50"))
	}
	f.caption = append(f.caption, s.shortfall()...)
	if cut {
		f.caption = append(f.caption, "not drawn: percentiles with fewer than 10 latencies above them")
	}
	y := fitLog(heights(all))
	for i := range f.panels {
		f.panels[i].y, f.panels[i].yTicks = y, y.ticks(tickDuration)
	}
	f.alt = "p50 and p99 of response and service time. Response time: " + strings.Join(words, " ")
	return f
}

// floorOf is the null server's p50 in the panel of operation i, in a slice; only
// the last panel names it, for labels take their room from the data.
func (s sweep) floorOf(i int) []line {
	floor, ok := s.floor(quantileMeasures(null)[0])
	if !ok {
		return nil
	}
	if i == len(s.operations)-1 {
		floor.label = nullLabel
	}
	return []line{floor}
}

// knows reports whether every measured setting of an operation has the measure.
func (s sweep) knows(operation string, m measure) bool {
	for _, t := range s.settings {
		if t.operation() == operation && !m.of(t).Known() {
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

// shortfall says, as a paragraph of a caption, at which rates the achieved one
// fell short; nothing where none did.
func (s sweep) shortfall() []string {
	const most = 3 // of an operation; the table has them all
	var parts []string
	for _, o := range s.operations {
		var short []string
		for _, t := range s.settings {
			if t.operation() == o && !t.Sustained {
				short = append(short, fmt.Sprintf("%s of %s", number(achievedMeasure().of(t).Median), exactly(t.load().rate)))
			}
		}
		if n := len(short); n > most {
			short = append(short[:most], fmt.Sprintf("%d more", n-most))
		}
		if len(short) > 0 {
			parts = append(parts, o+" "+list(short))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{"hollow: rate not sustained, and response time then grows with the length of the run; achieved of offered ops/s: " +
		strings.Join(parts, "; ")}
}
