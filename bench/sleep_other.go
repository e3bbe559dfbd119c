//go:build !linux

package bench

import "time"

// sleepUntil sleeps until an instant of the clock.
func (c clock) sleepUntil(at int64) { time.Sleep(time.Duration(at - c.now())) }
