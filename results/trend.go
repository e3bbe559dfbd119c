package results

import (
	"math"
	"slices"
)

// mannKendall is the statistic of Mann and Kendall's test for a trend, corrected
// for ties: without a trend it is about standard normal, above 0 it rises
// (Kendall, Rank Correlation Methods, 1975). It assumes no distribution, so one
// slow interval weighs no more than a slightly slow one. It is 0 where all values
// are equal.
func mannKendall(values []float64) float64 {
	var s float64
	for i, a := range values {
		for _, b := range values[i+1:] {
			switch {
			case b > a:
				s++
			case b < a:
				s--
			}
		}
	}
	n := float64(len(values))
	variance := n * (n - 1) * (2*n + 5)
	sorted := slices.Sorted(slices.Values(values))
	for len(sorted) > 0 {
		ties := 1
		for ties < len(sorted) && sorted[ties] == sorted[0] {
			ties++
		}
		t := float64(ties)
		variance -= t * (t - 1) * (2*t + 5)
		sorted = sorted[ties:]
	}
	if s == 0 || variance <= 0 {
		return 0
	}
	return (s - math.Copysign(1, s)) / math.Sqrt(variance/18)
}

// change is how much larger the mean of the second half of values is than that of
// the first, as a share of the first.
func change(values []float64) float64 {
	mean := func(part []float64) float64 {
		var sum float64
		for _, v := range part {
			sum += v
		}
		return sum / float64(len(part))
	}
	half := len(values) / 2
	return mean(values[len(values)-half:])/mean(values[:half]) - 1
}
