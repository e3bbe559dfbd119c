package results

import (
	"math"
	"time"
)

// Limits on the concurrency of the clients of a closed loop.
const (
	// maxAlone is the share of a trial in which some clients may not be running. Above
	// it, a fifth of all latencies are of lower concurrency.
	maxAlone = 0.2
	// maxStartSkew is the time between the first and the last start, and maxSkewShare
	// the same as a share of the trial. A start signal takes a round trip and a
	// scheduler's turn, far less than 50 ms. A hundredth of the operations sets a p99.
	maxStartSkew = 50 * time.Millisecond
	maxSkewShare = 0.01
	// littleTolerance is how far [Trial.Little] may be from 1. Making keys and checking
	// values took up to 2.5 % of the time of a healthy client, work of its own 28 % and
	// more of that of a slow one (results/verdict.jsonl).
	littleTolerance = 0.04
	// improbable is a two-sided z threshold for p = 0.001.
	improbable = 3.29
)

// stragglers finds clients that ran while others had ended or not begun. If all
// clients never ran together, there is no throughput of full concurrency.
func stragglers(t Trial) []Warning {
	if t.Params.Open() {
		return nil
	}
	w := Warning{Code: "stragglers", Level: Invalid, Value: 1, Limit: maxAlone}
	active := t.Active()
	if active.empty() {
		return []Warning{w}
	}
	w.Value = 1 - float64(active.lengthNS())/float64(t.Whole().lengthNS())
	return graded(w, maxAlone, never)
}

// startSkew finds clients that began late.
func startSkew(t Trial) []Warning {
	if t.Params.Open() { // a late client shows as lag
		return nil
	}
	first, last := t.Whole().StartNS, t.Active().StartNS
	limit := max(maxStartSkew.Seconds(), maxSkewShare*float64(t.wallNS())/float64(time.Second))
	return graded(Warning{Code: "start-skew", Value: float64(last-first) / float64(time.Second)}, limit, never)
}

// littlesLaw finds clients of a closed loop that spend time on something else than
// waiting for replies, and latencies that are missing. With several operations in
// flight, replies wait for each other in the client, so that it cannot be applied.
func littlesLaw(t Trial) []Warning {
	if t.Params.Open() || t.Params.ClosedInflight() > 1 {
		return nil
	}
	return graded(Warning{Code: "littles-law", Value: math.Abs(t.Little() - 1)}, littleTolerance, never)
}
