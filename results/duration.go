package results

import (
	"fmt"
	"math"
	"strconv"
	"strings"
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

// FormatEstimate formats the median of times in nanoseconds with its interval, in one
// unit: 344 µs [322, 399]. A lower bound has no interval.
func FormatEstimate(e Estimate) string {
	if e.AtLeast {
		return FormatBound(e.Median)
	}
	text := FormatDuration(e.Median)
	if !e.HasInterval() {
		return text
	}
	_, unit, _ := strings.Cut(text, " ")
	scale := map[string]float64{"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[unit]
	part := func(ns float64) string { return plain(roundTo(ns/scale, 3, math.RoundToEven), 3) }
	return fmt.Sprintf("%s [%s, %s]", text, part(e.Low), part(e.High))
}

// inUnit formats ns with the given number of digits, in the unit in which the rounded
// value is in 1 to 999. Seconds have no upper limit.
func inUnit(ns float64, digits int, round func(float64) float64) string {
	names := []string{" ns", " µs", " ms", " s"}
	unit, v := 0, ns
	for unit < len(names)-1 && roundTo(v, digits, round) >= 1000 {
		unit, v = unit+1, v/1000
	}
	return plain(roundTo(v, digits, round), digits) + names[unit]
}

// plain formats a rounded number with the given number of digits, or with more if its
// integer part is longer.
func plain(v float64, digits int) string {
	decimals := 0
	if v > 0 {
		decimals = max(0, digits-1-int(math.Floor(math.Log10(v))))
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
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
