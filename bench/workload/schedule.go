package workload

// Schedule is the intended starts of one client in an open loop. They depend on
// seed, client and rate, and not on replies. It is not safe for concurrent use.
type Schedule struct {
	random  splitmix
	poisson bool
	mean    float64 // ns between two starts
	next    float64 // ns from the start of the phase
}

// NewSchedule returns the schedule of one client. All clients together offer rate
// operations per second. With poisson, intervals are exponential, as those of many
// independent users. Otherwise they are equal, and the starts of clients alternate.
func NewSchedule(rate float64, poisson bool, seed uint64, client, clients int) *Schedule {
	s := &Schedule{
		random:  splitmix{state: seed ^ 0x5c4ed01e ^ uint64(client)<<keyBits},
		poisson: poisson,
		mean:    1e9 * float64(clients) / rate,
	}
	if s.poisson {
		s.next = s.interval()
	} else {
		s.next = s.mean * float64(client) / float64(clients)
	}
	return s
}

// Next returns the next intended start in nanoseconds from the start of the
// phase.
func (s *Schedule) Next() int64 {
	at := s.next
	s.next += s.interval()
	return int64(at)
}

// interval is the time from one start to the next.
func (s *Schedule) interval() float64 {
	if !s.poisson {
		return s.mean
	}
	u := (float64(s.random.next()>>11) + 1) / (1 << 53) // in (0, 1]
	return float64(-fixedLog(u) * s.mean)
}
