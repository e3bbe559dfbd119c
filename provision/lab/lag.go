package lab

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// lag is a histogram of durations in buckets an eighth of a power of two wide.
// One goroutine records; any may read meanwhile. The zero value is empty.
type lag struct {
	buckets [64 * 8]atomic.Int64
	max     atomic.Int64
}

// record counts d; what is below 0 counts as 0.
func (l *lag) record(d time.Duration) {
	ns := max(int64(d), 0)
	l.buckets[bucket(ns)].Add(1)
	if ns > l.max.Load() {
		l.max.Store(ns)
	}
}

// bucket numbers the buckets: one for each of 0 to 7, then 8 for each power of
// two.
func bucket(ns int64) int {
	if ns < 8 {
		return int(ns)
	}
	power := bits.Len64(uint64(ns)) - 1 // at least 3
	return (power-2)*8 + int(ns>>(power-3)&7)
}

// edge is the smallest value above bucket i.
func edge(i int) int64 {
	i++
	if i < 8 {
		return int64(i)
	}
	return int64(8+i%8) << (i/8 - 1)
}

// quantile is a value that at least q of those recorded do not exceed, up to an
// eighth too large. It is 0 when nothing was recorded.
func (l *lag) quantile(q float64) time.Duration {
	var total, below int64
	for i := range l.buckets {
		total += l.buckets[i].Load()
	}
	for i := range l.buckets {
		below += l.buckets[i].Load()
		if below > 0 && float64(below) >= q*float64(total) {
			return time.Duration(min(edge(i)-1, l.max.Load()))
		}
	}
	return 0
}
