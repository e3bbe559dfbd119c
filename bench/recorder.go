package bench

import (
	"errors"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// marks is how many points of a client's progress are kept, to know afterwards
// how many operations fell into any window.
const marks = 100

// recorder is what one client measures in one phase. It is the client's own:
// not safe for concurrent use, no lock on the measured path, and no allocation
// but for the first error.
type recorder struct {
	service *results.Histogram
	counts  results.Counts
	first   error // the first operation that went wrong
	marks   [marks]int64

	operations int // in all
	done       int
	nextMark   int // operations after which the next mark is due
	marked     int
}

func newRecorder(operations int) *recorder {
	r := &recorder{service: results.NewHistogram(), operations: operations}
	r.nextMark = r.due()
	return r
}

// due is the number of operations after which mark number r.marked is set.
func (r *recorder) due() int {
	return ((r.marked+1)*r.operations + marks - 1) / marks
}

// record counts one operation by how it ended. Operations without a reply have
// no service time.
func (r *recorder) record(send, completion int64, err error) {
	switch {
	case err == nil:
		r.counts.OK++
		r.service.Record(time.Duration(completion - send))
	case errors.Is(err, node.ErrNotFound):
		r.counts.NotFound++
		r.service.Record(time.Duration(completion - send))
		r.blame(err)
	case errors.Is(err, node.ErrFailed):
		r.counts.Failed++
		r.blame(err)
	default:
		r.counts.Unknown++
		r.blame(err)
	}
	r.done++
	for r.done == r.nextMark && r.marked < marks {
		r.marks[r.marked] = completion
		r.marked++
		r.nextMark = r.due()
	}
}

// wrong counts a value that was not the one put.
func (r *recorder) wrong(err error) {
	r.counts.Wrong++
	r.blame(err)
}

func (r *recorder) blame(err error) {
	if r.first == nil {
		r.first = err
	}
}
