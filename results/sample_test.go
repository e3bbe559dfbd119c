package results

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// without is an open loop with these response times, and with operations without a reply
// that had waited this long.
func without(replied, waited []time.Duration) Trial {
	c := Client{Counts: Counts{OK: int64(len(replied)), Unsent: int64(len(waited))}, Service: histogramOf(replied...), Response: histogramOf(replied...), Lag: histogramOf(replied...)}
	if len(waited) > 0 {
		c.NoReply = histogramOf(waited...)
	}
	return Trial{Params: Params{Loop: OpenLoop, Clients: 1, RateOpsPerS: 1}, Clients: []Client{c}}
}

// TestQuantilesIncludeOperationsWithoutReply compares with the definition: a quantile is
// at least that of the lower bounds, and exact if it is the same with infinite bounds.
func TestQuantilesIncludeOperationsWithoutReply(t *testing.T) {
	random := rand.New(rand.NewPCG(21, 22))
	durations := func(n int) []time.Duration {
		all := make([]time.Duration, n)
		for i := range all {
			all[i] = time.Duration(1 + random.IntN(2000)) // each in a bucket of its own
		}
		return all
	}
	for range 300 {
		replied, waited := durations(random.IntN(20)), durations(1+random.IntN(20))
		least := slices.Sorted(slices.Values(slices.Concat(replied, waited)))
		most := slices.Concat(replied, slices.Repeat([]time.Duration{math.MaxInt64}, len(waited)))
		slices.Sort(most)
		s := without(replied, waited).Sample()
		for _, q := range []float64{0.01, 0.25, 0.5, 0.9, 0.99, 1} {
			i := rank(q, int64(len(least))) - 1
			got, atLeast := s.Quantile(q)
			if got != least[i] || atLeast != (most[i] != least[i]) {
				t.Fatalf("replies %v, without a reply %v: quantile %v is %v, a lower bound %v; want %v, at most %v", replied, waited, q, got, atLeast, least[i], most[i])
			}
		}
	}
}

// TestQuantilesAboveTheRange: latencies above the range of a histogram are at least its
// highest value.
func TestQuantilesAboveTheRange(t *testing.T) {
	for name, trial := range map[string]Trial{
		"with a reply":    without([]time.Duration{1, 2, 2 * time.Minute, 3 * time.Minute}, nil),
		"without a reply": without([]time.Duration{1, 2}, []time.Duration{2 * time.Minute, 3 * time.Minute}),
	} {
		if got, atLeast := trial.Quantile(0.5); got != 2 || atLeast {
			t.Errorf("%s: the median is %v, a lower bound %v; want 2 ns", name, got, atLeast)
		}
		for _, q := range []float64{0.75, 1} {
			if got, atLeast := trial.Quantile(q); got != Highest || !atLeast {
				t.Errorf("%s: quantile %v is %v, a lower bound %v; want %v as one", name, q, got, atLeast, Highest)
			}
		}
	}
}

// TestSummaryOfUnsentOperations: percentiles include unsent operations.
func TestSummaryOfUnsentOperations(t *testing.T) {
	const n = 1000
	times := func(of time.Duration) []time.Duration { return slices.Repeat([]time.Duration{of}, n) }
	trial := without(times(time.Millisecond), times(time.Second))
	trial.Clients[0].WindowNS, trial.Clients[0].Completed, trial.Params.DurationNS = 10e9, n, 10e9
	s := Summarize([]Trial{trial})[0]
	l := s.Latency()
	if p := l.Quantile(0.5); math.Abs(p.Median/1e6-1) > 0.001 || p.AtLeast {
		t.Errorf("p50 %+v, want 1 ms", p)
	}
	for name, e := range map[string]Estimate{"p90": l.Quantile(0.9), "p99": l.Quantile(0.99)} {
		if math.Abs(e.Median/1e9-1) > 0.001 || !e.AtLeast {
			t.Errorf("%s %+v, want at least 1 s", name, e)
		}
	}
	if !near(l.Mean.Median, 500.5e6) || !l.Mean.AtLeast || l.Max != 1e9 || !l.MaxAtLeast {
		t.Errorf("mean %+v, max %v, a lower bound %v", l.Mean, l.Max, l.MaxAtLeast)
	}
	if s.Service.Quantile(0.99).AtLeast || s.Service.MaxAtLeast || s.Service.Quantile(0.99).Median > 1.001e6 {
		t.Errorf("p99 of service %+v, want that of the replies", s.Service.Quantile(0.99))
	}
	if s.Offered.Median != 200 || s.Achieved.Median != 100 || s.Throughput.Median != 100 || s.Sustained {
		t.Errorf("offered %v, achieved %v, throughput %v, sustained %v", s.Offered, s.Achieved, s.Throughput, s.Sustained)
	}
}

// TestUnknownOutcomesOfAClosedLoop: operations of unknown outcome have a lower bound of
// the latency.
func TestUnknownOutcomesOfAClosedLoop(t *testing.T) {
	trial := Trial{Params: Params{Loop: ClosedLoop, Clients: 1}, Clients: []Client{{Counts: Counts{OK: 98, Unknown: 2}, Service: equal(98, time.Millisecond), NoReply: equal(2, time.Second)}}}
	if got, atLeast := trial.Quantile(0.98); atLeast || got > 1001*time.Microsecond {
		t.Errorf("p98 is %v, a lower bound %v", got, atLeast)
	}
	if got, atLeast := trial.Quantile(0.99); !atLeast || got < 999*time.Millisecond {
		t.Errorf("p99 is %v, a lower bound %v", got, atLeast)
	}
}

// TestQuantilesOfOldRecords: schema 2 did not record how long operations without a
// reply had waited.
func TestQuantilesOfOldRecords(t *testing.T) {
	trial := without([]time.Duration{1, 2, 3}, nil)
	trial.Clients[0].Counts.Unknown = 7
	if got, atLeast := trial.Quantile(0.9); got != 3 || atLeast {
		t.Errorf("p90 is %v, a lower bound %v; want that of the replies", got, atLeast)
	}
}
