package bench

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// TestWaiterNeverWakesEarly holds on any machine. How late it wakes depends on the
// machine; see BenchmarkLag.
func TestWaiterNeverWakesEarly(t *testing.T) {
	c := node.NewClock()
	for _, pacing := range []string{results.PrecisePacing, results.TimerPacing} {
		w := newWaiter(c, pacing, 1)
		start := c.Now()
		for i := range int64(200) {
			due := start + i*100_000
			w.wait(due)
			if now := c.Now(); now < due {
				t.Fatalf("%s: woke %v early", pacing, time.Duration(due-now))
			}
		}
		if pacing == results.TimerPacing && w.spun != 0 {
			t.Errorf("timer: spun for %v", w.spun)
		}
	}
}

// TestWaiterSpinsNoMoreThanItsShare waits so often that spinning without a bound
// would take far more than the share.
func TestWaiterSpinsNoMoreThanItsShare(t *testing.T) {
	c := node.NewClock()
	w := newWaiter(c, results.PrecisePacing, 1)
	w.share, w.spare = 0.05, 0
	start := c.Now()
	for i := range int64(500) {
		w.wait(start + i*200_000)
	}
	// The share may be exceeded by one stretch, and by the time for which the kernel
	// gives the processor to others. Without a bound spinning would take more than
	// a quarter of the time.
	if allowed := 3 * time.Duration(0.05*float64(c.Now()-start)); w.spun > allowed {
		t.Errorf("spun for %v in %v, want at most %v", w.spun, time.Duration(c.Now()-start), allowed)
	}
}

func TestStretchFollowsLateSleeps(t *testing.T) {
	w := waiter{stretch: maxStretch / 4}
	for i := range 20_000 {
		late := 30 * time.Microsecond
		if i%100 == 0 {
			late = 300 * time.Microsecond // rarer than 1 in lateShare
		}
		w.learn(late)
	}
	if w.stretch < 25*time.Microsecond || w.stretch > 60*time.Microsecond {
		t.Errorf("the stretch is %v where 99 of 100 sleeps end 30µs late", w.stretch)
	}
	for range 20_000 {
		w.learn(10 * time.Millisecond)
	}
	if w.stretch != maxStretch {
		t.Errorf("the stretch is %v where all sleeps end late, want its bound", w.stretch)
	}
}

// BenchmarkLag measures how late a waiter wakes for an intended start, with precise
// pacing and with the runtime's timers: lag-p50-ns and lag-p99-ns.
func BenchmarkLag(b *testing.B) {
	lockThread()
	defer runtime.UnlockOSThread()
	c := node.NewClock()
	for _, rate := range []int64{1000, 5000, 20_000} {
		for _, pacing := range []string{results.PrecisePacing, results.TimerPacing} {
			b.Run(fmt.Sprintf("rate=%d/pacing=%s/P", rate, pacing), func(b *testing.B) {
				w := newWaiter(c, pacing, 1)
				var lags []int64
				start := c.Now() + int64(time.Millisecond)
				for i := int64(0); b.Loop(); i++ {
					due := start + i*1e9/rate
					w.wait(due)
					lags = append(lags, c.Now()-due)
				}
				slices.Sort(lags)
				b.ReportMetric(float64(lags[len(lags)/2]), "lag-p50-ns")
				b.ReportMetric(float64(lags[len(lags)*99/100]), "lag-p99-ns")
				b.ReportMetric(100*float64(w.spun)/float64(c.Now()-start), "awake-%")
			})
		}
	}
}
