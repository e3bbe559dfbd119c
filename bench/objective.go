package bench

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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
	number, isPercentile := strings.CutPrefix(strings.TrimSpace(percentile), "p")
	p, err1 := strconv.ParseFloat(number, 64)
	d, err2 := time.ParseDuration(strings.TrimSpace(bound))
	if !found || !isPercentile || err1 != nil || err2 != nil || !(p > 0 && p < 100) || d <= 0 {
		return fmt.Errorf("objective %q: want a percentile and a time, as p99<1ms", text)
	}
	*o = Objective{Quantile: p / 100, Bound: d}
	return nil
}

// String is the objective as it is written.
func (o Objective) String() string {
	return fmt.Sprintf("p%s<%v", strconv.FormatFloat(100*o.Quantile, 'g', 6, 64), o.Bound)
}

func (o Objective) set() bool { return o != Objective{} }
