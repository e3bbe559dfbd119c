//go:build !linux || !(amd64 || arm64 || riscv64)

package node

import (
	"os"
	"sync"
	"time"
)

// readMonotonic reads the wall clock: of a monotonic one that all processes of
// the host share, nothing is known here.
func readMonotonic() int64 { return time.Now().UnixNano() }

// alarm wakes a goroutine at instants of the host's clock, as late as timers of
// the Go runtime are. It is used by one goroutine, but for close.
type alarm struct {
	clock hostClock
	at    int64
	every int64
	done  chan struct{}
	once  sync.Once
}

// newAlarm returns an alarm that is not set.
func newAlarm() (*alarm, error) {
	return &alarm{clock: newHostClock(), done: make(chan struct{})}, nil
}

// set makes it ring at an instant of the clock, and then every so often; every
// 0: once.
func (a *alarm) set(at int64, every time.Duration) error {
	a.at, a.every = at, int64(every)
	return nil
}

// wait waits until it rings, and returns how often it has since the last wait.
// It fails after close.
func (a *alarm) wait() (int64, error) {
	select {
	case <-a.done:
		return 0, os.ErrClosed
	case <-time.After(time.Duration(a.at - a.clock.now())):
	}
	rings := int64(1)
	if a.every > 0 {
		rings += max(0, a.clock.now()-a.at) / a.every
		a.at += rings * a.every
	}
	return rings, nil
}

// close ends a wait. It may be called from another goroutine.
func (a *alarm) close() error {
	a.once.Do(func() { close(a.done) })
	return nil
}
