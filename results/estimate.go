package results

import (
	"math"
	"slices"
)

// Confidence is that of every interval in this package.
const Confidence = 0.95

// Estimate is the median of one figure over trials, with an order-statistic
// interval that holds the true median with at least [Confidence], whatever the
// distribution (Le Boudec, Performance Evaluation, 2010, section 2.2). Fewer
// than 6 trials have no such interval: Low and High are then NaN, as they are if
// High has no bound. Median is NaN if the figure is unknown in any trial.
type Estimate struct {
	Median, Low, High float64
	// AtLeast says that Median is only a lower bound, because figures of some trials
	// are.
	AtLeast bool
}

// Median estimates the median of values, which may be in any order.
func Median(values []float64) Estimate {
	figures := make([]figure, len(values))
	for i, v := range values {
		figures[i].value = v
	}
	return median(figures)
}

// figure is a number derived from one trial, possibly only a lower bound.
type figure struct {
	value   float64 // NaN: unknown
	atLeast bool
}

// median estimates the median of figures, which may be in any order.
func median(figures []figure) Estimate {
	e := Estimate{Median: math.NaN(), Low: math.NaN(), High: math.NaN()}
	// most has infinity for lower bounds.
	least, most := make([]float64, len(figures)), make([]float64, len(figures))
	for i, f := range figures {
		least[i], most[i] = f.value, f.value
		if f.atLeast {
			most[i] = math.Inf(1)
		}
	}
	n := len(figures)
	if n == 0 || slices.ContainsFunc(least, math.IsNaN) {
		return e
	}
	slices.Sort(least)
	slices.Sort(most)
	middle := func(sorted []float64) float64 { return (sorted[(n-1)/2] + sorted[n/2]) / 2 }
	e.Median, e.AtLeast = middle(least), middle(most) > middle(least)
	if k := medianRank(n); k > 0 && !math.IsInf(most[n-k], 1) {
		e.Low, e.High = least[k-1], most[n-k]
	}
	return e
}

// Point returns e without its interval.
func (e Estimate) Point() Estimate {
	e.Low, e.High = math.NaN(), math.NaN()
	return e
}

// Known reports whether the figure has a value.
func (e Estimate) Known() bool { return !math.IsNaN(e.Median) }

// HasInterval reports whether there are enough trials for an interval.
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

// Share is how many of All trials are of a kind.
type Share struct {
	Of, All int
}

// Value is the share, 0 to 1; NaN of no trials.
func (s Share) Value() float64 { return float64(s.Of) / float64(s.All) }

// Interval is the exact interval of the true share that holds it with at least
// [Confidence] (Clopper and Pearson, Biometrika 26, 1934). With a share below it, Of
// or more trials have a chance of less than 2.5 %, and with one above it Of or fewer
// do. Of no trials it is 0 to 1.
func (s Share) Interval() (low, high float64) {
	const tail = (1 - Confidence) / 2
	low, high = 0, 1
	if s.Of > 0 {
		low = bisect(func(p float64) bool { return 1-binomial(s.Of-1, s.All, p) < tail })
	}
	if s.Of < s.All {
		high = bisect(func(p float64) bool { return binomial(s.Of, s.All, p) > tail })
	}
	return low, high
}

// bisect is the value in 0 to 1 below which below holds, and above which it does not.
func bisect(below func(p float64) bool) float64 {
	low, high := 0.0, 1.0
	for range 60 { // more than a float64 resolves
		if p := (low + high) / 2; below(p) {
			low = p
		} else {
			high = p
		}
	}
	return (low + high) / 2
}

// binomial is P(Binomial(n, p) <= k) for 0 < p < 1.
func binomial(k, n int, p float64) float64 {
	choose := func(i int) float64 {
		all, _ := math.Lgamma(float64(n + 1))
		in, _ := math.Lgamma(float64(i + 1))
		out, _ := math.Lgamma(float64(n - i + 1))
		return all - in - out
	}
	var sum float64
	for i := range k + 1 {
		sum += math.Exp(choose(i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(sum, 1)
}
