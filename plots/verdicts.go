package plots

import (
	"fmt"
	"slices"
	"strings"

	"dhtbench/results"
)

// verdict is that of a trial. Schema 1 had none: any warning made a trial suspect.
func verdict(t results.Trial) results.Verdict {
	switch {
	case t.Verdict != "":
		return t.Verdict
	case len(t.Warnings) > 0:
		return results.Suspect
	}
	return results.Valid
}

// judged are the trials of a verdict.
func (s sweep) judged(v results.Verdict) []results.Trial {
	return slices.DeleteFunc(slices.Clone(s.trials), func(t results.Trial) bool { return verdict(t) != v })
}

// verdicts is, in Markdown, how many trials have each verdict, at which settings,
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
	if all := warningsOf(s.trials); len(all) > 0 {
		b.WriteString("\n" + s.warningTable(all))
	}
	return b.String()
}
