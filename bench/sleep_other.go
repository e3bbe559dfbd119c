//go:build !linux

package bench

import (
	"runtime"
	"time"
)

// sleepUntil sleeps until an instant of the clock.
func (c clock) sleepUntil(at int64) { time.Sleep(time.Duration(at - c.now())) }

// yield lets others that wait for a processor have this one.
func yield() { runtime.Gosched() }
