package node

import "time"

// hostClock reads the host's monotonic clock, CLOCK_MONOTONIC on Linux, in
// nanoseconds: all processes of a host read the same. Its zero value does not
// work.
type hostClock struct {
	base   time.Time
	offset int64 // what the clock showed at base
}

// newHostClock ties Go's monotonic reading, whose zero is the process's own and
// which is quicker to have, to the host's clock.
func newHostClock() hostClock {
	base := time.Now()
	return hostClock{base: base, offset: readMonotonic()}
}

// now is the present instant.
func (c hostClock) now() int64 { return c.offset + int64(time.Since(c.base)) }
