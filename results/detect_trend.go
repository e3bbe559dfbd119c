package results

import "math"

const (
	// trendPoints are the fewest points in which a trend is looked for: two for each
	// block.
	trendPoints = 2 * trendBlocks
	// maxDrift is the change from the first half of a trial to the second that is
	// too small to matter however certain: half of it is what the mean of the trial
	// is off from either.
	maxDrift = 0.10
	// trendBlocks is into how many blocks a trial is cut, and minTrend how steadily
	// their medians must rise or fall, as Kendall's tau: 41 of the 45 pairs of blocks
	// one way. A machine that wanders seldom does, however far: of white noise 0.1 % do,
	// of processes that forget within a tenth of the trial 1 %, of single steps 2 %, of
	// random walks 15 %, and of trends of 5 standard deviations 98 % (TestTrendOfChance).
	trendBlocks = 10
	minTrend    = 0.8
)

// drift finds trials whose end is not like their beginning: they have no one
// latency. It looks at the medians of the timeline and, where there are too few, at
// how long each hundredth of the operations of a closed loop took. In an open loop
// that does not sustain its rate the queue grows, and that is another warning.
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

// medians are those of the intervals of the timeline.
func (t Trial) medians() []float64 {
	points := make([]float64, 0, len(t.Timeline))
	for _, slice := range t.Timeline {
		points = append(points, float64(slice.Latency.Quantile(0.5)))
	}
	return points
}

// spacing is the time between marks, summed over the clients of a closed loop;
// nil where marks are missing or share an operation. In an open loop it is that
// of the schedule.
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
