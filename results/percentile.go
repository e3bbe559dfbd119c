package results

import (
	"fmt"
	"strconv"
	"strings"
)

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
