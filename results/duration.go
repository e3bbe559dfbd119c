package results

import (
	"math"
	"strconv"
)

// FormatDuration formats a time in nanoseconds with the 3 digits that a histogram
// resolves, in a suitable unit: 312 ns, 41.2 µs, 1.50 ms, 61.0 s. Below 1 µs it gives
// whole nanoseconds, the resolution of clocks. NaN is a dash.
func FormatDuration(ns float64) string {
	if math.IsNaN(ns) {
		return "-"
	}
	if math.Round(ns) < 1000 {
		return strconv.FormatFloat(math.Round(ns), 'f', -1, 64) + " ns"
	}
	return inUnit(ns, 3, math.RoundToEven)
}

// FormatBound formats a lower bound in nanoseconds with 2 digits: > 4.2 s. It rounds
// down, so that the text is a lower bound too.
func FormatBound(ns float64) string { return "> " + inUnit(ns, 2, math.Floor) }

// inUnit formats ns with the given number of digits, in the unit in which the rounded
// value is in 1 to 999. Seconds have no upper limit.
func inUnit(ns float64, digits int, round func(float64) float64) string {
	names := []string{" ns", " µs", " ms", " s"}
	unit, v := 0, ns
	for unit < len(names)-1 && roundTo(v, digits, round) >= 1000 {
		unit, v = unit+1, v/1000
	}
	v = roundTo(v, digits, round)
	decimals := 0
	if v > 0 {
		decimals = max(0, digits-1-int(math.Floor(math.Log10(v))))
	}
	return strconv.FormatFloat(v, 'f', decimals, 64) + names[unit]
}

// roundTo rounds v to the given number of significant digits, but not beyond the
// units digit.
func roundTo(v float64, digits int, round func(float64) float64) float64 {
	if v <= 0 {
		return 0
	}
	scale := math.Pow10(max(digits-1-int(math.Floor(math.Log10(v))), 0))
	return round(v*scale) / scale
}
