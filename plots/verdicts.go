package plots

import (
	"fmt"
	"slices"
	"strings"

	"dhtbench/results"
)

// verdict is that of a trial. In schema 1 nobody judged, and any warning made a
// trial suspect.
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

// verdicts is in Markdown how many trials have each verdict, and at which
// settings, and then the reasons.
func (s sweep) verdicts() string {
	var b strings.Builder
	b.WriteString(s.gapNote())
	b.WriteString("| verdict | trials | at |\n| --- | ---: | --- |\n")
	for _, v := range []results.Verdict{results.Valid, results.Suspect, results.Invalid} {
		judged := s.judged(v)
		at := cell(s.places(paramsOf(judged)))
		switch len(judged) {
		case 0:
			at = unknown
		case len(s.trials):
			at = "all settings"
		}
		fmt.Fprintf(&b, "| %s | %d | %s |\n", v, len(judged), at)
	}
	if all := doubtsOf(s.trials); len(all) > 0 {
		b.WriteString("\n" + s.doubtTable(all))
	}
	return b.String()
}

func paramsOf(trials []results.Trial) []results.Params {
	params := make([]results.Params, len(trials))
	for i, t := range trials {
		params[i] = t.Params
	}
	return params
}
