package results

import (
	"math"
	"slices"
)

// AndersonDarling is the statistic A2 of Anderson and Darling's test that
// intervals are exponential with the given mean, which was known beforehand and
// not estimated from them (Stephens, EDF Statistics for Goodness of Fit, 1974,
// case 0). It weighs the ends of the distribution, where a generator that cannot
// send twice in a row, or pauses, is found out. Chance exceeds 2.49 once in
// 20 times, 3.86 once in 100 and 5.97 once in 1,000, whatever the number of
// intervals from about 5 on. It is 0 without intervals, and does not change them.
func AndersonDarling(intervalsNS []int64, meanNS float64) float64 {
	if len(intervalsNS) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(intervalsNS))
	n := len(sorted)
	// x is an interval in means. Clocks tick: one of 0 is taken for half a
	// nanosecond, or its logarithm would decide alone.
	x := func(i int) float64 { return max(float64(sorted[i]), 0.5) / meanNS }
	var sum float64
	for i := range n {
		// ln F(x) + ln(1 - F(y)), F being 1 - exp(-x).
		sum += float64(2*i+1) * (math.Log(-math.Expm1(-x(i))) - x(n-1-i))
	}
	return -float64(n) - sum/float64(n)
}

// andersonTail is the chance that A2 of many intervals is larger (Marsaglia and
// Marsaglia, Evaluating the Anderson-Darling Distribution, 2004, adinf, good to
// 6 digits).
func andersonTail(a2 float64) float64 {
	z := a2
	switch {
	case z <= 0:
		return 1
	case z < 2:
		return 1 - math.Exp(-1.2337141/z)/math.Sqrt(z)*
			(2.00012+(0.247105-(0.0649821-(0.0347962-(0.011672-0.00168691*z)*z)*z)*z)*z)
	}
	return -math.Expm1(-math.Exp(1.0776 - (2.30695-(0.43424-(0.082433-(0.008056-0.0003146*z)*z)*z)*z)*z))
}

// OffShare is the share, 0 to 1, of intervals that differ from the planned one by
// more than a tenth of it; 0 without intervals.
func OffShare(intervalsNS []int64, planNS float64) float64 {
	off := 0
	for _, interval := range intervalsNS {
		if math.Abs(float64(interval)-planNS) > planNS/10 {
			off++
		}
	}
	return float64(off) / float64(max(len(intervalsNS), 1))
}
