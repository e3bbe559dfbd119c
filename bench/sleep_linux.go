package bench

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// slice is how long a pacer may run before the kernel considers other threads. A thread
// with a shorter slice gets a processor sooner when it wakes. The default is about 3 ms.
const slice = 100 * time.Microsecond

// lockThread gives the goroutine a thread of its own and makes its sleeps end on time:
// it sets a short slice, and turns off the timer slack, by which the kernel delays
// wake-ups by up to 50 µs to combine them.
func lockThread() {
	runtime.LockOSThread()
	// Errors only make sleeps end later. Before version 6.12 the kernel ignores the slice.
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL, Runtime: uint64(slice)}, 0)
}

// sleepUntil sleeps in the kernel until an instant of the clock. Call lockThread
// before.
func sleepUntil(at int64) {
	until := unix.NsecToTimespec(at)
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &until, nil) == unix.EINTR {
	}
}

// yield lets other threads that wait for this processor have it.
func yield() { unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
