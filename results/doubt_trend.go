package results

import "math"

const (
	// trendPoints are the fewest in which a trend is looked for; with fewer the
	// normal approximation is off.
	trendPoints = 20
	// maxDrift is the change from the first half of a trial to the second that is
	// too small to matter however certain: half of it is what the mean of the trial
	// is off from either.
	maxDrift = 0.10
)

// drift: a trial whose end is not like its beginning has no one latency. It is
// looked for in the medians of the timeline and, where there are too few of them,
// in how long each hundredth of the operations of a closed loop took.
func drift(t Trial) []doubt {
	points, what := t.medians(), "median latency"
	if len(points) < trendPoints {
		points, what = t.spacing(), "time per operation"
	}
	if len(points) < trendPoints || math.Abs(mannKendall(points)) <= improbable {
		return nil
	}
	by, how := change(points), "rose"
	if by < 0 {
		how = "fell"
	}
	return doubts(grade(math.Abs(by), maxDrift, never),
		"drift: the %s %s by %.0f %% from the first half of the trial to the second: warm up for longer, or find out what changes", what, how, 100*math.Abs(by))
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
