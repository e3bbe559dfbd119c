package results

import (
	"math"
	"slices"
)

const (
	// trendPoints is the minimum number of points for a trend: two for each block.
	trendPoints = 2 * trendBlocks
	// maxDrift is the change from the first half of a trial to the second that is too
	// small to matter: the mean of the trial differs from either half by half of it.
	maxDrift = 0.10
	// trendBlocks is the number of blocks of a trial. minTrend is the least Kendall's tau
	// of their medians: 41 of the 45 pairs of blocks rise, or fall. That holds for 0.1 %
	// of white noise, 1 % of processes with a correlation time of a tenth of the trial,
	// 2 % of single steps, 15 % of random walks, and 98 % of trends of 5 standard
	// deviations (TestTrendOfChance).
	trendBlocks = 10
	minTrend    = 0.8
)

// drift finds trials whose latency rises or falls. It uses the medians of the timeline
// or, if these are too few, the times that each hundredth of the operations of a
// closed loop took. An open loop that does not sustain its rate has another warning.
func drift(t Trial) []Warning {
	points := t.medians()
	if len(points) < trendPoints {
		points = t.spacing()
	}
	if len(points) < trendPoints || !t.Sustained() {
		return nil
	}
	parts := blocks(points)
	by := change(parts)
	if math.Abs(kendall(parts)) < minTrend || math.Abs(by) <= maxDrift || math.IsInf(by, 0) { // the first half is 0
		return nil
	}
	return []Warning{{Code: "drift", Level: Suspect, Value: by, Limit: maxDrift}}
}

// medians returns the medians of the intervals of the timeline.
func (t Trial) medians() []float64 {
	points := make([]float64, 0, len(t.Timeline))
	for _, slice := range t.Timeline {
		points = append(points, float64(slice.Latency.Quantile(0.5)))
	}
	return points
}

// spacing returns the times between marks, summed over the clients of a closed loop.
// It is nil if marks are missing or share an operation, and in an open loop, where
// the schedule sets it.
func (t Trial) spacing() []float64 {
	if t.Params.Open() || len(t.Clients) == 0 {
		return nil
	}
	points := make([]float64, len(t.Clients[0].MarksNS))
	for _, c := range t.Clients {
		if len(c.MarksNS) != len(points) || c.Counts.Total() < int64(len(points)) {
			return nil
		}
		var before int64
		for i, mark := range c.MarksNS {
			points[i] += float64(mark - before)
			before = mark
		}
	}
	return points
}

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
