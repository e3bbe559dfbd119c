package node

import (
	"math"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Clock reads the host's CLOCK_MONOTONIC. All processes of one host read the
// same clock; readings of two hosts are not comparable. A copy reads the same
// clock; it is safe for concurrent use. The zero value does not work: use
// NewClock.
type Clock struct {
	base   time.Time
	offset int64 // what the clock showed at base
}

// NewClock returns the host's clock.
//
// It ties Go's monotonic time, whose zero differs between processes and which
// is quicker to read, to the host's clock. Of several tries it keeps the one
// with the least time between the two readings: the kernel can take the
// processor away in between, and all readings would be wrong by that.
func NewClock() Clock {
	const tries = 16
	var best Clock
	closest := time.Duration(math.MaxInt64)
	for range tries {
		var ts unix.Timespec
		base := time.Now()
		err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
		apart := time.Since(base)
		if err != nil {
			panic("read CLOCK_MONOTONIC: " + err.Error()) // every Unix has it
		}
		if apart < closest {
			best, closest = Clock{base: base, offset: ts.Nano()}, apart
		}
	}
	return best
}

// Now returns the present instant in nanoseconds.
func (c Clock) Now() int64 { return c.offset + int64(time.Since(c.base)) }

// Cost measures how long one Now takes: the median of several batches. It runs
// for about 0.1 ms.
func (c Clock) Cost() time.Duration {
	const batches, readings = 21, 100
	var batch [batches]time.Duration
	for i := range batch {
		start := c.Now()
		for range readings {
			c.Now()
		}
		batch[i] = time.Duration(c.Now()-start) / (readings + 1)
	}
	slices.Sort(batch[:])
	return batch[batches/2]
}
