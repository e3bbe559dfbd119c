package node

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// hiccupPeriod is how often a HiccupMeter wants to run: a hiccup of half
	// that length is seen every other time.
	hiccupPeriod = 10 * time.Millisecond
	// leastHiccup is the shortest that is kept.
	leastHiccup = time.Millisecond
	// keptHiccups is how many are kept, the latest.
	keptHiccups = 1000
)

// Hiccup is a time for which a process that wanted to run did not.
type Hiccup struct {
	AtNS int64 `json:"at_ns"` // its end, on the host's CLOCK_MONOTONIC
	NS   int64 `json:"ns"`    // its length, 1 ms or more
}

// HiccupMeter notes when its process did not run though it wanted to: every
// 10 ms the kernel wakes a goroutine, as it does for a request that arrives,
// and if that runs 1 ms too late or more, something held the process up: other
// work on the processors, the hypervisor, the runtime, a signal to stop. It
// needs no load to see that, and takes about 0.4 % of one processor. Its zero
// value has noted nothing yet. It is safe for concurrent use. After jHiccup by
// Gil Tene.
type HiccupMeter struct {
	clock Clock // set by Start

	mu   sync.Mutex
	kept []Hiccup // in order of time, but for where next is
	next int      // where the next one goes if there are keptHiccups
}

// Start makes the meter note hiccups until ctx ends. Call it once.
func (m *HiccupMeter) Start(ctx context.Context) error {
	alarm, err := newAlarm()
	if err != nil {
		return fmt.Errorf("start hiccup meter: %w", err)
	}
	m.clock = NewClock()
	due := m.clock.Now() + int64(hiccupPeriod)
	if err := alarm.set(due, hiccupPeriod); err != nil {
		alarm.close()
		return fmt.Errorf("start hiccup meter: %w", err)
	}
	context.AfterFunc(ctx, func() { alarm.close() })
	go m.watch(alarm, due) // if it begins too late, that is a hiccup
	return nil
}

// watch notes hiccups until the alarm, which rings first at due, is closed.
func (m *HiccupMeter) watch(a *alarm, due int64) {
	for {
		rings, err := a.wait()
		if err != nil {
			return
		}
		m.woke(due, m.clock.Now)
		due += rings * int64(hiccupPeriod)
	}
}

// woke learns that the meter runs, and when it should have. It reads the clock
// while it holds the lock, so that who then asks for hiccups until an instant
// of the past gets all of them.
func (m *HiccupMeter) woke(due int64, clock func() int64) {
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

// Between returns the hiccups that ended after from and not after to, both on
// the host's CLOCK_MONOTONIC in nanoseconds, in order of time: those of them
// that are among the latest 1,000. The caller owns the slice; nil: none.
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
