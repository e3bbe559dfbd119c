package node

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// serialTable is a fault that a node can inject: a Table that does one operation at a
// time, over all connections, and takes a fixed time for each. So it can do no more
// than 1/each operations per second, and the queue at a higher rate can be computed.
// Operations that wait have no particular order. A timed request counts the wait as
// work.
type serialTable struct {
	table Table
	each  time.Duration
	clock Clock

	mu    sync.Mutex // held by the operation in progress
	alarm *alarm
}

// newSerialTable returns a serialTable in which operations take no time after ctx is
// done.
func newSerialTable(ctx context.Context, table Table, each time.Duration) (*serialTable, error) {
	alarm, err := newAlarm(ctx)
	if err != nil {
		return nil, fmt.Errorf("service time: %w", err)
	}
	return &serialTable{table: table, each: each, clock: NewClock(), alarm: alarm}, nil
}

func (t *serialTable) Put(key, value []byte) {
	defer t.end(t.begin())
	t.table.Put(key, value)
}

func (t *serialTable) AppendValue(dst, key []byte) ([]byte, bool) {
	defer t.end(t.begin())
	return t.table.AppendValue(dst, key)
}

func (t *serialTable) Del(key []byte) bool {
	defer t.end(t.begin())
	return t.table.Del(key)
}

// begin waits for the end of other operations, and returns when this one began.
func (t *serialTable) begin() int64 {
	t.mu.Lock()
	return t.clock.Now()
}

// early is how long before the end of an operation the alarm rings, since alarms are
// late by tens of microseconds. The rest of the time is spent spinning.
const early = 100 * time.Microsecond

// end waits until the operation has taken its time.
func (t *serialTable) end(begun int64) {
	defer t.mu.Unlock()
	over := begun + int64(t.each)
	if t.each > early {
		if t.alarm.set(over-int64(early), 0) != nil {
			return
		}
		if _, err := t.alarm.wait(); err != nil { // ctx is done
			return
		}
	}
	for t.clock.Now() < over {
	}
}
