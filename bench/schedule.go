package bench

import "dhtbench/results"

// Arrivals: how the intended starts of an open loop lie.
const (
	Constant = results.ConstantArrivals // all the same interval apart; the clients' in between each other's
	Poisson  = results.PoissonArrivals  // exponential intervals, as of many users who know nothing of each other
)

// schedule is the intended starts of one client: a function of seed, client and
// rate alone, not of how the cluster answers. It is used by one goroutine.
type schedule struct {
	random  splitmix
	poisson bool
	mean    float64 // ns between two starts
	next    float64 // ns from the start of the phase
}

// newSchedule returns the schedule of one of so many clients, which together
// offer rate operations per second.
func newSchedule(rate float64, arrivals string, seed uint64, client, clients int) schedule {
	s := schedule{
		random:  splitmix{state: seed ^ 0x5c4ed01e ^ uint64(client)<<keyBits},
		poisson: arrivals == Poisson,
		mean:    1e9 * float64(clients) / rate,
	}
	if s.poisson {
		s.next = s.interval()
	} else {
		s.next = s.mean * float64(client) / float64(clients)
	}
	return s
}

// due returns the next intended start in nanoseconds from the start of the phase.
func (s *schedule) due() int64 {
	at := s.next
	s.next += s.interval()
	return int64(at)
}

// interval is the time from one start to the next.
func (s *schedule) interval() float64 {
	if !s.poisson {
		return s.mean
	}
	u := (float64(s.random.next()>>11) + 1) / (1 << 53) // in (0, 1]
	return float64(-fixedLog(u) * s.mean)
}
