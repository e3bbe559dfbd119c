package plots

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"dhtbench/results"
)

// column is one column of a result table: its heading, and the cell of a setting.
type column struct {
	heading string
	cell    func(setting) string
}

// table returns the result table of a sweep in Markdown: one row per setting, with one
// unit for all times except lag.
func (s sweep) table() string {
	columns := s.columns()
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.heading
	}
	var b strings.Builder
	b.WriteString(s.gapNote())
	b.WriteString(heading(header))
	for _, t := range s.settings { // by operation, then load
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = c.cell(t)
		}
		b.WriteString(row(cells))
	}
	b.WriteString("\n" + s.legend() + "\n")
	return b.String()
}

// heading starts a Markdown table of one column of text, then numbers.
func heading(cells []string) string {
	return row(cells) + "| --- |" + strings.Repeat(" ---: |", len(cells)-1) + "\n"
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// columns returns the columns of the table: parameters, then results.
func (s sweep) columns() []column {
	columns := []column{{"operation", func(t setting) string { return cell(t.operation()) }}}
	if s.axis == byClients {
		columns = append(columns, column{"clients", func(t setting) string { return fmt.Sprint(t.load().clients) }})
	}
	// Instead of a column of ones the legend says n = 1.
	if _, most := s.repeats(); most > 1 {
		columns = append(columns, column{"trials", func(t setting) string { return fmt.Sprint(len(t.Trials)) }})
	}
	if s.params.Open() {
		return append(columns, s.openColumns()...)
	}
	u := s.unit(service)
	for _, m := range timeMeasures(service) {
		columns = append(columns, timeColumn(m.name, m, u))
	}
	return append(columns, column{"throughput (ops/s)", func(t setting) string {
		return estimate(throughputMeasure().of(t), 1)
	}})
}

// openColumns are those of an open loop: rate, response and service time, lag.
func (s sweep) openColumns() []column {
	u, ofLag := s.unit(response), units()[1] // µs, the unit of its goals
	columns := []column{
		{"rate (ops/s)", func(t setting) string { return exactly(t.load().rate) }},
		{"achieved", func(t setting) string {
			text := estimate(achievedMeasure().of(t), 1)
			if !t.Sustained {
				text += ", **not sustained**"
			}
			return text
		}},
	}
	for _, m := range append(quantileMeasures(response), maxMeasure(response)) {
		columns = append(columns, timeColumn("response "+m.name, m, u))
	}
	for _, m := range quantileMeasures(service)[:2] {
		columns = append(columns, timeColumn("service "+m.name, m, u))
	}
	for _, m := range quantileMeasures(lag)[:2] {
		columns = append(columns, timeColumn("lag "+m.name, m, ofLag))
	}
	return append(columns, column{"queued", func(t setting) string { return whole(t.Queued) }})
}

// timeColumn is a measure with its interval over trials.
func timeColumn(heading string, m measure, u unit) column {
	return column{fmt.Sprintf("%s (%s)", heading, u.name), func(t setting) string { return estimate(m.of(t), u.ns) }}
}

// bounded reports whether a figure of the setting in a table is only a lower bound.
func (t setting) bounded() bool {
	l := t.Latency()
	return l.MaxAtLeast || slices.ContainsFunc(slices.Collect(maps.Values(l.Quantiles)), func(e results.Estimate) bool { return e.AtLeast })
}

// estimate writes an estimate in units of scale.
func estimate(e results.Estimate, scale float64) string {
	if !e.Known() {
		return unknown
	}
	if e.AtLeast {
		return "> " + digits(floor(e.Median/scale, 2), 2)
	}
	text := number(e.Median / scale)
	if e.HasInterval() {
		text += fmt.Sprintf(" [%s, %s]", number(e.Low/scale), number(e.High/scale))
	}
	return text
}

// unit returns the unit for the middle of the means on a log scale, or of the medians of
// an open loop, whose means depend on single stalls. With one unit for a table, rows can
// be compared by width.
func (s sweep) unit(l latency) unit {
	m := meanMeasure(l)
	if s.params.Open() {
		m = quantileMeasures(l)[0]
	}
	loads := s.sustainedLoads() // latencies of the others are arbitrary
	low, high := math.Inf(1), 0.0
	for _, t := range s.settings {
		if v := m.of(t).Median; v > 0 && slices.Contains(loads, t.load()) {
			low, high = min(low, v), max(high, v)
		}
	}
	if high == 0 {
		return units()[0]
	}
	return unitFor(math.Sqrt(low * high))
}

// legend explains a table: medians, brackets and dashes.
func (s sweep) legend() string {
	fewest, most := s.repeats()
	var parts []string
	switch {
	case most == 1:
		parts = append(parts, "n = 1: one trial per setting, so how much trials differ is not known and there are no intervals.")
	case fewest >= enoughForInterval:
		parts = append(parts, "Medians over trials, with the 95 % interval of the median in brackets; max is the largest of all trials.")
	case most >= enoughForInterval:
		parts = append(parts, "Medians over trials, with the 95 % interval of the median in brackets where there are 6 trials or more; max is the largest of all trials.")
	default:
		parts = append(parts, "Medians over trials, too few for an interval; max is the largest of all trials.")
	}
	if s.params.Open() {
		parts = append(parts, "Response time is counted from the intended start, service time from the send; lag is the time between the two. Queued operations waited for a free slot of their client.")
	} else {
		parts = append(parts, "Throughput is counted while all clients were active.")
	}
	parts = append(parts, "A dash is a percentile with fewer than 10 latencies above it.")
	if slices.ContainsFunc(s.settings, setting.bounded) {
		parts = append(parts, "> is a lower bound: operations without a reply, or slower than a minute, may have taken longer.")
	}
	return strings.Join(parts, " ")
}

// gapNote returns a paragraph on what an incomplete sweep lacks, else "".
func (s sweep) gapNote() string {
	if gap := s.missing(); gap != "" {
		return "**Incomplete sweep:** " + gap + ".\n\n"
	}
	return ""
}

// cell escapes a text of the record, such as the name of a CPU, for a Markdown table.
func cell(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.ReplaceAll(escape(s), "|", `\|`)
}
