//go:build !linux || !(amd64 || arm64 || riscv64)

package node

import (
	"context"
	"time"
)

// alarm wakes a goroutine at instants of the host's clock, as late as timers of
// the Go runtime are. One goroutine uses it.
type alarm struct {
	ctx      context.Context
	clock    Clock
	at       int64 // when it rings next
	interval int64
}

// newAlarm returns an alarm that is not set. Its waits fail when ctx ends.
func newAlarm(ctx context.Context) (*alarm, error) {
	return &alarm{ctx: ctx, clock: NewClock()}, nil
}

// set makes it ring at an instant of the clock, and then once every interval;
// interval 0: only once.
func (a *alarm) set(at int64, interval time.Duration) error {
	a.at, a.interval = at, int64(interval)
	return nil
}

// wait waits until it rings, and returns how often it rang since the last wait.
func (a *alarm) wait() (int64, error) {
	select {
	case <-a.ctx.Done():
		return 0, a.ctx.Err()
	case <-time.After(time.Duration(a.at - a.clock.Now())):
	}
	rings := int64(1)
	if a.interval > 0 {
		rings += max(0, a.clock.Now()-a.at) / a.interval
		a.at += rings * a.interval
	}
	return rings, nil
}
