package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dhtbench/results"
)

// maxClients bounds the number of clients of a trial.
const maxClients = 10000

// clientCounts is a list of numbers of clients, ascending and without duplicates,
// written as numbers and ranges: "1-8" or "1,2,4-6".
type clientCounts []int

// UnmarshalText reads such a list.
func (c *clientCounts) UnmarshalText(text []byte) error {
	var counts []int
	for part := range strings.SplitSeq(string(text), ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("number of clients %q: must be numbers and ranges such as 1-8 or 1,2,4", part)
		}
		if from < 1 || to < from || to > maxClients {
			return fmt.Errorf("number of clients %q: must be 1 to %d, the smaller number first", part, maxClients)
		}
		for n := from; n <= to; n++ {
			counts = append(counts, n)
		}
	}
	slices.Sort(counts)
	*c = slices.Compact(counts)
	return nil
}

// rates is a list of offered rates, written as numbers and ranges with a step:
// "5000", "1000-20000:1000" or "500,1000-5000:1000". Rates are of all clients
// together, or of each client with the suffix "/client". The zero value means a
// closed loop.
type rates struct {
	each      []float64 // operations per second, ascending, without duplicates
	perClient bool      // each client offers the rate
}

// of returns the rates of all clients together, given their number.
func (r rates) of(clients int) []float64 {
	if !r.perClient {
		return r.each
	}
	total := slices.Clone(r.each)
	for i := range total {
		total[i] = plain(total[i] * float64(clients))
	}
	return total
}

// maxRates bounds the length of a list.
const maxRates = 1000

// UnmarshalText reads such a list.
func (r *rates) UnmarshalText(text []byte) error {
	var all []float64
	list, perClient := strings.CutSuffix(string(text), "/client")
	for part := range strings.SplitSeq(list, ",") {
		some, err := parseRates(strings.TrimSpace(part))
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.Sort(all)
	*r = rates{each: slices.Compact(all), perClient: perClient}
	return nil
}

// parseRates reads one rate, or a range with a step.
func parseRates(text string) ([]float64, error) {
	bounds, stepText, hasStep := strings.Cut(text, ":")
	low, high := cutRange(bounds)
	from, err1 := strconv.ParseFloat(low, 64)
	to, err2 := from, error(nil)
	if high != "" {
		to, err2 = strconv.ParseFloat(high, 64)
	}
	step, err3 := 1.0, error(nil)
	if hasStep {
		step, err3 = strconv.ParseFloat(stepText, 64)
	}
	if err1 != nil || err2 != nil || err3 != nil || (high != "") != hasStep {
		return nil, fmt.Errorf("rate %q: must be operations per second, such as 5000 or 1000-20000:1000", text)
	}
	if !(from > 0) || !(to >= from) || !(to <= maxRate) || !(step > 0) || (to-from)/step >= maxRates {
		return nil, fmt.Errorf("rate %q: must be above 0 and at most %d, the smaller number first, in at most %d steps", text, maxRate, maxRates)
	}
	var all []float64
	for i := 0; from+float64(i)*step <= to+step*1e-9; i++ {
		all = append(all, plain(from+float64(i)*step))
	}
	return all, nil
}

// cutRange splits a range at its hyphen, ignoring that of an exponent. high is
// empty for a single number.
func cutRange(text string) (low, high string) {
	for i := 1; i < len(text); i++ {
		if text[i] == '-' && text[i-1] != 'e' && text[i-1] != 'E' {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// plain rounds x to 12 digits to remove errors of decimal fractions: 0.3 for
// 0.30000000000000004.
func plain(x float64) float64 {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64) // its own text always reads
	return x
}

// extent limits a phase to a number of operations, a time, or both; the first limit
// reached ends it. It is written "1000", "2s" or "1000,2s".
type extent struct {
	operations int           // 0: no limit
	duration   time.Duration // 0: no limit
}

// UnmarshalText reads such a text.
func (e *extent) UnmarshalText(text []byte) error {
	parsed := extent{}
	var counted, timed bool
	for part := range strings.SplitSeq(string(text), ",") {
		n, err1 := strconv.Atoi(part)
		d, err2 := time.ParseDuration(part)
		switch {
		case err1 == nil && !counted:
			parsed.operations, counted = n, true
		case err2 == nil && !timed:
			parsed.duration, timed = d, true
		default:
			return fmt.Errorf("%q: must be a number of operations, a time, or both, such as 1000, 2s or 1000,2s", text)
		}
	}
	*e = parsed
	return nil
}

// objective is a bound on a percentile of response time, written "p99<1ms". The
// zero value is none.
type objective struct {
	quantile float64       // in 0 to 1
	bound    time.Duration // the percentile must lie below
}

// UnmarshalText reads such a text.
func (o *objective) UnmarshalText(text []byte) error {
	percentile, bound, found := strings.Cut(string(text), "<")
	quantile, err1 := results.ParsePercentile(strings.TrimSpace(percentile))
	d, err2 := time.ParseDuration(strings.TrimSpace(bound))
	if !found || err1 != nil || err2 != nil || d <= 0 {
		return fmt.Errorf("objective %q: must be a percentile and a time, such as p99<1ms", text)
	}
	*o = objective{quantile: quantile, bound: d}
	return nil
}

// String is the objective as it is written.
func (o objective) String() string {
	return fmt.Sprintf("%s<%v", results.PercentileName(o.quantile), o.bound)
}

func (o objective) set() bool { return o != objective{} }

// percentage is a share, above 0 and at most 1, written "2%". 0 means that none is
// given.
type percentage float64

// UnmarshalText reads such a text.
func (p *percentage) UnmarshalText(text []byte) error {
	number, found := strings.CutSuffix(string(text), "%")
	v, err := strconv.ParseFloat(number, 64)
	if !found || err != nil || !(v > 0 && v <= 100) {
		return fmt.Errorf("percentage %q: must be above 0%% and at most 100%%, such as 2%%", text)
	}
	*p = percentage(v / 100)
	return nil
}
