package bench

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// clock reads the host's monotonic clock in nanoseconds. Two processes of one
// host read the same clock; two hosts do not, and their readings are never
// compared. The reading costs what time.Since costs, half of time.Now.
type clock struct {
	base   time.Time
	offset int64
}

// ties is how often Go's clock is tied to the host's: the tightest counts, since
// between two readings the kernel can take the processor away.
const ties = 16

// newClock ties Go's monotonic reading, whose zero is each process's own, to
// the host's. The two are read within a microsecond of each other.
func newClock() (clock, error) {
	var c clock
	tightest := time.Hour
	for range ties {
		var ts unix.Timespec
		base := time.Now()
		err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
		gap := time.Since(base)
		if err != nil {
			return clock{}, fmt.Errorf("read CLOCK_MONOTONIC: %w", err)
		}
		if gap < tightest {
			tightest, c = gap, clock{base: base, offset: ts.Nano()}
		}
	}
	return c, nil
}

// now is the present instant in nanoseconds since the clock's zero.
func (c clock) now() int64 { return c.offset + int64(time.Since(c.base)) }

// cost is the median cost of one reading.
func (c clock) cost() time.Duration {
	const batches, readings = 21, 100
	var batch [batches]time.Duration
	for i := range batch {
		start := c.now()
		for range readings {
			c.now()
		}
		batch[i] = time.Duration(c.now()-start) / (readings + 1)
	}
	slices.Sort(batch[:])
	return batch[batches/2]
}
