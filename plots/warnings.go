package plots

import (
	"fmt"
	"slices"
	"strings"

	"dhtbench/results"
)

// warningTable lists the warnings of trials, one row for each code, with advice.
func (s sweep) warningTable() string {
	groups := results.Warnings(s.trials)
	if len(groups) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n| warning | trials | at |\n| --- | ---: | --- |\n")
	for _, g := range groups {
		text := g.Text
		if g.Advice != "" {
			text += "; " + g.Advice
		}
		fmt.Fprintf(&b, "| %s | %d | %s |\n", cell(text), len(g.Trials), cell(s.places(g.Trials)))
	}
	return b.String()
}

// verdicts returns, in Markdown, the number of trials with each verdict, their settings,
// and their warnings.
func (s sweep) verdicts() string {
	var b strings.Builder
	b.WriteString(s.gapNote())
	b.WriteString("| verdict | trials | at |\n| --- | ---: | --- |\n")
	for _, v := range []results.Verdict{results.Valid, results.Suspect, results.Invalid} {
		judged := s.judged(v)
		var params []results.Params
		for _, t := range judged {
			params = append(params, t.Params)
		}
		at := cell(s.places(params))
		switch len(judged) {
		case 0:
			at = unknown
		case len(s.trials):
			at = "all settings"
		}
		fmt.Fprintf(&b, "| %s | %d | %s |\n", v, len(judged), at)
	}
	return b.String() + s.warningTable()
}

// judged returns the trials of a verdict.
func (s sweep) judged(v results.Verdict) []results.Trial {
	return slices.DeleteFunc(slices.Clone(s.trials), func(t results.Trial) bool { return t.Verdict != v })
}

// places formats the settings of trials: put with 3–5; get with 8 clients.
func (s sweep) places(where []results.Params) string {
	var parts []string
	unit := "" // of the last list
	for _, o := range s.operations {
		var loads []load
		for _, p := range where {
			if p.Operation == o {
				loads = insert(loads, loadOf(p))
			}
		}
		if len(loads) > 0 {
			parts = append(parts, o+" "+s.axis.preposition()+" "+s.axis.list(loads))
			unit = s.axis.unitAfter(loads)
		}
	}
	return strings.Join(parts, "; ") + " " + unit
}
