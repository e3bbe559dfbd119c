package compare

import (
	"math"
	"slices"

	"dhtbench/results"
)

// hodgesLehmann estimates the ratio of b to a, which were not measured in pairs: the
// median of all ratios, with the interval of the rank-sum test (Hollander, Wolfe and
// Chicken, Nonparametric Statistical Methods, 2014, section 4.3). The estimate is
// unknown if any value is.
func hodgesLehmann(a, b []float64) results.Estimate {
	e := results.Estimate{Median: math.NaN(), Low: math.NaN(), High: math.NaN()}
	var ratios []float64
	for _, x := range a {
		for _, y := range b {
			ratios = append(ratios, y/x)
		}
	}
	if len(ratios) == 0 || slices.ContainsFunc(ratios, math.IsNaN) {
		return e
	}
	slices.Sort(ratios)
	n := len(ratios)
	e.Median = math.Sqrt(ratios[(n-1)/2] * ratios[n/2])
	if k := rankSumTail(len(a), len(b)); k > 0 {
		e.Low, e.High = ratios[k-1], ratios[n-k]
	}
	return e
}

// rankSumTail returns the largest k for which P(U < k) is at most (1 - Confidence) / 2.
// U is the statistic of Mann and Whitney for a and b values without a difference.
func rankSumTail(a, b int) int {
	// ways[u] is the number of choices of a from a+b ranks with U = u.
	ways := make([]float64, a*b+1)
	ways[0] = 1
	for i := 1; i <= a; i++ { // multiply by (1 - q^(b+i)) / (1 - q^i)
		for u := a * b; u >= b+i; u-- {
			ways[u] -= ways[u-b-i]
		}
		for u := i; u <= a*b; u++ {
			ways[u] += ways[u-i]
		}
	}
	total := choices(a+b, a)
	var below float64
	for k, w := range ways {
		below += w
		if below/total > (1-results.Confidence)/2 {
			return k
		}
	}
	return 0
}
