package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dhtbench/results"
)

// width is the assumed number of columns of a terminal.
const width = 80

// column is one column of a table: a heading of two lines, of which the upper may be
// empty, and the cell of a setting.
type column struct {
	upper, heading string
	cell           func(results.Summary) string
}

// writeTable writes the trials of one sweep as a table, one row for each setting, and a
// legend. It has the chosen percentiles. If none are chosen, it has the first list of
// defaultPercentiles with which it fits 80 columns.
func writeTable(w io.Writer, summaries []results.Summary, chosen results.Percentiles) error {
	lists := defaultPercentiles()
	if haveIntervals(summaries) {
		lists = []results.Percentiles{{0.5, 0.99}, {0.99}}
	}
	if len(chosen) > 0 {
		lists = []results.Percentiles{chosen}
	}
	var text string
	for _, list := range lists {
		if text = tableOf(summaries, list); widest(text) <= width {
			break
		}
	}
	if haveIntervals(summaries) {
		text += "medians of the trials, [95 % interval of the median]\n"
	}
	_, err := io.WriteString(w, text+legend(text))
	return err
}

// haveIntervals reports whether all settings have enough trials for intervals.
func haveIntervals(summaries []results.Summary) bool {
	return !slices.ContainsFunc(summaries, func(s results.Summary) bool { return !s.Throughput.HasInterval() })
}

// defaultPercentiles lists the percentiles that a table has by default, the widest
// list first.
func defaultPercentiles() []results.Percentiles {
	return []results.Percentiles{{0.5, 0.9, 0.95, 0.99, 0.999}, {0.5, 0.9, 0.99, 0.999}, {0.5, 0.99, 0.999}, {0.5, 0.99}}
}

// widest is the number of columns of the widest line.
func widest(text string) (columns int) {
	for line := range strings.Lines(text) {
		columns = max(columns, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")))
	}
	return columns
}

// tableOf returns a table with the given percentiles. A mark shows that not all trials
// of a setting are VALID.
func tableOf(summaries []results.Summary, shown results.Percentiles) string {
	columns := closedColumns(shown, haveIntervals(summaries))
	if len(summaries) > 0 && summaries[0].Setting.Open() {
		columns = openColumns(summaries, shown)
	}
	if slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.Counts.Bad() > 0 }) {
		columns = append(columns, column{heading: "failed", cell: failedCell})
	}
	rows := [][]string{make([]string, len(columns)), make([]string, len(columns))}
	for i, c := range columns {
		rows[0][i], rows[1][i] = c.upper, c.heading
	}
	if slices.Max(rows[0]) == "" {
		rows = rows[1:]
	}
	headings := len(rows)
	for _, s := range summaries {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = c.cell(s)
		}
		rows = append(rows, row)
	}
	return align(rows, func(i int) string {
		if i < headings {
			return ""
		}
		return mark(worst(summaries[i-headings]))
	})
}

// align writes rows in columns two spaces apart, the first aligned left and the
// others right. The mark of each row follows it.
func align(rows [][]string, mark func(row int) string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		line := fmt.Sprintf("%-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			line += fmt.Sprintf("  %*s", widths[i+1], cell)
		}
		b.WriteString(strings.TrimRight(line+" "+mark(n), " ") + "\n")
	}
	return b.String()
}

// mark is the sign of a verdict behind a row.
func mark(v results.Verdict) string {
	switch v {
	case results.Suspect:
		return "?"
	case results.Invalid:
		return "!"
	}
	return ""
}

// legend explains the signs that a table has.
func legend(table string) string {
	var text string
	for cell := range strings.FieldsSeq(table) {
		if cell == "-" {
			text = "-: not known; a percentile needs 10 operations above it\n"
			break
		}
	}
	if strings.Contains(table, "> ") {
		text += ">: at least; operations without a reply may have taken longer\n"
	}
	return text
}

// closedColumns returns the columns of a closed loop, with or without intervals.
func closedColumns(shown results.Percentiles, intervals bool) []column {
	service := func(s results.Summary) results.Latencies { return s.Service }
	columns := []column{{heading: "op", cell: opCell}, {heading: "clients", cell: clientsCell}}
	throughput := column{heading: "ops/s", cell: func(s results.Summary) string { return perSecondOf(s.Throughput) }}
	if intervals { // there is no room for mean and max
		return slices.Concat(columns, percentileColumns("", service, shown), []column{throughput})
	}
	return slices.Concat(columns,
		[]column{{heading: "mean", cell: func(s results.Summary) string { return results.FormatEstimate(s.Service.Mean) }}},
		percentileColumns("", service, shown),
		[]column{
			{heading: "max", cell: func(s results.Summary) string {
				return results.FormatEstimate(results.Estimate{Median: s.Service.Max, Low: math.NaN(), AtLeast: s.Service.MaxAtLeast})
			}},
			throughput,
		})
}

// openColumns are those of an open loop: rates, response times and lag. The number
// of clients is a column if it differs; otherwise the heading has it.
func openColumns(summaries []results.Summary, shown results.Percentiles) []column {
	columns := []column{{heading: "op", cell: opCell}}
	if severalClients(summaries) {
		columns = append(columns, column{heading: "clients", cell: clientsCell})
	}
	return slices.Concat(columns,
		[]column{
			{heading: "offered", cell: func(s results.Summary) string { return perSecond(s.Offered.Median) }},
			{heading: "achieved", cell: func(s results.Summary) string { return perSecond(s.Achieved.Median) }},
		},
		percentileColumns("response", results.Summary.Latency, shown),
		[]column{{"lag", "p99", func(s results.Summary) string { return results.FormatDuration(s.Lag.Quantile(0.99).Median) }}})
}

// severalClients reports whether settings differ in the number of clients.
func severalClients(summaries []results.Summary) bool {
	return slices.ContainsFunc(summaries, func(s results.Summary) bool { return s.Setting.Clients != summaries[0].Setting.Clients })
}

func opCell(s results.Summary) string {
	if s.Setting.Pacing == results.TimerPacing {
		return s.Setting.Operation + ", timer"
	}
	return s.Setting.Operation
}

func clientsCell(s results.Summary) string { return strconv.Itoa(s.Setting.Clients) }

func failedCell(s results.Summary) string { return strconv.FormatInt(s.Counts.Bad(), 10) }

// percentileColumns returns the columns of percentiles of a latency.
func percentileColumns(upper string, of func(results.Summary) results.Latencies, shown results.Percentiles) []column {
	columns := make([]column, len(shown))
	for i, q := range shown {
		columns[i] = column{upper, results.PercentileName(q), func(s results.Summary) string { return results.FormatEstimate(of(s).Quantile(q)) }}
	}
	return columns
}

// setting identifies a trial within its sweep.
func setting(p results.Params) string {
	text := fmt.Sprintf("%s, clients %d", p.Operation, p.Clients)
	if p.Target != "" {
		text = p.Target + ": " + text
	}
	if p.Open() {
		text += fmt.Sprintf(", rate %s", perSecond(p.RateOpsPerS))
	}
	if p.Pacing == results.TimerPacing {
		text += ", timer"
	}
	if p.Fault != "" {
		text += ", fault " + p.Fault
	}
	if p.Repeat > 0 {
		text += fmt.Sprintf(", repeat %d", p.Repeat)
	}
	return text
}

// perSecond formats a rate. One that is not known is a dash.
func perSecond(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	if v < 100 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return fmt.Sprintf("%.0f", v)
}

// perSecondOf formats a rate with its interval: 62300 [60100, 64900].
func perSecondOf(e results.Estimate) string {
	if !e.HasInterval() {
		return perSecond(e.Median)
	}
	return fmt.Sprintf("%s [%s, %s]", perSecond(e.Median), perSecond(e.Low), perSecond(e.High))
}

// warningLines bounds the lines of warnings below a table. With them, the table of
// the default sweep fits a screen of 36 rows.
const warningLines = 6

// writeVerdicts writes the number of trials with each verdict, then the warnings, one
// line for each code: at most warningLines, or all.
func (d display) writeVerdicts(w io.Writer, trials []results.Trial) {
	var parts []string
	for _, v := range []results.Verdict{results.Valid, results.Suspect, results.Invalid} {
		n := 0
		for _, t := range trials {
			if t.Verdict == v {
				n++
			}
		}
		switch {
		case n > 0 && mark(v) != "":
			parts = append(parts, fmt.Sprintf("%s %d (%s)", v, n, mark(v)))
		case n > 0:
			parts = append(parts, fmt.Sprintf("%s %d", v, n))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintln(w, strings.Join(parts, ", "))
	}
	groups := results.Warnings(trials)
	for i, g := range groups {
		switch {
		case d.all:
			fmt.Fprintln(w, g.Line(math.MaxInt))
			writeEach(w, trials, g)
		case i == warningLines-1 && len(groups) > warningLines:
			fmt.Fprintf(w, "%d more kinds of warnings: %s show %s\n", len(groups)-i, d.program, d.file)
			return
		default:
			fmt.Fprintln(w, g.Line(width))
		}
	}
}

// writeEach writes the warnings of a group, each with its trial.
func writeEach(w io.Writer, trials []results.Trial, g results.Group) {
	for _, t := range trials {
		for _, warning := range t.Warnings {
			if g.Has(warning) {
				fmt.Fprintf(w, "  %s: %s: %s\n", setting(t.Params), warning.Level, warning)
			}
		}
	}
}
