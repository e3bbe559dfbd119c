package compare

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"dhtbench/results"
)

// Text writes the comparison as text of at most 80 columns: the verdict, a table of
// ratios, and what limits them. threshold is the share by which B may be worse.
func (c Comparison) Text(w io.Writer, threshold float64) error {
	fmt.Fprintln(w, wrap(c.Verdict(threshold)))
	fmt.Fprintf(w, "\nRatios of B to A, %s; * found\n", c.Trials())
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range c.cells() {
		fmt.Fprintln(t, strings.Join(line, "\t"))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	fmt.Fprintln(w)
	for _, note := range c.notes() {
		fmt.Fprintln(w, wrap(note))
	}
	return nil
}

// Markdown writes the same as Markdown, for a comment on a pull request.
func (c Comparison) Markdown(w io.Writer, threshold float64) error {
	fmt.Fprintf(w, "**%s**\n\nRatios of B to A, %s; **bold** if found.\n\n", c.Verdict(threshold), c.Trials())
	for i, line := range c.cells() {
		for k, cell := range line {
			if found, is := strings.CutSuffix(cell, " *"); is {
				line[k] = "**" + found + "**"
			}
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | "))
		if i == 0 {
			fmt.Fprintln(w, "|"+strings.Repeat("---|", len(line)))
		}
	}
	fmt.Fprintln(w)
	for _, note := range c.notes() {
		if _, err := fmt.Fprintln(w, "-", note); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return nil
}

// Verdict is the result in one sentence.
func (c Comparison) Verdict(threshold float64) string {
	if !c.canFind() {
		return fmt.Sprintf("No difference can be found with %s: measure at least %s.", c.Trials(), c.fewest())
	}
	var worst, best Row
	var worstMetric, bestMetric string
	rows, metrics := c.Found()
	for i, r := range rows {
		if r.Worse > worst.Worse {
			worst, worstMetric = r, metrics[i]
		}
		if r.Worse < best.Worse {
			best, bestMetric = r, metrics[i]
		}
	}
	switch {
	case worst.Worse > threshold:
		return fmt.Sprintf("Regression: B is worse than A; most in %s.", worst.describe(worstMetric))
	case worst.Worse > 0:
		return fmt.Sprintf("B is worse than A by less than the threshold of %s; most in %s.", share(threshold), worst.describe(worstMetric))
	case best.Worse < 0:
		return fmt.Sprintf("B is better than A; most in %s.", best.describe(bestMetric))
	}
	return "No difference found."
}

// canFind reports whether any difference can be found with so many repeats.
func (c Comparison) canFind() bool {
	if c.Paired {
		return 1/float64(len(flips(c.Repeats[0]))) <= Alpha
	}
	// Equal numbers: a choice and its complement have the same effect.
	ties := 1.0
	if c.Repeats[0] == c.Repeats[1] {
		ties = 2
	}
	return ties/choices(c.Repeats[0]+c.Repeats[1], c.Repeats[0]) <= Alpha
}

// fewest names the smallest number of repeats with which a difference can be found.
func (c Comparison) fewest() string {
	if c.Paired {
		return "6 pairs"
	}
	return "4 trials of each"
}

// Trials describes the numbers of trials: "6 pairs of trials in turn", or "6 and 5
// trials" with those of B first.
func (c Comparison) Trials() string {
	if c.Paired {
		return fmt.Sprintf("%d pairs of trials in turn", c.Repeats[0])
	}
	return fmt.Sprintf("%d and %d trials", c.Repeats[1], c.Repeats[0])
}

// describe names a row with its ratio: `p99 of put at 8 clients: 1.12 [1.08, 1.15]`.
func (r Row) describe(metric string) string {
	where := r.Where()
	if r.Setting != (results.Params{}) {
		where = "of " + where
	}
	return fmt.Sprintf("%s %s: %s, p = %.2g", metric, where, ratio(r.Ratio), r.P)
}

// Where is the setting, such as "put at 8 clients", or "everywhere".
func (r Row) Where() string {
	if r.Setting == (results.Params{}) {
		return "everywhere"
	}
	return r.Setting.Load()
}

// cells are the lines of the table, the heading first. A found ratio ends in " *".
func (c Comparison) cells() [][]string {
	heading := []string{"setting"}
	at := make(map[results.Params][]string)
	var order []results.Params
	last := []string{"everywhere"}
	for i, m := range c.Metrics {
		heading = append(heading, m.Name)
		last = append(last, m.Everywhere.Text())
		for _, r := range m.Rows {
			if at[r.Setting] == nil {
				order = append(order, r.Setting)
				at[r.Setting] = []string{r.Where()}
			}
			for len(at[r.Setting]) <= i {
				at[r.Setting] = append(at[r.Setting], "-")
			}
			at[r.Setting] = append(at[r.Setting], r.Text())
		}
	}
	lines := [][]string{heading}
	for _, s := range order {
		for len(at[s]) < len(heading) {
			at[s] = append(at[s], "-")
		}
		lines = append(lines, at[s])
	}
	if len(order) > 1 {
		lines = append(lines, last)
	}
	return lines
}

// Text is the ratio with its interval, and " *" if there is a difference.
func (r Row) Text() string {
	if r.Found() {
		return ratio(r.Ratio) + " *"
	}
	return ratio(r.Ratio)
}

// ratio formats a ratio with its interval: 0.93 [0.90, 0.97].
func ratio(e results.Estimate) string {
	if !e.HasInterval() {
		return fmt.Sprintf("%.2f", e.Median)
	}
	return fmt.Sprintf("%.2f [%.2f, %.2f]", e.Median, e.Low, e.High)
}

// share formats a share as a percentage with two digits. Above 1 it formats a factor:
// "2.5 times".
func share(v float64) string {
	if v > 1 {
		return fmt.Sprintf("%.2g times", 1+v)
	}
	return fmt.Sprintf("%.2g %%", 100*v)
}

// notes are sentences below the table.
func (c Comparison) notes() []string {
	var smallest []string
	for _, m := range c.Metrics {
		least := m.Rows[0].Smallest
		for _, r := range m.Rows {
			least = max(least, r.Smallest)
		}
		if !math.IsInf(least, 1) {
			text := fmt.Sprintf("%s in %s", share(least), m.Name)
			if len(m.Rows) > 1 {
				text += fmt.Sprintf(" (everywhere: %s)", share(m.Everywhere.Smallest))
			}
			smallest = append(smallest, text)
		}
	}
	notes := []string{fmt.Sprintf("A: %s. B: %s. Intervals of %.0f %% over trials.", c.A, c.B, 100*results.Confidence)}
	if len(smallest) > 0 {
		notes = append(notes, "In nine of ten comparisons with this spread, these differences are found in any one setting: "+strings.Join(smallest, ", ")+".")
	}
	for _, s := range c.Caveats {
		notes = append(notes, "Note: "+s+".")
	}
	for _, s := range c.Forced {
		notes = append(notes, "Forced: "+strings.ReplaceAll(s, "\n", "; ")+".")
	}
	return notes
}

// width is that of a terminal.
const width = 80

// wrap breaks text at spaces into lines of at most width columns.
func wrap(text string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case column+1+n > width:
			b.WriteString("\n")
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// JSON writes the comparison as JSON, one row a line: the setting, the metric, both
// medians, the ratio with its interval, the adjusted p-value, the smallest difference
// that would have been found, and the shift function. What is unknown is null.
func (c Comparison) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	for _, m := range c.Metrics {
		for _, r := range m.All() {
			if err := e.Encode(c.jsonOf(m, r)); err != nil {
				return fmt.Errorf("write comparison: %w", err)
			}
		}
	}
	return nil
}

// jsonRow is a line of [Comparison.JSON].
type jsonRow struct {
	Setting  *results.Params `json:"setting"` // null: everywhere
	Metric   string          `json:"metric"`
	Paired   bool            `json:"paired"`
	RepeatsA int             `json:"repeats_a"`
	RepeatsB int             `json:"repeats_b"`
	A        *float64        `json:"a"`
	B        *float64        `json:"b"`
	Ratio    *float64        `json:"ratio"`
	Low      *float64        `json:"ratio_low"`
	High     *float64        `json:"ratio_high"`
	P        float64         `json:"p"`
	Found    bool            `json:"found"`
	Smallest *float64        `json:"smallest"`
	Shift    []jsonShift     `json:"shift,omitempty"`
	Forced   []string        `json:"forced,omitempty"`
}

type jsonShift struct {
	Percentile string   `json:"percentile"`
	Ratio      *float64 `json:"ratio"`
	Low        *float64 `json:"ratio_low"`
	High       *float64 `json:"ratio_high"`
}

func (c Comparison) jsonOf(m Metric, r Row) jsonRow {
	j := jsonRow{
		Metric: m.Name, Paired: c.Paired, RepeatsA: c.Repeats[0], RepeatsB: c.Repeats[1],
		A: known(r.A.Median), B: known(r.B.Median), Ratio: known(r.Ratio.Median), Low: known(r.Ratio.Low), High: known(r.Ratio.High),
		P: r.P, Found: r.Found(), Smallest: known(r.Smallest), Forced: c.Forced,
	}
	if r.Setting != (results.Params{}) {
		j.Setting = &r.Setting
	}
	for _, s := range r.Shift {
		j.Shift = append(j.Shift, jsonShift{results.PercentileName(s.Quantile), known(s.Ratio.Median), known(s.Ratio.Low), known(s.Ratio.High)})
	}
	return j
}

// known returns nil for a number that JSON does not have.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
