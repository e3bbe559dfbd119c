package bench

import (
	"context"
	"sync"

	"dhtbench/node"
	"dhtbench/results"
)

// openRun is one open loop of a client, from its first operation to the last
// reply.
type openRun struct {
	*client
	free chan *lane              // lanes that carry no operation
	fail context.CancelCauseFunc // ends the run

	mu       sync.Mutex // guards what follows: several replies can come at once
	rec      *recorder
	failures int // operations in a row that went wrong
}

// openLoop does e.Operations of the source, each at its time on the schedule
// from the instant at on, and returns when all have ended. An operation whose
// time comes while all lanes wait for replies is held: it is sent as soon as one
// is free, and is late from when it was meant to start. So are those behind it,
// until the schedule is caught up with.
func (c *client) openLoop(ctx context.Context, e Extent, at int64, rec *recorder) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &openRun{client: c, free: make(chan *lane, len(c.lanes)), fail: cancel, rec: rec}
	for _, l := range c.lanes {
		r.free <- l
	}
	pace := newPacer(c.clock, c.workload.Pacing, c.clients)
	plan := newSchedule(c.workload.RateOpsPerS, c.workload.Arrivals, c.workload.Seed, c.number, c.workload.Clients)
	sends := newSends(plan, e.Operations)
	behind := false // since lanes were waited for, operations have been late
	for i := range e.Operations {
		l, waited, err := r.take(ctx)
		if err != nil {
			return err
		}
		l.prepare(r)
		l.intended = at + plan.due()
		behind = (behind || waited) && c.clock.now() > l.intended
		if behind {
			rec.held++
		}
		pace.wait(l.intended)
		send := l.dispatch()
		sends.add(send)
		if i == 0 {
			rec.start = send
		}
	}
	for range c.lanes { // the last replies
		if _, _, err := r.take(ctx); err != nil {
			return err
		}
	}
	rec.arrival, rec.spun = sends.arrival(), pace.spun
	return context.Cause(ctx)
}

// take waits for a free lane. waited says that there was none at once.
func (r *openRun) take(ctx context.Context) (l *lane, waited bool, err error) {
	if ctx.Err() != nil {
		return nil, false, context.Cause(ctx)
	}
	select {
	case l = <-r.free:
		return l, false, nil
	default:
	}
	select {
	case l = <-r.free:
		return l, true, nil
	case <-ctx.Done():
		return nil, true, context.Cause(ctx)
	}
}

// finish records how a lane's operation ended and frees the lane.
func (r *openRun) finish(l *lane, reply node.PipeReply, completion int64, err error) {
	t := timing{l.intended, l.send.Load(), completion}
	r.mu.Lock()
	r.rec.record(l.op.op, t, err)
	if err == nil || err == node.ErrNotFound {
		r.rec.dissect(t, reply.Queue, reply.Work)
	}
	r.judge(r.rec, &l.op, l.ticket, reply.Value, err)
	if r.failures = r.failed(r.failures, err); r.failures == maxFailures {
		r.fail(r.gaveUp(l.op.op, err))
	}
	r.done.Add(1)
	r.mu.Unlock()
	r.free <- l
}

// sends keeps some of the intervals between two sends, to be held against the
// plan.
type sends struct {
	plan      schedule
	stride    int
	count     int
	last      int64
	intervals []int64
}

// arrivalSample is how many intervals are enough: more would find differences
// that matter to nobody.
const arrivalSample = 1000

func newSends(plan schedule, operations int) *sends {
	return &sends{plan: plan, stride: max(1, operations/arrivalSample), intervals: make([]int64, 0, 2*arrivalSample)}
}

// add learns of a send.
func (s *sends) add(at int64) {
	if s.count++; s.count > 1 && s.count%s.stride == 0 {
		s.intervals = append(s.intervals, at-s.last)
	}
	s.last = at
}

// arrival holds the intervals against the plan; nil where there are too few to
// say anything.
func (s *sends) arrival() *results.Arrival {
	const least = 20
	if len(s.intervals) < least {
		return nil
	}
	a := &results.Arrival{Intervals: int64(len(s.intervals))}
	if s.plan.poisson {
		a.A2 = results.AndersonDarling(s.intervals, s.plan.mean)
	} else {
		a.Off = results.OffShare(s.intervals, s.plan.mean)
	}
	return a
}
