package results

import (
	"math"
	"time"
)

// Bounds on how much of the offered rate an open loop must achieve.
const (
	// sustainedRate leaves room for what the ends of a trial are off by. A rate
	// that is short of it by more has a queue that grows without end.
	sustainedRate = 0.99
	ruinousRate   = 0.90
)

// Achieved is the rate at which operations got replies, in operations per second:
// of each client from its first mark to its last, so that it does not depend on
// how long a reply takes. It is NaN where there are too few marks.
func (t Trial) Achieved() float64 {
	var sum float64
	for _, c := range t.Clients {
		n := len(c.MarksNS)
		if n < 2 || c.MarksNS[n-1] <= c.MarksNS[0] {
			return math.NaN()
		}
		length := float64(c.MarksNS[n-1]-c.MarksNS[0]) / float64(time.Second)
		sum += float64(c.Counts.Replied()) * float64(n-1) / float64(n) / length
	}
	return sum
}

// Sustained reports whether an open loop achieved its rate. Of a closed loop, and
// where the achieved rate is not known, nothing else can be said.
func (t Trial) Sustained() bool { return !t.fallsShort(sustainedRate) }

// fallsShort reports whether the achieved rate is less than a share of the
// offered one, by more than the number of Poisson arrivals varies.
func (t Trial) fallsShort(share float64) bool {
	if !t.Params.Open() {
		return false
	}
	if t.Params.Arrivals == PoissonArrivals {
		share -= improbable / math.Sqrt(float64(t.Counts().Total()))
	}
	return t.Achieved() < share*t.Params.RateOpsPerS
}
