package results

import "math"

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
