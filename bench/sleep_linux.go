package bench

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// sleepUntil sleeps in the kernel until an instant of the clock, and no longer
// than the kernel must: the slack by which it may gather wake-ups, 50 µs unless
// told otherwise, is a thread's own, so the goroutine keeps its thread meanwhile.
func sleepUntil(at int64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // without it the sleep is later, and that is seen
	until := unix.NsecToTimespec(at)
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &until, nil) == unix.EINTR {
	}
}

// yield lets other threads that wait for this processor have it.
func yield() { unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
