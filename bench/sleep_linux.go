package bench

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// sleepUntil sleeps in the kernel until an instant of the clock. By default the
// kernel delays wake-ups by up to 50 µs to combine them. This timer slack is set to
// its minimum for the thread, so the goroutine stays locked to it meanwhile.
func sleepUntil(at int64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // an error only makes the sleep end later
	until := unix.NsecToTimespec(at)
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &until, nil) == unix.EINTR {
	}
}

// yield lets other threads that wait for this processor have it.
func yield() { unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }
