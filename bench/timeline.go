package bench

import (
	"cmp"
	"slices"
	"time"

	"dhtbench/results"
)

// intervalLength is that of a slice of the timeline.
const intervalLength = 100 * time.Millisecond

// timeline sorts the operations of all clients into slices of time, counted from
// an instant of the clock. Slices in which nothing ended are left out.
func timeline(clients [][]point, from int64) []results.Interval {
	all := slices.Concat(clients...)
	slices.SortFunc(all, func(a, b point) int { return cmp.Compare(a.completion, b.completion) })
	var slots []results.Interval
	for _, p := range all {
		index := max(p.completion-from, 0) / int64(intervalLength)
		if n := len(slots); n == 0 || slots[n-1].Index != index {
			slots = append(slots, results.Interval{Index: index, Latency: results.NewHistogram()})
		}
		slots[len(slots)-1].Latency.Record(time.Duration(p.latency))
	}
	return slots
}

// merge adds the slices of another agent, counted from the same instant.
func merge(a, b []results.Interval) []results.Interval {
	byIndex := make(map[int64]*results.Histogram)
	for _, slot := range slices.Concat(a, b) {
		if sum := byIndex[slot.Index]; sum != nil {
			sum.Add(slot.Latency)
		} else {
			byIndex[slot.Index] = slot.Latency
		}
	}
	var sum []results.Interval
	for index, latency := range byIndex {
		sum = append(sum, results.Interval{Index: index, Latency: latency})
	}
	slices.SortFunc(sum, func(a, b results.Interval) int { return cmp.Compare(a.Index, b.Index) })
	return sum
}
