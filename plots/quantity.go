package plots

import (
	"math"
	"strconv"
	"strings"

	"dhtbench/results"
)

// unknown is the text of a number that the sample does not support.
const unknown = "–"

// unit is a unit of time.
type unit struct {
	name string
	ns   float64
}

// units lists the units of time from the shortest.
func units() []unit {
	return []unit{{"ns", 1}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}}
}

// unitFor returns the unit in which ns, rounded to 3 digits, is in 1 to 999.
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

// floor rounds v > 0 down to the given number of significant digits.
func floor(v float64, digits int) float64 {
	scale := math.Pow10(digits - 1 - int(math.Floor(math.Log10(v))))
	return math.Floor(v*scale) / scale
}

// number formats v with 3 significant digits, without exponent and with commas between
// thousands: 0.0412, 41.2, 24,600. NaN is unknown.
func number(v float64) string { return digits(v, 3) }

// digits formats v as number does, with n significant digits.
func digits(v float64, n int) string {
	if math.IsNaN(v) {
		return unknown
	}
	v = round(v, n)
	// Decimals for n digits in all; none for longer numbers.
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

// duration formats ns nanoseconds in a suitable unit, such as 41.2 µs.
func duration(ns float64) string {
	if math.IsNaN(ns) {
		return unknown
	}
	return results.FormatDuration(ns)
}

// span formats the range from low to high, already divided by their unit, or one number
// if both have the same text.
func span(low, high float64, write func(float64) string) string {
	if a, b := write(low), write(high); a != b {
		return a + "–" + b
	}
	return write(low)
}

// plural formats n with a noun: 1 core, 2 cores.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return whole(int64(n)) + " " + noun + "s"
}

// list joins words: put, get and del.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// capital returns s with a capital first letter.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// tickDuration labels a time axis; v is in nanoseconds.
func tickDuration(v float64) string {
	if v == 0 {
		return "0"
	}
	u := unitFor(v)
	return commas(strconv.FormatFloat(round(v/u.ns, 3), 'f', -1, 64)) + " " + u.name
}

// tickNumber labels an axis of plain numbers.
func tickNumber(v float64) string {
	return commas(strconv.FormatFloat(round(v, 3), 'f', -1, 64))
}

// escape makes text safe in Markdown.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
