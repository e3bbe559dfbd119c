package bench

import (
	"context"
	"sync"

	"dhtbench/node"
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
			rec.queued++
		}
		pace.wait(l.intended)
		send := l.dispatch()
		if i == 0 {
			rec.start = send
		}
	}
	for range c.lanes { // the last replies
		if _, _, err := r.take(ctx); err != nil {
			return err
		}
	}
	rec.spun = pace.spun
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
