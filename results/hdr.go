package results

import (
	"encoding/base64"
	"fmt"
	"io"
)

// EncodeHDR returns the V2 compressed encoding of the buckets in base64, which every
// HdrHistogram library reads. Latencies outside the bounds are not in it.
func (h *Histogram) EncodeHDR() (string, error) {
	if h.packed != nil {
		return base64.StdEncoding.EncodeToString(h.packed), nil
	}
	text, err := h.look().EncodeV2()
	if err != nil {
		return "", fmt.Errorf("encode histogram: %w", err)
	}
	return string(text), nil
}

// WritePercentiles writes the distribution of the buckets in milliseconds, as
// HdrHistogram's tools do: 5 lines for each halving of the distance to 100 %. Latencies
// outside the bounds are left out, and Max is the edge of a bucket.
func (h *Histogram) WritePercentiles(w io.Writer) error {
	const ticks, scale = 5, 1e6
	buckets := h.look()
	if _, err := fmt.Fprintf(w, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)"); err != nil {
		return err
	}
	for _, step := range buckets.CumulativeDistributionWithTicks(ticks) {
		quantile, inverse := step.Quantile/100, ""
		if quantile < 1 {
			inverse = fmt.Sprintf(" %14.2f", 1/(1-quantile))
		}
		if _, err := fmt.Fprintf(w, "%12.*f %2.12f %10d%s\n", digits, float64(step.ValueAt)/scale, quantile, step.Count, inverse); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "#[Mean    = %12.*f, StdDeviation   = %12.*f]\n#[Max     = %12.*f, Total count    = %12d]\n",
		digits, buckets.Mean()/scale, digits, buckets.StdDev()/scale, digits, float64(buckets.Max())/scale, buckets.TotalCount())
	return err
}
