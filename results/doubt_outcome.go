package results

// maxBadShare is which share of operations may go without a reply, or without
// finding their key, before the rest no longer stands for all: one in a hundred
// left out of a sample moves its p99.
const maxBadShare = 0.01

// wrongValues: a store, or harness, that returns wrong values has not done the
// work that was timed.
func wrongValues(t Trial) []doubt {
	c := t.Counts()
	return doubts(grade(float64(c.Wrong), 0, 0),
		"wrong values: %d of %d operations (%d torn, %d of another key, %d lost updates, %d resurrected): the store is broken, or the harness; see first_error of the clients",
		c.Wrong, c.Total(), c.Torn, c.Foreign, c.Lost, c.Resurrected)
}

// wentWrong: operations without a reply have no latency, and those that find
// nothing may take another path than those that do.
func wentWrong(t Trial) []doubt {
	c := t.Counts()
	missing := c.NotFound - c.Absent
	bad := missing + c.Failed + c.Unknown
	return doubts(grade(float64(bad)/float64(c.Total()), 0, maxBadShare),
		"%d of %d operations went wrong: %d not found, %d failed, %d unknown; see first_error of the clients",
		bad, c.Total(), missing, c.Failed, c.Unknown)
}

// unresolved: percentiles near a latency outside the bounds are not known. A lag
// under the lowest is none.
func unresolved(t Trial) []doubt {
	n := t.Service().Unresolved() + t.Response().Unresolved() + t.Lag().above
	return doubts(grade(float64(n), 0, never),
		"%d latencies outside %v to %v were counted but not resolved: lower the load, or look for operations that hang", n, Lowest, Highest)
}
