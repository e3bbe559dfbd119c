package results

import "time"

// Bounds on how well the generator of an open loop kept to its plan.
const (
	// maxQueued is the share of operations that may have been sent late for want of a
	// connection: more, and the p99 of the lag is that of held operations.
	maxQueued = 0.01
	// maxLag is how much of the median response may be lag, the generator's own
	// part of it, for the second digit to be the store's; at ruinousLag most of the
	// response is the generator.
	maxLag, ruinousLag = 0.10, 0.50
	// leastLag is what pacing is to keep to (its median is 0.05 µs on an idle core);
	// a lag below it is no fault however fast the store.
	leastLag = time.Microsecond
	// maxTailLag is the same of the p99s. It is wider, because a slow operation is
	// not slower for two reasons at once: if the lag is half of the response, half
	// of the slow operations can be the generator's. leastTailLag is what pacing is
	// to keep to.
	maxTailLag   = 0.50
	leastTailLag = 50 * time.Microsecond
	// maxTailQueued is which share of operations may have been held for the p99 of
	// the lag to be the generator's own: a tenth of that hundredth.
	maxTailQueued = 0.001
)

// queuedShare is the share of operations that were sent late for want of a
// connection, 0 to 1.
func (t Trial) queuedShare() float64 {
	var queued int64
	for _, c := range t.Clients {
		queued += c.Queued
	}
	return float64(queued) / float64(max(t.Counts().Total(), 1))
}

// notSustained: more was offered than the store can do.
func notSustained(t Trial) []doubt {
	level := Valid
	if t.fallsShort(sustainedRate) {
		level = Suspect
	}
	if t.fallsShort(ruinousRate) {
		level = Invalid
	}
	return doubts(level, "rate not sustained: offered %.1f operations/s, achieved %.1f: response time is then a function of the length of the run; lower --rate", t.Params.RateOpsPerS, t.Achieved())
}

// queuedOperations: a store that is slow for a while stops the schedule. Response
// times are right all the same, service times are of fewer operations at once
// than were meant.
func queuedOperations(t Trial) []doubt {
	share := t.queuedShare()
	return doubts(grade(share, maxQueued, never),
		"held: %.1f %% of the operations waited for one of the %d connections of their client: raise --inflight, or lower --rate", 100*share, t.Params.Inflight)
}

// generatorLag: response times of the generator. Where operations were held, lag
// is the store's doing.
func generatorLag(t Trial) []doubt {
	if !t.Params.Open() || t.queuedShare() >= maxQueued {
		return nil
	}
	lag, response := t.Lag().Quantile(0.5), t.Response().Quantile(0.5)
	if lag <= leastLag || response <= 0 {
		return nil
	}
	share := float64(lag) / float64(response)
	return doubts(grade(share, maxLag, ruinousLag),
		"lag: operations were sent %.1f µs late in the median, %.0f %% of the median response time: the generator measures itself; lower --rate, or give agents more processors", micros(lag), 100*share)
}

// generatorLagTail is generatorLag of the p99.
func generatorLagTail(t Trial) []doubt {
	if !t.Params.Open() || t.queuedShare() >= maxTailQueued {
		return nil
	}
	lag, response := t.Lag(), t.Response()
	if !lag.Supports(0.99) || lag.Quantile(0.99) <= leastTailLag {
		return nil
	}
	share := float64(lag.Quantile(0.99)) / float64(response.Quantile(0.99))
	return doubts(grade(share, maxTailLag, never),
		"lag: 1 %% of the operations were sent more than %.0f µs late, %.0f %% of the p99 of the response time: the tail is the generator's; stop what else runs on its host, or give agents more processors", micros(lag.Quantile(0.99)), 100*share)
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
