package results

import (
	"math"
	"slices"
)

// Confidence of every interval in this package.
const Confidence = 0.95

// Estimate is the median of one figure over trials, with an order-statistic
// interval that holds the true median with at least [Confidence], whatever the
// distribution (Le Boudec, Performance Evaluation, 2010, section 2.2). Fewer
// than 6 trials have no such interval: Low and High are then NaN. Median is NaN
// when the figure is not known of every trial.
type Estimate struct {
	Median, Low, High float64
}

// Median estimates the median of values, which may be in any order.
func Median(values []float64) Estimate {
	nan := math.NaN()
	if len(values) == 0 || slices.ContainsFunc(values, math.IsNaN) {
		return Estimate{nan, nan, nan}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	e := Estimate{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Low: nan, High: nan}
	if k := medianRank(n); k > 0 {
		e.Low, e.High = sorted[k-1], sorted[n-k]
	}
	return e
}

// Known reports whether the figure has a value at all.
func (e Estimate) Known() bool { return !math.IsNaN(e.Median) }

// HasInterval reports whether there were trials enough for an interval.
func (e Estimate) HasInterval() bool { return !math.IsNaN(e.Low) }

// medianRank returns the largest k such that the k-th smallest and k-th largest
// of n values enclose the median with at least Confidence, 0 if there is none:
// the chance of a miss on one side is P(Binomial(n, 1/2) < k).
func medianRank(n int) int {
	term := math.Pow(0.5, float64(n)) // P(Binomial(n, 1/2) = 0)
	var below float64
	for k := 0; k < n; k++ {
		below += term
		if 2*below > 1-Confidence {
			return k
		}
		term *= float64(n-k) / float64(k+1)
	}
	return 0
}
