package results

import (
	"math"
	"slices"
)

// Verdict says whether the numbers of a trial can be trusted. The empty one means
// that it has not been judged.
type Verdict string

// Verdicts, from good to bad.
const (
	Valid   Verdict = "VALID"   // nothing speaks against them
	Suspect Verdict = "SUSPECT" // read the warnings before using them
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

// never is a limit that no value exceeds.
const never = math.MaxFloat64

// graded is w if its value exceeds the limit of a suspect or that of an invalid
// trial, and nothing otherwise. A value that is NaN or infinite, as quotients of
// nothing are, is not known and exceeds none.
func graded(w Warning, suspect, invalid float64) []Warning {
	switch {
	case math.IsInf(w.Value, 0):
		return nil
	case w.Value > invalid:
		w.Level, w.Limit = Invalid, invalid
	case w.Value > suspect:
		w.Level, w.Limit = Suspect, suspect
	default:
		return nil
	}
	return []Warning{w}
}

// detectors are all that make warnings, each a function of the record alone. One
// that lacks what it needs, because the record is of an earlier schema or the host
// does not report it, finds nothing.
func detectors() []func(Trial) []Warning {
	return []func(Trial) []Warning{
		wrongValues, errorReplies, outOfRange,
		endedEarly, unsent,
		stragglers, startSkew, littlesLaw,
		busyAgents, steal, throttling,
		gcPauses, hiccups,
		notSustained, queued, lag, lagTail,
		drift,
	}
}

// Judge says whether the numbers of t can be trusted and, if not, why not: the
// worst warning first, nil for a valid trial. The verdict is the level of the worst
// warning. It looks at what was recorded, and not at t.Verdict and t.Warnings, which
// keep what was found when the trial ran.
func (t Trial) Judge() (Verdict, []Warning) {
	var all []Warning
	for _, detect := range detectors() {
		all = append(all, detect(t)...)
	}
	slices.SortStableFunc(all, func(a, b Warning) int { return b.Level.rank() - a.Level.rank() })
	verdict := Valid
	if len(all) > 0 {
		verdict = all[0].Level
	}
	return verdict, all
}

// Blames lists the warnings that say that not the store but the generator sets the
// latencies of an open loop: it has no processor time left, or sends late by a good
// part of them. Nil: none.
func (t Trial) Blames() []Warning {
	var all []Warning
	for _, detect := range []func(Trial) []Warning{busyAgents, lag, lagTail} {
		all = append(all, detect(t)...)
	}
	return all
}
