package results

import "math"

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
