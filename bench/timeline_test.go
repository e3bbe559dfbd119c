package bench

import (
	"testing"
	"time"

	"dhtbench/results"
)

// timelineOf is the timeline of clients with these operations.
func timelineOf(from int64, clients ...[]point) (slices []results.Interval, length int64) {
	line := newTimeline(from, len(clients))
	var all []*recorder
	for _, points := range clients {
		r := &recorder{}
		r.keepTimeline(line, 1)
		for _, p := range points {
			r.points = append(r.points, p)
			if len(r.points) == cap(r.points) {
				r.points = line.give(r.points)
			}
		}
		all = append(all, r)
	}
	return line.end(all), line.length
}

func checkSlices(t *testing.T, slices []results.Interval, want map[int64]time.Duration) {
	t.Helper()
	if len(slices) != len(want) {
		t.Fatalf("%d slices, want %d", len(slices), len(want))
	}
	for i, slot := range slices {
		if i > 0 && slot.Index <= slices[i-1].Index {
			t.Errorf("slice %d after slice %d", slot.Index, slices[i-1].Index)
		}
		if slot.Latency.Sum() != want[slot.Index] {
			t.Errorf("slice %d holds latencies of %v, want %v", slot.Index, slot.Latency.Sum(), want[slot.Index])
		}
	}
}

func TestTimelineGroupsByIntendedStart(t *testing.T) {
	const ms = int64(time.Millisecond)
	const from = 1000 * ms
	slices, length := timelineOf(from,
		[]point{{from + 10*ms, 5}, {from + 99*ms, 6}, {from + 100*ms, 7}},
		[]point{{from + 350*ms, 8}, {from - ms, 9}}) // the second was before the start, by the error of a clock
	checkSlices(t, slices, map[int64]time.Duration{0: 20, 1: 7, 3: 8})
	others, _ := timelineOf(from, []point{{from + 320*ms, 100}, {from + 250*ms, 200}})
	sum, merged := mergeTimelines(slices, length, others, length)
	checkSlices(t, sum, map[int64]time.Duration{0: 20, 1: 7, 2: 200, 3: 108})
	if merged != length || length != int64(sliceLength) {
		t.Errorf("slices of %d and %d ns", length, merged)
	}
	coarse, merged := mergeTimelines(sum, length, []results.Interval{{Index: 1, Latency: others[0].Latency}}, 4*length)
	checkSlices(t, coarse, map[int64]time.Duration{0: 335, 1: 200})
	if merged != 4*length {
		t.Errorf("slices of %d ns, want those of the coarser timeline", merged)
	}
}

// TestLongTimelineStaysSmall has an operation every 100 ms for an hour.
func TestLongTimelineStaysSmall(t *testing.T) {
	var points []point
	for at := time.Duration(0); at < time.Hour; at += 100 * time.Millisecond {
		points = append(points, point{int64(at), int64(at) % 1000})
	}
	slices, length := timelineOf(0, points)
	var sum int64
	for _, s := range slices {
		sum += s.Latency.Count()
	}
	if len(slices) > maxSlices || len(slices) < maxSlices/4 || sum != int64(len(points)) || length*int64(len(slices)) < int64(time.Hour) {
		t.Errorf("%d slices of %v hold %d of %d operations", len(slices), time.Duration(length), sum, len(points))
	}
}

func TestRoundedIsWithinTheError(t *testing.T) {
	for _, d := range []int64{-1, 0, 1, 200, 255, 256, 999, 123_456, 987_654_321, int64(time.Minute)} {
		if got := rounded(d); 256*max(got-d, d-got) > max(d, 0) {
			t.Errorf("%d is rounded to %d", d, got)
		}
		if got := rounded(d); d <= int64(results.Highest) && got > int64(results.Highest) {
			t.Errorf("%d is rounded out of the range to %d", d, got)
		}
	}
}
