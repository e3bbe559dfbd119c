package node

import (
	"math"
	"time"
)

// hostClock reads the host's monotonic clock, CLOCK_MONOTONIC on Linux, in
// nanoseconds: all processes of a host read the same. Its zero value does not
// work.
type hostClock struct {
	base   time.Time
	offset int64 // what the clock showed at base
}

// newHostClock ties Go's monotonic reading, whose zero is the process's own and
// which is quicker to have, to the host's clock. Of several tries it takes the
// one between whose readings the least time passed: a process that is put off
// its processor between them would be wrong by that ever after.
func newHostClock() hostClock {
	const tries = 10
	var best hostClock
	closest := time.Duration(math.MaxInt64)
	for range tries {
		base := time.Now()
		offset := readMonotonic()
		if apart := time.Since(base); apart < closest {
			best, closest = hostClock{base: base, offset: offset}, apart
		}
	}
	return best
}

// now is the present instant.
func (c hostClock) now() int64 { return c.offset + int64(time.Since(c.base)) }
