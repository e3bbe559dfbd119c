package results

import (
	"fmt"
	"math"
	"slices"
)

// Verdict says whether the numbers of a trial can be believed. The empty one
// means that nobody has judged.
type Verdict string

// Verdicts, from good to bad.
const (
	Valid   Verdict = "VALID"   // nothing was found that speaks against them
	Suspect Verdict = "SUSPECT" // read the reasons before using them
	Invalid Verdict = "INVALID" // they are not of what the parameters say
)

// rank orders verdicts from good to bad, from 1; 0 for what is none.
func (v Verdict) rank() int {
	return 1 + slices.Index([]Verdict{Valid, Suspect, Invalid}, v)
}

// worse is the worse of v and w.
func (v Verdict) worse(w Verdict) Verdict {
	if w.rank() > v.rank() {
		return w
	}
	return v
}

// never is a bound for grade that no measure exceeds.
const never = math.MaxFloat64

// grade is the verdict on a measure that is better the smaller it is: what it
// must exceed to be suspect, and to be invalid. NaN is not known, and valid.
func grade(measure, suspect, invalid float64) Verdict {
	switch {
	case measure > invalid:
		return Invalid
	case measure > suspect:
		return Suspect
	}
	return Valid
}

// doubt is one reason against believing a trial. The text has the numbers, and
// what to do. Texts of one detector differ in their numbers alone, so that those
// of many trials can be told as one.
type doubt struct {
	level Verdict
	text  string
}

// doubts is one doubt of that level, or none if the level is Valid.
func doubts(level Verdict, format string, args ...any) []doubt {
	if level == Valid {
		return nil
	}
	return []doubt{{level, fmt.Sprintf(format, args...)}}
}

// detectors are all that can raise doubts, each a function of the record alone.
// One that lacks what it needs, because the record is of an earlier schema or the
// host does not tell, is silent.
func detectors() []func(Trial) []doubt {
	return []func(Trial) []doubt{
		wrongValues, wentWrong, unresolved,
		neverTogether, stragglers, startSpread, littlesLaw,
		busyAgents, steal, throttling, runDelay,
		gcPauses, schedulerLatency, hiccups,
		notSustained, queuedOperations, generatorLag, generatorLagTail,
		drift,
	}
}

// Judge says whether the numbers of t can be believed and, if not, why not: in
// words with the numbers and what to do, the worst first, nil for a valid trial. The verdict is
// that of the worst reason. It looks at what was recorded and not at t.Verdict
// and t.Warnings, which keep what it said when the trial ran.
func (t Trial) Judge() (Verdict, []Warning) {
	var all []doubt
	for _, detect := range detectors() {
		all = append(all, detect(t)...)
	}
	slices.SortStableFunc(all, func(a, b doubt) int { return b.level.rank() - a.level.rank() })
	verdict := Valid
	var reasons []Warning
	for _, d := range all {
		verdict = verdict.worse(d.level)
		reasons = append(reasons, Warning{Code: Legacy, Level: d.level, Text: d.text})
	}
	return verdict, reasons
}

// Blames lists the reasons for which not the store but the generator sets the
// latencies of an open loop: it has no processor time left, or sends late by a
// good part of them. Nil: none.
func (t Trial) Blames() []string {
	var reasons []string
	for _, detect := range []func(Trial) []doubt{busyAgents, generatorLag, generatorLagTail} {
		for _, d := range detect(t) {
			reasons = append(reasons, d.text)
		}
	}
	return reasons
}
