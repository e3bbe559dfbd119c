package results

import (
	"math"
	"slices"
	"time"
)

// Shares of the offered rate that an open loop must achieve.
const (
	// sustainedRate: below it, the queue grows without end.
	sustainedRate = 0.99
	ruinousRate   = 0.90
)

// windowed reports whether the trial is an open loop with a recorded window. Schema 2
// did not record it.
func (t Trial) windowed() bool {
	return slices.ContainsFunc(t.Clients, func(c Client) bool { return c.WindowNS > 0 })
}

// perSecond sums a number of operations of each client per second of its window.
func (t Trial) perSecond(of func(Client) int64) float64 {
	var sum float64
	for _, c := range t.Clients {
		if c.WindowNS > 0 {
			sum += float64(of(c)) / (float64(c.WindowNS) / float64(time.Second))
		}
	}
	return sum
}

// Offered is the rate at which the operations of an open loop were due in its window,
// in operations per second; in schema 2 it is Params.RateOpsPerS. It is 0 in a closed
// loop.
func (t Trial) Offered() float64 {
	if !t.windowed() {
		return t.Params.RateOpsPerS
	}
	return t.perSecond(func(c Client) int64 { return c.Counts.Due() })
}

// Achieved is the rate at which the operations of an open loop got replies in its
// window, in operations per second. In schema 2, which had no window, it is the rate
// of each client from its first mark to its last, NaN if there are too few marks.
func (t Trial) Achieved() float64 {
	if t.windowed() {
		return t.perSecond(func(c Client) int64 { return c.Completed })
	}
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

// Throughput is the operations completed per second: while all clients ran in a closed
// loop, within the window in an open loop.
func (t Trial) Throughput() float64 {
	if t.windowed() {
		return t.Achieved()
	}
	return t.Active().Throughput()
}

// Sustained reports whether an open loop achieved its rate. It is true in a closed
// loop, and if the achieved rate is unknown.
func (t Trial) Sustained() bool { return !t.fallsShort(sustainedRate) }

// fallsShort reports whether the achieved rate is below a share of the offered one.
func (t Trial) fallsShort(share float64) bool {
	switch {
	case !t.Params.Open():
		return false
	case t.windowed():
		return t.completed()+t.underway() < share*float64(t.Counts().Due())
	case t.Params.Arrivals == PoissonArrivals:
		// Schema 2 recorded the rate asked for, not the number of operations due, which
		// varies by chance.
		share -= improbable / math.Sqrt(float64(t.Counts().Total()))
	}
	return t.Achieved() < share*t.Params.RateOpsPerS
}

// completed is the number of replies within the window.
func (t Trial) completed() float64 {
	var sum int64
	for _, c := range t.Clients {
		sum += c.Completed
	}
	return float64(sum)
}

// underway returns how many operations a store that sustains the rate can have in
// flight at the end of the window: the mean by Little's law, plus chance. In a window
// of 20 operations one is 5 %. It is bounded, because a mean service time that is a
// large part of the window shows that the rate is not sustained.
func (t Trial) underway() float64 {
	const most = 0.1 // of what was due
	mean := min(t.Offered()*t.Service().Mean()/float64(time.Second), most*float64(t.Counts().Due()))
	return mean + improbable*math.Sqrt(mean) + 1
}
