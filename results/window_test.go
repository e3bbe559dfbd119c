package results

import (
	"math"
	"testing"
	"time"
)

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-6*math.Abs(want) }

func TestWindows(t *testing.T) {
	second := int64(time.Second)
	trial := Trial{
		Params:  Params{Clients: 2},
		Clients: []Client{steady(0, 0, 10*second, 1000), steady(1, 2*second, 7*second, 1000)},
	}
	if whole := trial.Whole(); whole.Operations != 2000 || !near(whole.Throughput(), 200) {
		t.Errorf("whole: %+v, %v/s", whole, whole.Throughput())
	}
	// From 2 s to 7 s client 0 does 100/s and client 1 does 200/s.
	if active := trial.Active(); !near(active.Operations, 1500) || !near(active.Throughput(), 300) {
		t.Errorf("active: %+v, %v/s", active, active.Throughput())
	}
	// 300/s at a mean of 7.5 ms is 2.25 operations under way by 2 clients: the
	// clients were not alike, and Little's law is not kept.
	if little := trial.Little(); !near(little, 1.125) {
		t.Errorf("Little's law gives %v, want 1.125", little)
	}
}

func TestWindowOfClientsThatNeverOverlap(t *testing.T) {
	trial := Trial{
		Params:  Params{Clients: 2},
		Clients: []Client{steady(0, 0, 1e9, 100), steady(1, 2e9, 3e9, 100)},
	}
	if got := trial.Active().Throughput(); !math.IsNaN(got) {
		t.Errorf("throughput %v of an empty window, want NaN: 0 would be a measurement", got)
	}
	if got := Summarize([]Trial{trial})[0]; got.Throughput.Known() || !got.Whole.Known() {
		t.Errorf("throughput %v, whole %v, want the latter alone", got.Throughput, got.Whole)
	}
}

// TestFewOperations: with fewer operations than marks, some marks are equal.
func TestFewOperations(t *testing.T) {
	for _, n := range []int{1, 2, 50} {
		c := steady(0, 0, 1e9, n)
		for i := range c.MarksNS {
			c.MarksNS[i] = int64((i*n+n+99)/100) * 1e9 / int64(n)
		}
		trial := Trial{Params: Params{Clients: 1}, Clients: []Client{c}}
		if got := trial.Active().Operations; !near(got, float64(n)) {
			t.Errorf("%d operations counted as %v", n, got)
		}
	}
}
