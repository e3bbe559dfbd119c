package results

import (
	"math"
	"time"
)

// Limits on how the clients of a closed loop ran beside each other.
const (
	// maxAlone is for which share of a trial not all clients may be running: if it is
	// more, the latencies of the rest, at lower concurrency, are a fifth of all.
	maxAlone = 0.2
	// maxStartSkew is how far apart clients may begin, and maxSkewShare which share of
	// the trial that may be. A start signal takes a round trip and a scheduler's turn;
	// 50 ms is far more. A hundredth of the operations is what a p99 is of.
	maxStartSkew = 50 * time.Millisecond
	maxSkewShare = 0.01
	// littleTolerance is how far [Trial.Little] may be from 1 (measurement rule:
	// within 2 %): more than what generating keys and checking values take.
	littleTolerance = 0.02
	// improbable is a two-sided z threshold for p = 0.001.
	improbable = 3.29
)

// stragglers finds clients that ran while others had ended, or not yet begun. If
// they never all ran together, there is no throughput of full concurrency.
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
	if t.Params.Open() { // a late client is in the lag
		return nil
	}
	first, last := t.Whole().StartNS, t.Active().StartNS
	limit := max(maxStartSkew.Seconds(), maxSkewShare*float64(t.wallNS())/float64(time.Second))
	return graded(Warning{Code: "start-skew", Value: float64(last-first) / float64(time.Second)}, limit, never)
}

// littlesLaw finds clients of a closed loop that do something else than wait for
// replies, and latencies that are not those of all operations.
func littlesLaw(t Trial) []Warning {
	if t.Params.Open() {
		return nil
	}
	return graded(Warning{Code: "littles-law", Value: math.Abs(t.Little() - 1)}, littleTolerance, never)
}
