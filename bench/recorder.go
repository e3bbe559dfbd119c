package bench

import (
	"errors"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// recorder is what one client measures in one phase. It is not safe for
// concurrent use: no lock on the measured path of a closed loop, and no
// allocation but for the first error.
type recorder struct {
	service    *results.Histogram
	response   *results.Histogram   // nil in a closed loop
	lag        *results.Histogram   // nil in a closed loop
	kinds      []*results.Histogram // by node.Op, of a mixture alone
	breakdown  *results.Breakdown   // nil unless asked for
	counts     results.Counts
	first      error // the first operation that went wrong
	milestones milestones
	points     []point // of the timeline
	keep       bool    // points are kept

	// What the loop adds.
	start  int64         // the first send
	queued int64         // operations sent late for want of a free lane
	spun   time.Duration // spent awake before intended starts
}

// pointsAhead bounds the points that memory is set aside for; more are kept all the
// same.
const pointsAhead = 1 << 20

// point is one operation on the timeline.
type point struct {
	completion int64
	latency    int64
}

// newRecorder returns a recorder of about so many operations; what does not fit
// is kept all the same.
func newRecorder(p results.Params, operations int, timeline bool) *recorder {
	r := &recorder{service: results.NewHistogram(), keep: timeline}
	if p.Loop == Open {
		r.response, r.lag = results.NewHistogram(), results.NewHistogram()
	}
	if p.Workload != "" {
		r.kinds = make([]*results.Histogram, node.OpDel+1)
		for op := node.OpPut; op <= node.OpDel; op++ {
			r.kinds[op] = results.NewHistogram()
		}
	}
	if p.Breakdown {
		r.breakdown = &results.Breakdown{Network: results.NewHistogram(), Queue: results.NewHistogram(), Work: results.NewHistogram()}
	}
	if timeline {
		r.points = make([]point, 0, min(operations, pointsAhead))
	}
	return r
}

// timing is when one operation was meant to start, was sent, and ended. In a
// closed loop it was meant to start when it was sent.
type timing struct {
	intended, send, completion int64
}

// record counts one operation by how it ended. Operations without a reply have
// no latency.
func (r *recorder) record(op node.Op, t timing, err error) {
	r.milestones.add(t.completion)
	switch {
	case err == nil:
		r.counts.OK++
	case err == node.ErrNotFound: // as clients return it; a comparison costs less than errors.Is
		r.counts.NotFound++
	case errors.Is(err, node.ErrFailed):
		r.counts.Failed++
		r.blame(err)
		return
	default:
		r.counts.Unknown++
		r.blame(err)
		return
	}
	r.service.Record(time.Duration(t.completion - t.send))
	latency := t.completion - t.intended
	if r.response != nil {
		r.response.Record(time.Duration(latency))
		r.lag.Record(time.Duration(t.send - t.intended))
	}
	if r.kinds != nil {
		r.kinds[op].Record(time.Duration(latency))
	}
	if r.keep {
		r.points = append(r.points, point{t.completion, latency})
	}
}

// dissect splits the service time of one operation by what its node told of it.
func (r *recorder) dissect(t timing, queue, work time.Duration) {
	if r.breakdown == nil {
		return
	}
	r.breakdown.Queue.Record(queue)
	r.breakdown.Work.Record(work)
	r.breakdown.Network.Record(time.Duration(t.completion-t.send) - queue - work)
}

// find counts what a reply says about the store. found is whether the record was
// there.
func (r *recorder) find(f finding, found bool, err error) {
	switch f {
	case findingOK:
		return
	case findingAbsent:
		r.counts.Absent++
		return
	case findingLost:
		r.counts.Lost++
		if !found {
			r.counts.Missing++
		}
	case findingResurrected:
		r.counts.Resurrected++
	case findingTorn:
		r.counts.Torn++
	case findingForeign:
		r.counts.Foreign++
	}
	r.counts.Wrong++
	r.blame(err)
}

func (r *recorder) blame(err error) {
	if r.first == nil {
		r.first = err
	}
}

// result is what was measured.
func (r *recorder) result() results.Client {
	c := results.Client{
		StartNS: r.start,
		EndNS:   r.milestones.last,
		Counts:  r.counts,
		Service: r.service, Response: r.response, Lag: r.lag, Breakdown: r.breakdown,
		Queued: r.queued,
	}
	for _, at := range r.milestones.marks() {
		c.MarksNS = append(c.MarksNS, at-r.start)
	}
	if r.kinds != nil {
		c.Kinds = make(map[string]*results.Histogram)
		for op := node.OpPut; op <= node.OpDel; op++ {
			if r.kinds[op].Count() > 0 {
				c.Kinds[op.String()] = r.kinds[op]
			}
		}
	}
	if r.first != nil {
		c.FirstError = r.first.Error()
	}
	return c
}
