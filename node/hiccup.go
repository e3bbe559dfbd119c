package node

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// hiccupPeriod is the time between two wake-ups of a HiccupMeter. It sees a
	// hiccup of half that length with a probability of one half.
	hiccupPeriod = 10 * time.Millisecond
	// leastHiccup is the length of the shortest hiccup that is kept.
	leastHiccup = time.Millisecond
	// keptHiccups is the number of hiccups that are kept, the latest ones.
	keptHiccups = 1000
)

// Hiccup is a period in which a process was ready to run and did not.
type Hiccup struct {
	AtNS int64 `json:"at_ns"` // its end, on the host's CLOCK_MONOTONIC
	NS   int64 `json:"ns"`    // its length, 1 ms or more
}

// HiccupMeter records the hiccups of its process. Every 10 ms the kernel wakes a
// goroutine, as it does for a request that arrives. If the goroutine runs 1 ms
// late or more, something delayed the process: other work on the processors, the
// hypervisor, the runtime or a signal. The meter needs no load, and about 0.4 %
// of one processor. The zero value is ready to Start. A HiccupMeter is safe for
// concurrent use. It is modelled on jHiccup by Gil Tene.
type HiccupMeter struct {
	clock Clock // set by Start

	mu   sync.Mutex
	kept []Hiccup // a ring of keptHiccups once it is full
	next int      // index of the oldest one in the full ring
}

// Start records hiccups until ctx ends. Call it once.
func (m *HiccupMeter) Start(ctx context.Context) error {
	m.clock = NewClock()
	due := m.clock.Now() + int64(hiccupPeriod)
	alarm, err := newAlarm(ctx)
	if err == nil {
		err = alarm.set(due, hiccupPeriod)
	}
	if err != nil {
		return fmt.Errorf("start hiccup meter: %w", err)
	}
	go m.watch(alarm, due) // a late begin is a hiccup, too
	return nil
}

// watch records hiccups until the alarm, which first rings at due, fails.
func (m *HiccupMeter) watch(a *alarm, due int64) {
	for {
		rings, err := a.wait()
		if err != nil {
			return
		}
		m.record(due, m.clock.Now)
		due += rings * int64(hiccupPeriod)
	}
}

// record records a hiccup if the meter, which runs now, was due too long ago. It
// reads the clock with the lock held, so that a later Between up to an earlier
// instant misses none.
func (m *HiccupMeter) record(due int64, clock func() int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := clock()
	if now-due < int64(leastHiccup) {
		return
	}
	h := Hiccup{AtNS: now, NS: now - due}
	if len(m.kept) < keptHiccups {
		m.kept = append(m.kept, h)
		return
	}
	m.kept[m.next] = h
	m.next = (m.next + 1) % keptHiccups
}

// Between returns the hiccups that ended after from and not after to, in order
// of time. Both are readings of the host's CLOCK_MONOTONIC in nanoseconds. Only
// the latest 1,000 hiccups are kept. The caller owns the slice; nil: none.
func (m *HiccupMeter) Between(from, to int64) []Hiccup {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Hiccup
	for i := range m.kept {
		h := m.kept[(m.next+i)%len(m.kept)]
		if from < h.AtNS && h.AtNS <= to {
			found = append(found, h)
		}
	}
	return found
}
