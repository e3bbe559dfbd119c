package plots

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// Goals of verdicts: how many healthy trials may at most be not VALID, and how many
// trials with a fault must at least.
const (
	mostFalseAlarms = 0.05
	leastDetected   = 0.95
)

// goals are the goals in words.
func goals() string {
	return fmt.Sprintf("goals: at most %s %% of healthy trials not VALID, at least %s %% of trials with a fault",
		tickNumber(100*mostFalseAlarms), tickNumber(100*leastDetected))
}

// each is how many trials a case has.
func each(cases []results.Case) string {
	fewest, most := cases[0].Trials, cases[0].Trials
	for _, c := range cases {
		fewest, most = min(fewest, c.Trials), max(most, c.Trials)
	}
	if fewest == most {
		return fmt.Sprintf("n = %d in each case", most)
	}
	return fmt.Sprintf("n = %d to %d in each case", fewest, most)
}

// study are the cases of a file that is a study of verdicts, nil for any other.
func (all sweeps) study() []results.Case {
	if trials := trialsOf(all); results.IsStudy(trials) {
		return results.Confusion(trials)
	}
	return nil
}

// studyTable is how each case of a study was judged, in Markdown.
func (all sweeps) studyTable() (string, error) {
	cases := all.study()
	if cases == nil {
		return "", fmt.Errorf("no trial has an injected fault")
	}
	var b strings.Builder
	b.WriteString("| case | trials | VALID | SUSPECT | INVALID | not VALID (%) | right code (%) | warnings (% of trials) |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, c := range cases {
		b.WriteString(studyRow(cell(c.Name), c, c.Fault != ""))
	}
	healthy, faulty := results.Pool(cases, true), results.Pool(cases, false)
	b.WriteString(studyRow("**all healthy**", healthy, false) + studyRow("**all with a fault**", faulty, true))
	b.WriteString("\nIn brackets is the 95 % interval of the share (Clopper and Pearson). A right code is one that names the fault or what it does to the trial. " +
		capital(goals()) + ".\n")
	return b.String(), nil
}

// studyRow is one row of the table.
func studyRow(name string, c results.Case, faulty bool) string {
	right := unknown
	if faulty {
		right = withInterval(c.RightCode())
	}
	var fired []string
	for _, code := range c.Fired() {
		fired = append(fired, cell(code)+" "+number(100*results.Share{Of: c.Codes[code], All: c.Trials}.Value()))
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %s | %s | %s |\n", name, c.Trials, c.Valid, c.Suspect, c.Invalid,
		withInterval(c.NotValid()), right, either(strings.Join(fired, ", "), unknown))
}

// withInterval writes a share in percent with its interval: 5 [0.127, 24.9].
func withInterval(s results.Share) string {
	if s.All == 0 {
		return unknown
	}
	low, high := s.Interval()
	return fmt.Sprintf("%s [%s, %s]", number(100*s.Value()), number(100*low), number(100*high))
}

// verdict draws the share of trials that are not VALID, of healthy cases above and
// of those with a fault below, with the goals.
func (all sweeps) verdict() chart.Figure {
	cases := all.study()
	healthy, faulty := results.Pool(cases, true), results.Pool(cases, false)
	look := looks()
	var rows [][]chart.Panel
	for i, part := range []struct {
		title string
		goal  float64
		pool  results.Case
	}{{"Healthy", mostFalseAlarms, healthy}, {"With an injected fault", leastDetected, faulty}} {
		if part.pool.Trials > 0 {
			rows = append(rows, []chart.Panel{studyPanel(part.title, cases, i == 0, part.goal, look[i])})
		}
	}
	last := rows[len(rows)-1]
	last[0].X = last[0].X.Labelled("trials that are not VALID (%)")
	return chart.Figure{
		Title: "How often are verdicts wrong?",
		Subtitle: fmt.Sprintf("not VALID: %s %% of %s healthy trials, %s %% of %s trials with a fault",
			number(100*healthy.NotValid().Value()), whole(int64(healthy.Trials)), number(100*faulty.NotValid().Value()), whole(int64(faulty.Trials))),
		Rows: rows,
		Caption: []string{"bars: 95 % intervals", each(cases),
			"dashed: " + goals()},
		Measured: "measured on " + machines(trialsOf(all)),
	}
}

// caseHeight is the height of a row of a case.
const caseHeight = 21

// studyPanel is a row for each case, healthy or not, the first on top.
func studyPanel(title string, cases []results.Case, healthy bool, goal float64, look chart.Look) chart.Panel {
	var chosen []results.Case
	for _, c := range cases {
		if (c.Fault == "") == healthy {
			chosen = append(chosen, c)
		}
	}
	n := float64(len(chosen))
	p := chart.Panel{Title: title, X: chart.Linear([]float64{100}, tickNumber), Y: chart.Axis{Low: -0.5, High: n - 0.5}, Height: vg.Length(n) * caseHeight}
	look.Dash = nil // a bar, not a line
	line := chart.Series{Look: linearLook(), Points: plotter.XYs{{X: 100 * goal, Y: p.Y.Low}, {X: 100 * goal, Y: p.Y.High}}}
	p.Series = []chart.Series{line}
	for i, c := range chosen {
		y := n - 1 - float64(i)
		low, high := c.NotValid().Interval()
		p.Y.Ticks = append([]plot.Tick{{Value: y, Label: c.Name}}, p.Y.Ticks...)
		p.Series = append(p.Series, chart.Series{Look: look,
			Points: plotter.XYs{{X: 100 * low, Y: y}, {X: 100 * high, Y: y}},
			Marks:  []chart.Mark{{X: 100 * c.NotValid().Value(), Y: y}}})
	}
	return p
}
