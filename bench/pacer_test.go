package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// TestPacerNeverWakesEarly holds on any machine. How late it wakes depends on the
// machine; see BenchmarkLag.
func TestPacerNeverWakesEarly(t *testing.T) {
	c := node.NewClock()
	for _, pacing := range []string{results.PrecisePacing, results.TimerPacing} {
		p := newPacer(c, pacing, 1)
		start := c.Now()
		for i := range int64(200) {
			due := start + i*100_000
			p.wait(due)
			if now := c.Now(); now < due {
				t.Fatalf("%s: woke %v early", pacing, time.Duration(due-now))
			}
		}
		if pacing == results.TimerPacing && p.spun != 0 {
			t.Errorf("timer: spun for %v", p.spun)
		}
	}
}

// TestPacerSpinsNoMoreThanItsShare waits so often that spinning without a bound
// would take far more than the share.
func TestPacerSpinsNoMoreThanItsShare(t *testing.T) {
	c := node.NewClock()
	p := newPacer(c, results.PrecisePacing, 1)
	p.share, p.spare = 0.05, 0
	start := c.Now()
	for i := range int64(500) {
		p.wait(start + i*200_000)
	}
	// The share may be exceeded by one stretch, and by the time for which the kernel
	// gives the processor to others. Without a bound spinning would take more than
	// a quarter of the time.
	if allowed := 3 * time.Duration(0.05*float64(c.Now()-start)); p.spun > allowed {
		t.Errorf("spun for %v in %v, want at most %v", p.spun, time.Duration(c.Now()-start), allowed)
	}
}

func TestStretchFollowsLateSleeps(t *testing.T) {
	p := pacer{stretch: maxStretch / 4}
	for i := range 20_000 {
		late := 30 * time.Microsecond
		if i%100 == 0 {
			late = 300 * time.Microsecond // rarer than 1 in lateShare
		}
		p.learn(late)
	}
	if p.stretch < 25*time.Microsecond || p.stretch > 60*time.Microsecond {
		t.Errorf("the stretch is %v where 99 of 100 sleeps end 30µs late", p.stretch)
	}
	for range 20_000 {
		p.learn(10 * time.Millisecond)
	}
	if p.stretch != maxStretch {
		t.Errorf("the stretch is %v where all sleeps end late, want its bound", p.stretch)
	}
}

// BenchmarkLag measures how late a client wakes for an intended start, with precise
// pacing and with the runtime's timers: lag-p50-ns and lag-p99-ns.
func BenchmarkLag(b *testing.B) {
	c := node.NewClock()
	for _, rate := range []int64{1000, 5000, 20_000} {
		for _, pacing := range []string{results.PrecisePacing, results.TimerPacing} {
			b.Run(fmt.Sprintf("rate=%d/pacing=%s/P", rate, pacing), func(b *testing.B) {
				p := newPacer(c, pacing, 1)
				var lags []int64
				start := c.Now() + int64(time.Millisecond)
				for i := int64(0); b.Loop(); i++ {
					due := start + i*1e9/rate
					p.wait(due)
					lags = append(lags, c.Now()-due)
				}
				slices.Sort(lags)
				b.ReportMetric(float64(lags[len(lags)/2]), "lag-p50-ns")
				b.ReportMetric(float64(lags[len(lags)*99/100]), "lag-p99-ns")
				b.ReportMetric(100*float64(p.spun)/float64(c.Now()-start), "awake-%")
			})
		}
	}
}

func TestSpinShareDividesProcessors(t *testing.T) {
	for _, c := range []struct {
		processors, clients int
		want                float64
	}{{1, 1, 1}, {1, 4, 0.25}, {4, 1, 1}, {4, 3, 1}, {4, 6, 0.5}, {32, 1000, 0.031}} {
		if got := spinShare(c.processors, c.clients); got != c.want {
			t.Errorf("each of %d clients may spin for %v of one processor with %d processors, want %v", c.clients, got, c.processors, c.want)
		}
	}
}

// TestPacersLeaveProcessorsForReplies: pacers that sleep hold all but the agent's own
// processors.
func TestPacersLeaveProcessorsForReplies(t *testing.T) {
	for _, test := range []struct{ processors, clients, want int }{{1, 1, 2}, {1, 4, 5}, {2, 4, 6}, {4, 1000, 4 + maxPacers}} {
		if got := openProcessors(test.processors, test.clients); got != test.want {
			t.Errorf("%d processors and %d clients: GOMAXPROCS %d, want %d", test.processors, test.clients, got, test.want)
		}
	}
}
