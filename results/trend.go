package results

import "slices"

// kendall is Kendall's tau of values in order: the share of pairs that rise less
// that of pairs that fall, -1 to 1. It assumes no distribution (Kendall, Rank
// Correlation Methods, 1975). It is 0 where there are no pairs.
func kendall(values []float64) float64 {
	sum, pairs := 0, 0
	for i, a := range values {
		for _, b := range values[i+1:] {
			pairs++
			switch {
			case b > a:
				sum++
			case b < a:
				sum--
			}
		}
	}
	return float64(sum) / float64(max(pairs, 1))
}

// blocks are the medians of trendBlocks parts of values, of equal length give or
// take one: a few slow values do not move them, and what is left of their variation
// is slower than a block. There must be as many values at least.
func blocks(values []float64) []float64 {
	medians := make([]float64, trendBlocks)
	for i := range medians {
		part := slices.Sorted(slices.Values(values[i*len(values)/trendBlocks : (i+1)*len(values)/trendBlocks]))
		medians[i] = (part[(len(part)-1)/2] + part[len(part)/2]) / 2
	}
	return medians
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
