package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// mostListed is the largest number of latencies that a histogram lists in a file. With
// more, the HDR encoding is shorter. It takes 1 ms, which is too long for the
// histograms of 10,000 clients.
const mostListed = 64

// listJSON is the form in a file of a histogram with few latencies.
type listJSON struct {
	ValuesNS []int64 `json:"values_ns"`
}

// histogramJSON is the form of any other histogram in a file. HDR is the V2 compressed
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

// MarshalJSON takes up to 1 ms; do not call it while operations are timed.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	if h.isShort() && len(h.short) <= mostListed && h.Unresolved() == 0 {
		return json.Marshal(listJSON{append([]int64{}, h.short...)})
	}
	text, err := h.EncodeHDR()
	if err != nil {
		return nil, err
	}
	return json.Marshal(histogramJSON{
		Count: h.Count(), MinNS: int64(h.Min()), MaxNS: h.max, SumNS: h.sum,
		Below: h.below, Above: h.above, HDR: text,
	})
}

// UnmarshalJSON refuses a histogram whose buckets contradict its counts or have other
// bounds, or whose exact figures contradict each other.
func (h *Histogram) UnmarshalJSON(data []byte) error {
	var j struct {
		listJSON
		histogramJSON
	}
	hdr, rest := cutHDR(data)
	if err := json.Unmarshal(rest, &j); err != nil {
		return err
	}
	if j.ValuesNS != nil {
		*h = *NewShortHistogram(len(j.ValuesNS))
		for _, v := range j.ValuesNS {
			h.Record(time.Duration(v))
		}
		return nil
	}
	if hdr == nil {
		hdr = []byte(j.HDR)
	}
	packed, inside, err := parsePacked(hdr)
	if err != nil {
		return fmt.Errorf("decode histogram: %w", err)
	}
	if j.Below < 0 || j.Above < 0 || j.Count < 0 || j.Below+inside+j.Above != j.Count {
		return fmt.Errorf("decode histogram: buckets hold %d values, %d lie below and %d above, but count is %d",
			inside, j.Below, j.Above, j.Count)
	}
	if err := j.check(); err != nil {
		return err
	}
	*h = Histogram{packed: packed, inside: inside, min: j.MinNS, max: j.MaxNS, sum: j.SumNS, below: j.Below, above: j.Above}
	if j.Count == 0 {
		h.min = math.MaxInt64
	}
	return nil
}

// cutHDR cuts the encoded buckets out of the JSON form, so that most of a record is not
// parsed as JSON a second time. hdr is nil if they are not found.
func cutHDR(data []byte) (hdr, rest []byte) {
	const key = `"hdr":"`
	start := bytes.Index(data, []byte(key)) + len(key)
	if start < len(key) {
		return nil, data
	}
	length := bytes.IndexAny(data[start:], `"\`)
	if length < 0 || data[start+length] != '"' {
		return nil, data
	}
	return data[start : start+length], slices.Concat(data[:start], data[start+length:])
}

// check checks the exact figures: the sum must lie between count × min and count × max.
func (j histogramJSON) check() error {
	const rounding = 1e-9 // of products as large as these, in floating point
	n := float64(j.Count)
	low, high := n*float64(j.MinNS), n*float64(j.MaxNS)
	slack := rounding * (math.Abs(low) + math.Abs(high))
	if sum := float64(j.SumNS); j.MinNS > j.MaxNS || sum < low-slack || sum > high+slack {
		return fmt.Errorf("decode histogram: %d values from %d to %d ns cannot have the sum %d", j.Count, j.MinNS, j.MaxNS, j.SumNS)
	}
	return nil
}
