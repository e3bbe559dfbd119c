package bench

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"dhtbench/results"
)

const (
	// sliceLength is the initial length of a slice of the timeline.
	sliceLength = 100 * time.Millisecond
	// maxSlices bounds the number of slices. With more, each pair becomes one slice of
	// twice the length, so that an hour has as many as a minute.
	maxSlices = 600
	// sliceBits is the precision of a latency in a slice, 0.4 %. It bounds the size of
	// slices with many operations.
	sliceBits = 8
	// pointsTogether is how many points a recorder gathers before it gives them to the
	// timeline.
	pointsTogether = 4096
)

// point is one operation on the timeline.
type point struct {
	intended int64
	latency  int64
}

// timeline counts the latencies of all clients of an agent in slices of time by
// intended start. Its memory does not depend on the number of operations. Recorders
// call give; one goroutine counts.
type timeline struct {
	from   int64 // the instant from which slices count
	length int64 // of a slice, ns
	slices []map[int64]int64

	full, empty chan []point
	stop, ended chan struct{}
}

// newTimeline returns the timeline of a phase of some clients that begins at the
// instant from.
func newTimeline(from int64, clients int) *timeline {
	t := &timeline{
		from: from, length: int64(sliceLength), stop: make(chan struct{}), ended: make(chan struct{}),
		full: make(chan []point, 2*clients), empty: make(chan []point, 2*clients),
	}
	go t.count()
	return t
}

// count counts the points from full until stop is closed.
func (t *timeline) count() {
	defer close(t.ended)
	for {
		select {
		case points := <-t.full:
			t.add(points)
			select {
			case t.empty <- points[:0]:
			default:
			}
		case <-t.stop:
			return
		}
	}
}

// give takes points to count, and returns an empty slice for the next ones. It does not
// wait: if the timeline cannot take points now, it returns them.
func (t *timeline) give(points []point) []point {
	select {
	case t.full <- points:
	default:
		return points
	}
	select {
	case next := <-t.empty:
		return next
	default:
		return make([]point, 0, pointsTogether)
	}
}

// end counts the points that are left, including those of the recorders, and returns
// the slices in order of time. Empty slices are left out.
func (t *timeline) end(recorders []*recorder) []results.Interval {
	close(t.stop)
	<-t.ended
	for len(t.full) > 0 {
		t.add(<-t.full)
	}
	for _, r := range recorders {
		t.add(r.points)
	}
	var all []results.Interval
	for index, slice := range t.slices {
		if len(slice) == 0 {
			continue
		}
		operations := 0
		for _, n := range slice {
			operations += int(n)
		}
		latency := results.NewHistogramFor(operations)
		for value, n := range slice {
			latency.RecordTimes(time.Duration(value), n)
		}
		all = append(all, results.Interval{Index: int64(index), Latency: latency})
	}
	return all
}

// add counts points.
func (t *timeline) add(points []point) {
	for _, p := range points {
		index := max(p.intended-t.from, 0) / t.length
		for index >= maxSlices {
			t.coarsen()
			index /= 2
		}
		for int64(len(t.slices)) <= index {
			t.slices = append(t.slices, make(map[int64]int64))
		}
		t.slices[index][rounded(p.latency)]++
	}
}

// coarsen merges each pair of slices into one.
func (t *timeline) coarsen() {
	for i, slice := range t.slices {
		if i%2 == 0 {
			t.slices[i/2] = slice
			continue
		}
		for value, n := range slice {
			t.slices[i/2][value] += n
		}
	}
	t.slices = t.slices[:(len(t.slices)+1)/2]
	t.length *= 2
}

// rounded returns the middle of the latencies that have the same first sliceBits bits.
func rounded(latency int64) int64 {
	shift := max(bits.Len64(uint64(max(latency, 0)))-sliceBits, 0)
	return latency>>shift<<shift + 1<<shift>>1
}

// mergeTimelines adds the slices of two agents, counted from the same instant. lengthA
// and lengthB are the lengths of their slices. The sum has slices of the greater length.
func mergeTimelines(a []results.Interval, lengthA int64, b []results.Interval, lengthB int64) (sum []results.Interval, length int64) {
	length = max(lengthA, lengthB)
	at := make(map[int64]int) // in sum, by index
	place := func(slices []results.Interval, each int64) {
		for _, s := range slices {
			s.Index = s.Index * each / length
			i, seen := at[s.Index]
			if !seen {
				at[s.Index] = len(sum)
				sum = append(sum, s)
				continue
			}
			sum[i].Latency.Add(s.Latency)
		}
	}
	place(a, lengthA)
	place(b, lengthB)
	slices.SortFunc(sum, func(x, y results.Interval) int { return cmp.Compare(x.Index, y.Index) })
	return sum, length
}
