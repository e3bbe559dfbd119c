package results

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// Bounds of what a [Histogram] resolves. A value outside is counted as below or above
// them. It is part of Min, Max, Sum and Count, but in no bucket.
const (
	Lowest  = time.Nanosecond
	Highest = time.Minute
	digits  = 3 // significant decimal digits of a bucket
)

// Histogram counts latencies in HDR buckets from 1 ns to 60 s with 3 significant
// digits, and keeps the exact count, sum, minimum and maximum beside them (the
// library's own maximum is the edge of a bucket). It takes 221 kB. It takes about 3 kB
// if it was read from a file and not changed since, and 8 bytes for each latency if it
// is short. It is not safe for concurrent use: give each client its own and Add them
// afterwards. Use [NewHistogram] or [NewShortHistogram]; the zero value is not usable,
// except to unmarshal into.
type Histogram struct {
	buckets *hdr.Histogram // nil while packed or short
	short   []int64        // of a short histogram, the values inside the bounds
	packed  packed         // what the histogram was read from, nil once it is added to
	inside  int64          // values in the buckets
	min     int64          // exact, ns; MaxInt64 when empty
	max     int64          // exact, ns
	sum     int64          // exact, ns
	below   int64          // values under Lowest
	above   int64          // values over Highest
}

// NewHistogram returns an empty histogram. Its memory is resident, so that recording
// causes no page fault.
func NewHistogram() *Histogram {
	h := &Histogram{buckets: hdr.New(int64(Lowest), int64(Highest), digits), min: math.MaxInt64}
	h.buckets.Reset()
	return h
}

// NewShortHistogram returns an empty histogram that takes 8 bytes for each of n
// latencies. It becomes as large as that of [NewHistogram] when more are recorded.
func NewShortHistogram(n int) *Histogram {
	h := &Histogram{short: make([]int64, n), min: math.MaxInt64}
	clear(h.short) // makes the memory resident
	h.short = h.short[:0]
	return h
}

// NewHistogramFor returns an empty histogram that takes little memory for n latencies: a
// short one, unless n is large.
func NewHistogramFor(n int) *Histogram {
	if n < shortest {
		return NewShortHistogram(n)
	}
	return NewHistogram()
}

// shortest is the number of latencies from which a short histogram is larger.
const shortest = 221 << 10 / 8

// Record counts one latency. It allocates only if the histogram was read from a file
// and not changed since, or when a short histogram becomes full.
func (h *Histogram) Record(d time.Duration) {
	v := int64(d)
	h.min = min(h.min, v)
	h.max = max(h.max, v)
	h.sum += v
	switch {
	case v < int64(Lowest):
		h.below++
	case v > int64(Highest):
		// The library would count some of these in its last bucket.
		h.above++
	default:
		h.inside++
		h.count(v)
	}
}

// RecordTimes records a latency n times.
func (h *Histogram) RecordTimes(d time.Duration, n int64) {
	for range n {
		h.Record(d)
	}
}

// count counts a value inside the bounds.
func (h *Histogram) count(v int64) {
	if h.buckets == nil {
		if len(h.short) < cap(h.short) {
			h.short = append(h.short, v)
			return
		}
		h.unpack()
	}
	h.buckets.RecordValue(v) // cannot fail inside the bounds
}

// Add adds the counts of other to h. It is exact, since both have the same buckets.
func (h *Histogram) Add(other *Histogram) {
	if h.buckets == nil {
		h.unpack()
	}
	if other.isShort() {
		for _, v := range other.short {
			h.buckets.RecordValue(v)
		}
	} else if other.packed != nil {
		other.packed.addTo(h.buckets)
	} else {
		h.buckets.Merge(other.look())
	}
	h.inside += other.inside
	h.min = min(h.min, other.min)
	h.max = max(h.max, other.max)
	h.sum += other.sum
	h.below += other.below
	h.above += other.above
}

// isShort reports whether all values inside the bounds are in h.short.
func (h *Histogram) isShort() bool { return h.buckets == nil && h.packed == nil }

// unpack prepares a packed or short histogram for changes.
func (h *Histogram) unpack() { h.buckets, h.packed, h.short = h.look(), nil, nil }

// look returns the buckets for reading.
func (h *Histogram) look() *hdr.Histogram {
	if h.buckets != nil {
		return h.buckets
	}
	buckets := hdr.New(int64(Lowest), int64(Highest), digits)
	if h.packed != nil {
		h.packed.addTo(buckets)
	}
	for _, v := range h.short {
		buckets.RecordValue(v)
	}
	return buckets
}

// Count is the number of latencies recorded, those outside the bounds included.
func (h *Histogram) Count() int64 { return h.below + h.inside + h.above }

// Unresolved is the number of latencies outside [Lowest] to [Highest].
func (h *Histogram) Unresolved() int64 { return h.below + h.above }

// Min is the exact smallest latency, 0 when empty.
func (h *Histogram) Min() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.min)
}

// Max is the exact largest latency, 0 when empty.
func (h *Histogram) Max() time.Duration { return time.Duration(h.max) }

// Sum is the exact sum of all latencies.
func (h *Histogram) Sum() time.Duration { return time.Duration(h.sum) }

// Mean is the exact mean latency in nanoseconds, 0 when empty.
func (h *Histogram) Mean() float64 {
	if h.Count() == 0 {
		return 0
	}
	return float64(h.sum) / float64(h.Count())
}

// Quantile returns the smallest latency v such that at least a share q of the
// latencies are <= v, to 3 significant digits (the upper edge of v's bucket,
// but never above Max). q is in 0 to 1. It returns 0 for an empty histogram.
func (h *Histogram) Quantile(q float64) time.Duration { return h.atRank(rank(q, h.Count())) }

// rank returns the rank, from 1, of the quantile q of n values in ascending order.
func rank(q float64, n int64) int64 {
	// The product of a quantile and a count may be rounded up above an integer: 0.55 x
	// 100 is above 55. The bias is far smaller than the distance to the next rank.
	const bias = 1e-15
	return max(1, int64(math.Ceil(q*float64(n)*(1-bias))))
}

// beyond reports whether the latency of the given rank is not resolved because it
// is above [Highest], or there are fewer latencies.
func (h *Histogram) beyond(rank int64) bool { return rank > h.below+h.inside }

// atRank returns the latency of the given rank; 1 is the smallest. Of the latencies
// outside the bounds only the extremes are known.
func (h *Histogram) atRank(rank int64) time.Duration {
	n := h.inside
	switch {
	case h.Count() == 0:
		return 0
	case rank <= h.below:
		return h.Min()
	case rank > h.below+n:
		return h.Max()
	}
	// The library rounds p/100*n to the nearest rank, so this asks for an exact one.
	v := h.look().ValueAtPercentile(100 * float64(rank-h.below) / float64(n))
	return time.Duration(min(max(v, h.min), h.max))
}

// Bucket is one step of a cumulative distribution: Share of all latencies are
// at most Value.
type Bucket struct {
	Value time.Duration
	Share float64 // 0 to 1
}

// Cumulative returns the distribution in ascending order, one entry for each
// non-empty bucket, the last with Share 1. It leaves out latencies outside the bounds.
func (h *Histogram) Cumulative() []Bucket {
	var steps []Bucket
	var seen int64
	for _, bar := range h.look().Distribution() {
		if bar.Count == 0 {
			continue
		}
		seen += bar.Count
		v := time.Duration(min(bar.To, h.max))
		steps = append(steps, Bucket{Value: v, Share: float64(seen) / float64(h.inside)})
	}
	return steps
}

// ParsePercentile parses the name of a percentile between p0 and p100, such as p50 or
// p99.9, and returns its quantile, such as 0.5 or 0.999. The quantile is the float64
// nearest to the decimal number; 99.9/100 is not, and would select the next rank.
func ParsePercentile(name string) (quantile float64, err error) {
	number, ok := strings.CutPrefix(name, "p")
	if ok && strings.Trim(number, "0123456789.") == "" {
		quantile, err = strconv.ParseFloat(number+"e-2", 64)
	}
	if !ok || err != nil || !(quantile > 0 && quantile < 1) {
		return 0, fmt.Errorf("percentile %q: must be p and a number between 0 and 100, such as p99.9", name)
	}
	return quantile, nil
}

// PercentileName is the inverse of [ParsePercentile]: p99.9 for 0.999.
func PercentileName(quantile float64) string {
	digits := strconv.FormatFloat(quantile, 'f', -1, 64)
	percent, err := strconv.ParseFloat(digits+"e2", 64)
	if err != nil { // NaN and infinities
		return "p" + digits
	}
	return "p" + strconv.FormatFloat(percent, 'f', -1, 64)
}

// samplesAbove is the number of latencies that must lie above a percentile for it to
// be printed.
const samplesAbove = 10

// Supports reports whether h has enough latencies for quantile q: at least 10 above
// it.
func (h *Histogram) Supports(q float64) bool {
	return (1-q)*float64(h.Count()) >= samplesAbove-1e-6
}
