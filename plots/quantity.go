package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"dhtbench/results"
)

// unknown stands in text for a number that the sample does not support.
const unknown = "–"

// unit is a unit of time: its key in a marker, its name in text, and its length.
type unit struct {
	key, name string
	ns        float64
}

// units lists the units of time from the shortest.
func units() []unit {
	return []unit{{"ns", "ns", 1}, {"us", "µs", 1e3}, {"ms", "ms", 1e6}, {"s", "s", 1e9}}
}

// unitFor is the unit in which ns nanoseconds, once rounded to 3 digits, has a
// whole part of 1 to 999.
func unitFor(ns float64) unit {
	all := units()
	best := all[0]
	for _, u := range all[1:] {
		if round(ns, 3) >= u.ns {
			best = u
		}
	}
	return best
}

// unitNamed finds a unit by its key.
func unitNamed(key string) (unit, error) {
	for _, u := range units() {
		if u.key == key {
			return u, nil
		}
	}
	return unit{}, fmt.Errorf("unit %q: want ns, us, ms or s", key)
}

// round rounds v to the given number of significant digits.
func round(v float64, digits int) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits-1, 64), 64)
	if err != nil {
		return v
	}
	return rounded
}

// number writes v with 3 significant digits, never in exponents, and with commas
// between thousands: 0.0412, 41.2, 24,600. A NaN is written as unknown.
func number(v float64) string { return digits(v, 3) }

// digits is number with n significant digits.
func digits(v float64, n int) string {
	if math.IsNaN(v) {
		return unknown
	}
	v = round(v, n)
	// So many that n digits are shown; none for numbers longer than that.
	decimals := 0
	if v != 0 {
		decimals = max(0, n-1-int(math.Floor(math.Log10(math.Abs(v)))))
	}
	return commas(strconv.FormatFloat(v, 'f', decimals, 64))
}

// whole writes an integer with commas between thousands.
func whole(n int64) string { return commas(strconv.FormatInt(n, 10)) }

// commas puts commas between the thousands of a decimal number.
func commas(s string) string {
	integer, fraction, hasFraction := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(integer, "-") {
		sign, integer = "-", integer[1:]
	}
	for i := len(integer) - 3; i > 0; i -= 3 {
		integer = integer[:i] + "," + integer[i:]
	}
	if hasFraction {
		return sign + integer + "." + fraction
	}
	return sign + integer
}

// duration writes ns nanoseconds in the unit that suits, as 41.2 µs.
func duration(ns float64) string {
	if math.IsNaN(ns) {
		return unknown
	}
	return results.FormatDuration(ns)
}

// span writes the smallest and largest of numbers already divided by their unit,
// or one number where the two read the same.
func span(low, high float64, write func(float64) string) string {
	if a, b := write(low), write(high); a != b {
		return a + "–" + b
	}
	return write(low)
}

// plural writes n of a noun: 1 core, 2 cores.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return whole(int64(n)) + " " + noun + "s"
}

// list joins words as prose does: put, get and del.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// capital is s as a sentence begins.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// nan is the number that is not known.
func nan() float64 { return math.NaN() }
