package results

import "time"

// Limits on how far the generator of an open loop missed its schedule.
const (
	// maxQueued is the share of operations that may have been queued. Their response
	// times are right. Healthy trials at 20,000/s had up to 8 %, since 1 ms of a busy
	// machine queues 20 operations, those with too few slots 23 % and more
	// (results/verdict.jsonl).
	maxQueued = 0.10
	// maxLag is the share of the median response that may be lag: more changes its
	// second digit. At ruinousLag lag is half of the response.
	maxLag, ruinousLag = 0.10, 0.50
	// leastLag is the goal of pacing (its median is 0.05 µs on an idle core). A lag
	// below it is no fault, even with a faster store.
	leastLag = time.Microsecond
	// maxTailLag is the same for the p99s. It is larger, because one operation is
	// rarely slow for two reasons: if the p99 of lag is half of that of response, the
	// generator can have caused half of the slow operations. leastTailLag is the goal
	// of pacing.
	maxTailLag   = 0.50
	leastTailLag = 50 * time.Microsecond
	// maxTailQueued is the share of queued operations up to which the p99 of the lag
	// is the generator's: a tenth of a hundredth.
	maxTailQueued = 0.001
)

// queuedShare returns the share of operations that were queued, 0 to 1.
func (t Trial) queuedShare() float64 {
	var sum int64
	for _, c := range t.Clients {
		sum += c.Queued
	}
	return float64(sum) / float64(max(t.Counts().Total(), 1))
}

// notSustained finds rates that the store cannot sustain: response time then depends
// on the length of the trial. Hopeless trials have their own warning.
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

// queued finds operations that waited for a slot because the store was slow for a
// while. Response times are still right; service times are of fewer operations in
// flight than without slots.
func queued(t Trial) []Warning {
	return graded(Warning{Code: "queued", Value: t.queuedShare()}, maxQueued, never)
}

// lag finds response times of which the generator's lag is a large part. If many
// operations were queued, the store caused the lag. A few do not move its median.
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

// lagOf compares a quantile of lag with that of response time. It ignores quantiles
// with too few operations, which are not printed either.
func lagOf(t Trial, code string, q float64, least time.Duration, suspect, invalid float64) []Warning {
	lag, response := t.Lag(), t.Response()
	if !lag.Supports(q) || lag.Quantile(q) <= least {
		return nil
	}
	return graded(Warning{Code: code, Value: float64(lag.Quantile(q)) / float64(response.Quantile(q))}, suspect, invalid)
}
