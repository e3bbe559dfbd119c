//go:build !linux

package bench

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// lockThread does nothing here.
func lockThread() {}

// sleepUntil sleeps until an instant of the host's monotonic clock, with the
// precision of the Go runtime's timers.
func sleepUntil(at int64) {
	var now unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	time.Sleep(time.Duration(at - now.Nano()))
}

// yield lets other goroutines run.
func yield() { runtime.Gosched() }
