//go:build !linux || !(amd64 || arm64 || riscv64)

package node

import (
	"os"
	"sync"
	"time"
)

// alarm wakes a goroutine at instants of the host's clock, as late as timers of
// the Go runtime are. One goroutine uses it; close is for any.
type alarm struct {
	clock    Clock
	at       int64 // when it rings next
	interval int64
	closed   chan struct{}
	closing  sync.Once
}

// newAlarm returns an alarm that is not set.
func newAlarm() (*alarm, error) {
	return &alarm{clock: NewClock(), closed: make(chan struct{})}, nil
}

// set makes it ring at an instant of the clock, and then once every interval;
// interval 0: only once.
func (a *alarm) set(at int64, interval time.Duration) error {
	a.at, a.interval = at, int64(interval)
	return nil
}

// wait waits until it rings, and returns how often it has since the last wait.
// It fails after close.
func (a *alarm) wait() (int64, error) {
	select {
	case <-a.closed:
		return 0, os.ErrClosed
	case <-time.After(time.Duration(a.at - a.clock.Now())):
	}
	rings := int64(1)
	if a.interval > 0 {
		rings += max(0, a.clock.Now()-a.at) / a.interval
		a.at += rings * a.interval
	}
	return rings, nil
}

// close ends a wait.
func (a *alarm) close() error {
	a.closing.Do(func() { close(a.closed) })
	return nil
}
