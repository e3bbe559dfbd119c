package results

import "time"

// maxBadShare is the share of operations that may have no reply or not find their
// key. Leaving out one in a hundred changes the p99 of a sample.
const maxBadShare = 0.01

// wrongValues finds values that the store should not have returned.
func wrongValues(t Trial) []Warning {
	return graded(Warning{Code: "wrong-values", Value: float64(t.Counts().Wrong)}, 0, 0)
}

// errorReplies finds operations that failed, have an unknown outcome, or did not find
// their key. The first two have no latency; the last may be faster than others.
func errorReplies(t Trial) []Warning {
	c := t.Counts()
	bad := c.NotFound - c.Absent + c.Failed + c.Unknown
	return graded(Warning{Code: "errors", Value: float64(bad) / float64(c.Total())}, 0, maxBadShare)
}

// outOfRange finds latencies outside the range of histograms. A lag below the range
// is no fault.
func outOfRange(t Trial) []Warning {
	n := t.Service().Unresolved() + t.Response().Unresolved() + t.Lag().above
	return graded(Warning{Code: "out-of-range", Value: float64(n)}, 0, never)
}

// endedEarly finds trials that are shorter than their parameters say.
func endedEarly(t Trial) []Warning {
	ended := t.Ended()
	if ended == "" {
		return nil
	}
	return []Warning{{Code: ended, Level: Invalid, Value: t.left()}}
}

// left returns the share of a trial, 0 to 1, that was missing when it ended.
func (t Trial) left() float64 {
	p := t.Params
	var done, planned float64
	switch {
	case p.Operations > 0:
		done, planned = float64(t.Counts().Due()), float64(p.Operations)*float64(p.Clients)
	case p.Open():
		done, planned = float64(t.windowNS()), float64(p.DurationNS)
	default:
		done, planned = float64(t.Whole().EndNS), float64(p.DurationNS)
	}
	if planned == 0 {
		return 0
	}
	return min(max(1-done/planned, 0), 1)
}

// windowNS returns the shortest window of any client of an open loop.
func (t Trial) windowNS() time.Duration {
	shortest := time.Duration(t.Params.DurationNS)
	for _, c := range t.Clients {
		shortest = min(shortest, time.Duration(c.WindowNS))
	}
	return shortest
}

// unsent finds operations that were due and never sent. Percentiles that include
// them are lower bounds. An interrupted trial may have some.
func unsent(t Trial) []Warning {
	if t.Ended() == Interrupted {
		return nil
	}
	c := t.Counts()
	return graded(Warning{Code: "unsent", Value: float64(c.Unsent) / float64(c.Due())}, 0, 0)
}
