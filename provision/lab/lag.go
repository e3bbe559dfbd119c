package lab

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// lag is a histogram of durations with 8 buckets for each power of two. One
// goroutine may record while others read. The zero value is empty.
type lag struct {
	buckets [64 * 8]atomic.Int64
	max     atomic.Int64
}

// record adds d, or 0 if d is negative.
func (l *lag) record(d time.Duration) {
	ns := max(int64(d), 0)
	l.buckets[bucket(ns)].Add(1)
	if ns > l.max.Load() {
		l.max.Store(ns)
	}
}

// bucket returns the index of a value's bucket. The values 0 to 7 have one each.
func bucket(ns int64) int {
	if ns < 8 {
		return int(ns)
	}
	power := bits.Len64(uint64(ns)) - 1 // at least 3
	return (power-2)*8 + int(ns>>(power-3)&7)
}

// edge returns the smallest value above bucket i.
func edge(i int) int64 {
	i++
	if i < 8 {
		return int64(i)
	}
	return int64(8+i%8) << (i/8 - 1)
}

// quantile returns the smallest recorded value that is not below a part q of the
// values, rounded up by at most an eighth. It is 0 for an empty histogram.
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
