package results

import (
	"math"
	"slices"
)

// Verdict says whether the numbers of a trial can be trusted. Empty means that it was
// not judged.
type Verdict string

// Verdicts, from good to bad.
const (
	Valid   Verdict = "VALID"   // no warnings
	Suspect Verdict = "SUSPECT" // read the warnings before using them
	Invalid Verdict = "INVALID" // the numbers do not describe the setting
)

// rank returns 1 to 3, from good to bad, and 0 for an unknown verdict.
func (v Verdict) rank() int {
	return 1 + slices.Index([]Verdict{Valid, Suspect, Invalid}, v)
}

// worse returns the worse of v and w.
func (v Verdict) worse(w Verdict) Verdict {
	if w.rank() > v.rank() {
		return w
	}
	return v
}

// never is a limit that no value exceeds.
const never = math.MaxFloat64

// graded returns w with its level and limit if its value exceeds the limit of a
// suspect or of an invalid trial, else nil. NaN and infinite values are unknown and
// exceed no limit.
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

// detectors returns the functions that find warnings in a record. A detector finds
// nothing if the record lacks the data, because of an earlier schema or because the
// host does not report it.
func detectors() []func(Trial) []Warning {
	return []func(Trial) []Warning{
		wrongValues, errorReplies, outOfRange,
		endedEarly, unsent,
		stragglers, startSkew, littlesLaw,
		busyAgents, steal, throttling,
		gcPauses, hiccups, silence,
		notSustained, queued, lag, lagTail,
		drift,
	}
}

// Judge returns the verdict on t and its warnings, the worst first, nil for a valid
// trial. The verdict is the level of the worst warning. Judge ignores t.Verdict and
// t.Warnings, which record the result when the trial ran.
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

// Blames returns the warnings that the generator, not the store, sets the latencies of
// an open loop: it has no processor time left, or its lag is a large part of them.
func (t Trial) Blames() []Warning {
	var all []Warning
	for _, detect := range []func(Trial) []Warning{busyAgents, lag, lagTail} {
		all = append(all, detect(t)...)
	}
	return all
}
