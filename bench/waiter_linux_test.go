package bench

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"dhtbench/node"

	"golang.org/x/sys/unix"
)

// TestSpinCountsProcessorTime spins while other threads use all processors. The time
// in which they have the waiter's processor does not count.
func TestSpinCountsProcessorTime(t *testing.T) {
	var stop atomic.Bool
	defer stop.Store(true)
	for range 4 * runtime.NumCPU() {
		go func() {
			runtime.LockOSThread() // a thread that ends with the goroutine
			for !stop.Load() {
			}
		}()
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8 * runtime.NumCPU()))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w := newWaiter(node.NewClock(), "precise", 1)
	var before, after unix.Timespec
	began := w.clock.Now()
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &before)
	var spun time.Duration
	for range 100 {
		now := w.clock.Now()
		spun += w.spin(now, now+int64(time.Millisecond))
	}
	unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &after)
	used := time.Duration(after.Nano() - before.Nano())
	if wall := time.Duration(w.clock.Now() - began); spun > 2*used+time.Millisecond {
		t.Errorf("spun for %v in %v, of which the thread had a processor for %v", spun, wall, used)
	}
}
