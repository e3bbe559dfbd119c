package bench

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestSchedulesMeetTheirRate(t *testing.T) {
	for _, arrivals := range []string{Constant, Poisson} {
		var last int64
		const n = 20_000
		s := newSchedule(8000, arrivals, 1, 2, 4) // 2000 per second of this client
		var intervals []int64
		for range n {
			due := s.due()
			if due < last {
				t.Fatalf("%s: a start at %d after one at %d", arrivals, due, last)
			}
			intervals = append(intervals, due-last)
			last = due
		}
		if got := float64(last) / n; math.Abs(got-500_000)/500_000 > 0.03 {
			t.Errorf("%s: one start every %v, want 500µs", arrivals, time.Duration(got))
		}
		if a2 := andersonDarling(intervals[1:2000], 500_000); arrivals == Poisson && a2 > 6 {
			t.Errorf("poisson arrivals are not exponential: A2 = %v", a2)
		}
	}
}

func TestSchedulesAreFixedAndDiffer(t *testing.T) {
	starts := func(client int) (all [5]int64) {
		s := newSchedule(1000, Poisson, 7, client, 2)
		for i := range all {
			all[i] = s.due()
		}
		return all
	}
	first, again, other := starts(0), starts(0), starts(1)
	if first != again || first == other {
		t.Errorf("client 0 starts at %v and %v, client 1 at %v", first, again, other)
	}
	// Constant schedules of several clients interleave.
	a, b := newSchedule(1000, Constant, 7, 0, 2), newSchedule(1000, Constant, 7, 1, 2)
	if first, second := a.due(), b.due(); first != 0 || second != 1_000_000 {
		t.Errorf("the first starts are %d and %d, want half an interval apart", first, second)
	}
}

// andersonDarling is the statistic A2 of Anderson and Darling's test that
// intervals are exponential with the given mean, which was known beforehand and
// not estimated from them (Stephens, EDF Statistics for Goodness of Fit, 1974,
// case 0). It weighs the ends of the distribution, where a generator that cannot
// send twice in a row, or pauses, is found out. Chance exceeds 2.49 once in
// 20 times, 3.86 once in 100 and 5.97 once in 1,000, whatever the number of
// intervals from about 5 on. It is 0 without intervals, and does not change them.
func andersonDarling(intervalsNS []int64, meanNS float64) float64 {
	if len(intervalsNS) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(intervalsNS))
	n := len(sorted)
	// x is an interval in means. Clocks tick: one of 0 is taken for half a
	// nanosecond, or its logarithm would decide alone.
	x := func(i int) float64 { return max(float64(sorted[i]), 0.5) / meanNS }
	var sum float64
	for i := range n {
		// ln F(x) + ln(1 - F(y)), F being 1 - exp(-x).
		sum += float64(2*i+1) * (math.Log(-math.Expm1(-x(i))) - x(n-1-i))
	}
	return -float64(n) - sum/float64(n)
}
