package node

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A Clock's reading lies between two readings of CLOCK_MONOTONIC around it.
func TestClock(t *testing.T) {
	read := func() int64 {
		var ts unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
			t.Fatal(err)
		}
		return ts.Nano()
	}
	const slack = int64(50 * time.Microsecond) // of the tie
	clock := NewClock()
	before := read()
	now := clock.Now()
	after := read()
	if now < before-slack || now > after+slack {
		t.Errorf("clock shows %d, CLOCK_MONOTONIC %d before and %d after", now, before, after)
	}
	if cost := clock.Cost(); cost <= 0 || cost > time.Millisecond {
		t.Errorf("a reading costs %v, want between 1 ns and 1 ms", cost)
	}
}
