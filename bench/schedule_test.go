package bench

import (
	"math"
	"testing"
	"time"

	"dhtbench/results"
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
		if a2 := results.AndersonDarling(intervals[1:2000], 500_000); arrivals == Poisson && a2 > 6 {
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
