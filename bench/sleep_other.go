//go:build !linux

package bench

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// sleepUntil sleeps until an instant of the host's monotonic clock, as late as the
// timers of the Go runtime.
func sleepUntil(at int64) {
	var now unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	time.Sleep(time.Duration(at - now.Nano()))
}

// yield lets others that wait for a processor have this one.
func yield() { runtime.Gosched() }
