package bench

import (
	"fmt"
	"strings"
	"time"

	"dhtbench/results"
)

// Objective is a bound on a percentile of response time, written "p99<1ms". The
// zero value is none.
type Objective struct {
	Quantile float64       // in 0 to 1
	Bound    time.Duration // the percentile must lie below
}

// UnmarshalText reads such a text.
func (o *Objective) UnmarshalText(text []byte) error {
	percentile, bound, found := strings.Cut(string(text), "<")
	quantile, err1 := results.ParsePercentile(strings.TrimSpace(percentile))
	d, err2 := time.ParseDuration(strings.TrimSpace(bound))
	if !found || err1 != nil || err2 != nil || d <= 0 {
		return fmt.Errorf("objective %q: want a percentile and a time, as p99<1ms", text)
	}
	*o = Objective{Quantile: quantile, Bound: d}
	return nil
}

// String is the objective as it is written.
func (o Objective) String() string {
	return fmt.Sprintf("%s<%v", results.PercentileName(o.Quantile), o.Bound)
}

func (o Objective) set() bool { return o != Objective{} }
