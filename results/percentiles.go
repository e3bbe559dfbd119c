package results

import (
	"slices"
	"strings"
)

// Percentiles is a list of quantiles, ascending and without duplicates. Its text is
// "p50,p95,p99.9". The zero value is empty.
type Percentiles []float64

// UnmarshalText reads such a text.
func (p *Percentiles) UnmarshalText(text []byte) error {
	var all Percentiles
	for name := range strings.SplitSeq(string(text), ",") {
		q, err := ParsePercentile(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		all = append(all, q)
	}
	slices.Sort(all)
	*p = slices.Compact(all)
	return nil
}
