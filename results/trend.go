package results

import "slices"

// kendall returns Kendall's tau of values in order, -1 to 1: the share of pairs that
// rise minus the share that fall. It assumes no distribution (Kendall, Rank
// Correlation Methods, 1975). It is 0 without pairs.
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

// blocks returns the medians of trendBlocks parts of values, whose lengths differ by
// at most one. Medians ignore a few slow values and variation faster than a block.
// There must be at least trendBlocks values.
func blocks(values []float64) []float64 {
	medians := make([]float64, trendBlocks)
	for i := range medians {
		part := slices.Sorted(slices.Values(values[i*len(values)/trendBlocks : (i+1)*len(values)/trendBlocks]))
		medians[i] = (part[(len(part)-1)/2] + part[len(part)/2]) / 2
	}
	return medians
}

// change returns the mean of the second half of values minus that of the first, as a
// share of the first.
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
