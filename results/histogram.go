package results

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// Bounds of what a [Histogram] resolves. A value outside is counted as below or
// above them and still enters Min, Max, Sum and Count, but not the buckets.
const (
	Lowest  = time.Nanosecond
	Highest = time.Minute
	digits  = 3 // significant decimal digits of a bucket
)

// Histogram counts latencies in HDR buckets from 1 ns to 60 s with 3
// significant digits, and keeps the exact count, sum, minimum and maximum
// beside them (the library's own maximum is the edge of a bucket). It takes
// 221 kB. It is not safe for concurrent use: give each client its own and Add
// them afterwards. Use [NewHistogram]; the zero value is not usable, except to
// unmarshal into.
type Histogram struct {
	buckets *hdr.Histogram
	min     int64 // exact, ns; MaxInt64 when empty
	max     int64 // exact, ns
	sum     int64 // exact, ns
	below   int64 // values under Lowest
	above   int64 // values over Highest
}

// NewHistogram returns an empty histogram.
func NewHistogram() *Histogram {
	return &Histogram{buckets: hdr.New(int64(Lowest), int64(Highest), digits), min: math.MaxInt64}
}

// Record counts one latency. It allocates nothing.
func (h *Histogram) Record(d time.Duration) {
	v := int64(d)
	h.min = min(h.min, v)
	h.max = max(h.max, v)
	h.sum += v
	switch {
	case v < int64(Lowest):
		h.below++
	case v > int64(Highest) || h.buckets.RecordValue(v) != nil:
		// The library would take some of these into its last bucket.
		h.above++
	}
}

// Add adds all that other counted to h. Nothing is lost: both have the same
// buckets.
func (h *Histogram) Add(other *Histogram) {
	h.buckets.Merge(other.buckets)
	h.min = min(h.min, other.min)
	h.max = max(h.max, other.max)
	h.sum += other.sum
	h.below += other.below
	h.above += other.above
}

// Count is the number of latencies recorded, those outside the bounds included.
func (h *Histogram) Count() int64 { return h.below + h.buckets.TotalCount() + h.above }

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
func (h *Histogram) Quantile(q float64) time.Duration {
	return h.atRank(int64(math.Ceil(q * float64(h.Count()))))
}

// atRank returns the latency of the given rank, 1 being the smallest. Of the
// latencies outside the bounds only the extremes are known.
func (h *Histogram) atRank(rank int64) time.Duration {
	n := h.buckets.TotalCount()
	switch rank = max(rank, 1); {
	case h.Count() == 0:
		return 0
	case rank <= h.below:
		return h.Min()
	case rank > h.below+n:
		return h.Max()
	}
	// The library rounds p/100*n to the nearest rank, so ask for a whole one.
	v := h.buckets.ValueAtPercentile(100 * float64(rank-h.below) / float64(n))
	return time.Duration(min(max(v, h.min), h.max))
}

// Bucket is one step of a cumulative distribution: Share of all latencies are
// at most Value.
type Bucket struct {
	Value time.Duration
	Share float64 // 0 to 1
}

// Cumulative returns the distribution in rising order, one entry for each
// non-empty step, the last with Share 1. It leaves out latencies outside the
// bounds.
func (h *Histogram) Cumulative() []Bucket {
	var steps []Bucket
	var seen int64
	for _, bar := range h.buckets.Distribution() {
		if bar.Count == 0 {
			continue
		}
		seen += bar.Count
		v := time.Duration(min(bar.To, h.max))
		steps = append(steps, Bucket{Value: v, Share: float64(seen) / float64(h.buckets.TotalCount())})
	}
	return steps
}

// histogramJSON is the form of a histogram in a file. HDR is the V2 compressed
// encoding in base64, which every HdrHistogram library reads.
type histogramJSON struct {
	Count int64  `json:"count"`
	MinNS int64  `json:"min_ns"`
	MaxNS int64  `json:"max_ns"`
	SumNS int64  `json:"sum_ns"`
	Below int64  `json:"below"` // under 1 ns
	Above int64  `json:"above"` // over 60 s
	HDR   string `json:"hdr"`
}

// MarshalJSON takes about 1 ms: keep it off the measured path.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	text, err := h.buckets.EncodeV2()
	if err != nil {
		return nil, fmt.Errorf("encode histogram: %w", err)
	}
	return json.Marshal(histogramJSON{
		Count: h.Count(), MinNS: int64(h.Min()), MaxNS: h.max, SumNS: h.sum,
		Below: h.below, Above: h.above, HDR: string(text),
	})
}

// UnmarshalJSON refuses a histogram whose buckets disagree with its counts or
// were made with other bounds.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var j histogramJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	decoded, err := hdr.Decode([]byte(j.HDR))
	if err != nil {
		return fmt.Errorf("decode histogram: %w", err)
	}
	*h = *NewHistogram()
	if decoded.SignificantFigures() != digits || decoded.HighestTrackableValue() != h.buckets.HighestTrackableValue() {
		return fmt.Errorf("decode histogram: %d digits up to %d ns, want %d up to %d",
			decoded.SignificantFigures(), decoded.HighestTrackableValue(), digits, h.buckets.HighestTrackableValue())
	}
	if dropped := h.buckets.Merge(decoded); dropped != 0 {
		return fmt.Errorf("decode histogram: %d values out of range", dropped)
	}
	h.max, h.sum, h.below, h.above = j.MaxNS, j.SumNS, j.Below, j.Above
	if j.Count > 0 {
		h.min = j.MinNS
	}
	if h.Count() != j.Count || j.Below < 0 || j.Above < 0 {
		return fmt.Errorf("decode histogram: buckets hold %d values, %d lie below and %d above, but count is %d",
			h.buckets.TotalCount(), j.Below, j.Above, j.Count)
	}
	return nil
}
