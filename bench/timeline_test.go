package bench

import (
	"testing"
	"time"

	"dhtbench/results"
)

func TestTimelineGroupsByIntendedStart(t *testing.T) {
	const ms = int64(time.Millisecond)
	const from = 1000 * ms
	slices := timeline(recordersOf([][]point{
		{{from + 10*ms, 5}, {from + 99*ms, 6}, {from + 100*ms, 7}},
		{{from + 350*ms, 8}, {from - ms, 9}}, // the second was before the start, by the error of a clock
	}...), from)
	check := func(slices []results.Interval, want map[int64]time.Duration) {
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
	check(slices, map[int64]time.Duration{0: 20, 1: 7, 3: 8})
	check(merge(slices, timeline(recordersOf([][]point{{{from + 320*ms, 100}, {from + 250*ms, 200}}}...), from)),
		map[int64]time.Duration{0: 20, 1: 7, 2: 200, 3: 108})
}

// recordersOf are recorders that hold these points.
func recordersOf(clients ...[]point) (all []*recorder) {
	for _, points := range clients {
		all = append(all, &recorder{points: points})
	}
	return all
}
