package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Rates is a list of offered rates, written as numbers and ranges with a step:
// "5000" or "1000-20000:1000" or "500,1000-5000:1000", of all clients together,
// or of each where "/client" follows. The zero value is a closed loop.
type Rates struct {
	Each      []float64 // operations per second, rising, without repetition
	PerClient bool      // each client offers the rate
}

// of returns the rates that so many clients offer together.
func (r Rates) of(clients int) []float64 {
	if !r.PerClient {
		return r.Each
	}
	total := slices.Clone(r.Each)
	for i := range total {
		total[i] *= float64(clients)
	}
	return total
}

// maxRates bounds the length of a list.
const maxRates = 1000

// UnmarshalText reads such a list.
func (r *Rates) UnmarshalText(text []byte) error {
	var rates []float64
	list, perClient := strings.CutSuffix(string(text), "/client")
	for part := range strings.SplitSeq(list, ",") {
		bounds, stepText, hasStep := strings.Cut(strings.TrimSpace(part), ":")
		low, high, isRange := strings.Cut(bounds, "-")
		if !isRange {
			high = low
		}
		from, err1 := strconv.ParseFloat(low, 64)
		to, err2 := strconv.ParseFloat(high, 64)
		step, err3 := 1.0, error(nil)
		if hasStep {
			step, err3 = strconv.ParseFloat(stepText, 64)
		}
		if err1 != nil || err2 != nil || err3 != nil || isRange != hasStep {
			return fmt.Errorf("rate %q: want operations per second, as 5000 or 1000-20000:1000", part)
		}
		if !(from > 0) || !(to >= from) || !(to <= maxRate) || !(step > 0) || (to-from)/step >= maxRates {
			return fmt.Errorf("rate %q: want more than 0 and at most %d, the smaller number first, in at most %d steps", part, maxRate, maxRates)
		}
		for i := 0; from+float64(i)*step <= to+step*1e-9; i++ {
			rates = append(rates, from+float64(i)*step)
		}
	}
	slices.Sort(rates)
	*r = Rates{Each: slices.Compact(rates), PerClient: perClient}
	return nil
}
