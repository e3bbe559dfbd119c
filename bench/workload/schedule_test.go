package workload

import (
	"math"
	"testing"
	"time"
)

func TestSchedulesMeetTheirRate(t *testing.T) {
	for _, poisson := range []bool{false, true} {
		var last int64
		const n = 20_000
		s := NewSchedule(8000, poisson, 1, 2, 4) // 2000 per second of this client
		var intervals []int64
		for range n {
			due := s.Next()
			if due < last {
				t.Fatalf("poisson %v: a start at %d after one at %d", poisson, due, last)
			}
			intervals = append(intervals, due-last)
			last = due
		}
		if got := float64(last) / n; math.Abs(got-500_000)/500_000 > 0.03 {
			t.Errorf("poisson %v: one start every %v, want 500µs", poisson, time.Duration(got))
		}
		if !poisson {
			continue
		}
		// The standard deviation of exponential intervals is their mean.
		var squares float64
		for _, d := range intervals {
			squares += (float64(d) - 500_000) * (float64(d) - 500_000)
		}
		if sd := math.Sqrt(squares / n); math.Abs(sd-500_000)/500_000 > 0.05 {
			t.Errorf("poisson arrivals have a standard deviation of %v, want 500µs", time.Duration(sd))
		}
	}
}

func TestSchedulesAreFixedAndDiffer(t *testing.T) {
	starts := func(client int) (all [5]int64) {
		s := NewSchedule(1000, true, 7, client, 2)
		for i := range all {
			all[i] = s.Next()
		}
		return all
	}
	first, again, other := starts(0), starts(0), starts(1)
	if first != again || first == other {
		t.Errorf("client 0 starts at %v and %v, client 1 at %v", first, again, other)
	}
	// Constant schedules of several clients interleave.
	a, b := NewSchedule(1000, false, 7, 0, 2), NewSchedule(1000, false, 7, 1, 2)
	if first, second := a.Next(), b.Next(); first != 0 || second != 1_000_000 {
		t.Errorf("the first starts are %d and %d, want half an interval apart", first, second)
	}
}
