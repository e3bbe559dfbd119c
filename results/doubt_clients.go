package results

import (
	"math"
	"time"
)

// Bounds on how the clients of a trial ran beside each other.
const (
	// littleTolerance is how far [Trial.Little] may be from 1 (measurement rule:
	// within 2 %): more than what generating keys and checking values take.
	littleTolerance = 0.02
	// maxStartSpread is how far apart clients may begin. A start signal takes a
	// round trip and a scheduler's turn; 50 ms is far more, and 1 % of a trial of 5 s.
	maxStartSpread = 50 * time.Millisecond
	// firstGaps is how many mean intervals the first arrival of a client that
	// waits for Poisson arrivals may take besides: one in 22,000 takes longer.
	firstGaps = 10
	// minTogether is for which share of a trial all clients must be running: if it
	// is less, the latencies of the rest, at lower concurrency, are a fifth of all.
	minTogether = 0.8
	// improbable is how many standard deviations are not for chance to explain:
	// one in a thousand normal values is off by more.
	improbable = 3.29
)

// neverTogether: numbers of n clients at once, of clients that took turns.
func neverTogether(t Trial) []doubt {
	if !t.Active().empty() {
		return nil
	}
	return doubts(Invalid, "at no time were all %d clients running: there is no throughput of full concurrency; do more operations", t.Params.Clients)
}

// stragglers: clients that ran alone while the others had ended.
func stragglers(t Trial) []doubt {
	active, whole := t.Active(), t.Whole()
	if active.empty() {
		return nil // said already
	}
	want := minTogether
	if n := t.Counts().Total(); t.Params.Open() && t.Params.Arrivals == PoissonArrivals {
		// The time that a number of random intervals takes varies by itself.
		want -= 2 * improbable / math.Sqrt(float64(n)/float64(len(t.Clients)))
	}
	share := float64(active.lengthNS()) / float64(whole.lengthNS())
	if share >= want {
		return nil
	}
	return doubts(Suspect,
		"stragglers: all clients were running for only %.0f %% of the trial: some clients are served slower than others; see the spread over clients, or do more operations", 100*share)
}

// startSpread: clients that began late.
func startSpread(t Trial) []doubt {
	var first, last int64
	for i, c := range t.Clients {
		if i == 0 {
			first, last = c.StartNS, c.StartNS
		}
		first, last = min(first, c.StartNS), max(last, c.StartNS)
	}
	allowed := float64(maxStartSpread)
	if t.Params.Open() {
		allowed += firstGaps * t.gapNS()
	}
	return doubts(grade(float64(last-first), allowed, never),
		"start: clients began %.0f ms apart, more than %.0f ms: agents are starved of processors, or the clocks of hosts are apart", float64(last-first)/1e6, allowed/1e6)
}

// gapNS is the planned mean time between two operations of one client in an open
// loop.
func (t Trial) gapNS() float64 {
	return float64(t.Params.Clients) / t.Params.RateOpsPerS * float64(time.Second)
}

// littlesLaw: in a closed loop, clients that do something else than wait for
// replies, or latencies that are not those of all operations.
func littlesLaw(t Trial) []doubt {
	if t.Params.Open() {
		return nil
	}
	little := t.Little()
	return doubts(grade(math.Abs(little-1), littleTolerance, never),
		"Little's law: throughput x mean / clients is %.3f, more than %.0f %% from 1: the clients' own work takes a part that shows, or they were not served alike; give agents more processors, or do more operations", little, 100*littleTolerance)
}
