package results

import "time"

// Limits on how well the generator of an open loop kept to its plan.
const (
	// maxQueued is the share of operations that may have been sent late for want of a
	// slot: if it is more, the p99 of the lag is that of queued operations.
	maxQueued = 0.01
	// maxLag is how much of the median response may be lag, the generator's own
	// part of it, for the second digit to be the store's; at ruinousLag most of the
	// response is the generator.
	maxLag, ruinousLag = 0.10, 0.50
	// leastLag is the goal of pacing (its median is 0.05 µs on an idle core); a lag
	// below it is no fault however fast the store.
	leastLag = time.Microsecond
	// maxTailLag is the same of the p99s. It is wider, because a slow operation is
	// not slow for two reasons at once: if the lag is half of the response, half of
	// the slow operations can be the generator's. leastTailLag is the goal of pacing.
	maxTailLag   = 0.50
	leastTailLag = 50 * time.Microsecond
	// maxTailQueued is which share of operations may have been queued for the p99 of
	// the lag to be the generator's own: a tenth of that hundredth.
	maxTailQueued = 0.001
)

// queuedShare is the share of operations that were sent late for want of a slot, 0
// to 1.
func (t Trial) queuedShare() float64 {
	var sum int64
	for _, c := range t.Clients {
		sum += c.Queued
	}
	return float64(sum) / float64(max(t.Counts().Total(), 1))
}

// notSustained finds rates that the store cannot do: response time is then a
// function of the length of the trial. A hopeless trial says so already.
func notSustained(t Trial) []Warning {
	w := Warning{Code: "not-sustained", Value: 1 - t.Achieved()/t.Offered()}
	switch {
	case t.Ended() == Hopeless:
		return nil
	case t.fallsShort(ruinousRate):
		w.Level, w.Limit = Invalid, 1-ruinousRate
	case t.fallsShort(sustainedRate):
		w.Level, w.Limit = Suspect, 1-sustainedRate
	default:
		return nil
	}
	return []Warning{w}
}

// queued finds operations that waited for a slot, because the store was slow for a
// while. Response times are right all the same, service times are of fewer
// operations at once than were meant.
func queued(t Trial) []Warning {
	return graded(Warning{Code: "queued", Value: t.queuedShare()}, maxQueued, never)
}

// lag finds response times of which the generator is a part that shows. Where
// operations were queued, lag is the store's doing.
func lag(t Trial) []Warning {
	if !t.Params.Open() || t.queuedShare() >= maxQueued {
		return nil
	}
	return lagOf(t, "lag", 0.5, leastLag, maxLag, ruinousLag)
}

// lagTail is lag of the p99.
func lagTail(t Trial) []Warning {
	if !t.Params.Open() || t.queuedShare() >= maxTailQueued {
		return nil
	}
	return lagOf(t, "lag-tail", 0.99, leastTailLag, maxTailLag, never)
}

// lagOf compares a quantile of lag with that of response time. One that is not
// printed, for want of operations, does not matter.
func lagOf(t Trial, code string, q float64, least time.Duration, suspect, invalid float64) []Warning {
	lag, response := t.Lag(), t.Response()
	if !lag.Supports(q) || lag.Quantile(q) <= least {
		return nil
	}
	return graded(Warning{Code: code, Value: float64(lag.Quantile(q)) / float64(response.Quantile(q))}, suspect, invalid)
}
