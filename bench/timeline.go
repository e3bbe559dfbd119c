package bench

import (
	"maps"
	"slices"
	"time"

	"dhtbench/results"
)

// intervalLength is the length of a slice of the timeline.
const intervalLength = 100 * time.Millisecond

// timeline groups the operations of all clients by intended start into slices of
// time, counted from the instant from. Empty slices are left out.
func timeline(clients []*recorder, from int64) []results.Interval {
	slots := make(map[int64]*results.Histogram)
	for _, c := range clients {
		for _, p := range c.points {
			index := max(p.intended-from, 0) / int64(intervalLength)
			if slots[index] == nil {
				slots[index] = results.NewHistogram()
			}
			slots[index].Record(time.Duration(p.latency))
		}
	}
	return inOrder(slots)
}

// merge adds the slices of another agent, counted from the same instant.
func merge(a, b []results.Interval) []results.Interval {
	slots := make(map[int64]*results.Histogram)
	for _, slot := range slices.Concat(a, b) {
		if sum := slots[slot.Index]; sum != nil {
			sum.Add(slot.Latency)
		} else {
			slots[slot.Index] = slot.Latency
		}
	}
	return inOrder(slots)
}

// inOrder lists slices by time.
func inOrder(slots map[int64]*results.Histogram) []results.Interval {
	var all []results.Interval
	for _, index := range slices.Sorted(maps.Keys(slots)) {
		all = append(all, results.Interval{Index: index, Latency: slots[index]})
	}
	return all
}
