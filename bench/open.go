package bench

import (
	"context"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"
)

const (
	// defaultGrace is how long after its window an open loop still sends what is
	// queued and waits for replies.
	defaultGrace = 2 * time.Second
	// stopGrace is how long a loop that was told to stop waits for replies.
	stopGrace = 500 * time.Millisecond
	// hopelessLag is the lag above which an open loop ends early, if it is also more
	// than half of the window: the loop can no longer achieve half of its rate.
	hopelessLag = 3 * time.Second
)

// openLoop sends the operations of the source on a schedule. The window starts at
// from and is as long as the limit says. An operation that is due while no slot is
// free is queued until one is; those behind it are late too, until the client has
// caught up. Operations not sent within the grace period after the window count as
// unsent.
func (c *client) openLoop(ctx context.Context, limit extent, from int64, rec *recorder) error {
	r, ctx := c.newRun(ctx, rec, from)
	defer r.fail(nil)
	r.free = make(chan *slot, len(c.slots))
	for _, s := range c.slots {
		r.free <- s
	}
	rec.start, rec.until = from, from+int64(limit.duration)
	last, cancel := context.WithTimeout(ctx, time.Duration(rec.until+c.plan.GraceNS-c.clock.Now()))
	defer cancel()

	p := c.plan.Params
	schedule := workload.NewSchedule(p.RateOpsPerS, p.Arrivals == results.PoissonArrivals, p.Seed, c.number, p.Clients)
	next := func() int64 { return from + schedule.Next() }
	pace := newPacer(c.clock, p.Pacing, c.share)
	due := next()
	behind := false // operations are late since no slot was free
	for n := 0; due < rec.until && rec.ended == ""; n++ {
		if limit.operations > 0 && n == limit.operations { // nothing is left to do it on
			r.shorten(due, "")
			break
		}
		s, waited := r.slot(last)
		if s == nil {
			break
		}
		if !c.idle(last, due) {
			r.free <- s // it holds no operation
			break
		}
		r.prepare(s)
		s.intended = due
		late := time.Duration(c.clock.Now() - due)
		if behind = (behind || waited) && late > 0; behind {
			rec.queued++
			if late > hopelessLag && late > limit.duration/2 {
				r.shorten(c.clock.Now(), results.Hopeless)
			}
		}
		k := s.connections[s.server]
		pace.wait(due)
		k.send(s, c.clock.Now())
		due = next()
	}
	if ctx.Err() != nil {
		if cause := context.Cause(ctx); cause != errStopped {
			return cause
		}
		r.shorten(c.clock.Now(), results.Interrupted)
	}
	rec.covered = time.Duration(min(due, rec.until) - from)
	for now := c.clock.Now(); due < rec.until; due = next() {
		rec.leave(time.Duration(now - due))
	}
	rec.spun = pace.spun
	return r.drain(ctx)
}

// idleStep is how long before an operation is due the pacer takes over. A sleep of
// the pacer cannot be interrupted.
const idleStep = 4 * time.Millisecond

// idle waits until shortly before an instant. It returns false if ctx ends first.
func (c *client) idle(ctx context.Context, due int64) bool {
	wait := time.Duration(due-c.clock.Now()) - idleStep
	if wait < idleStep {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// slot waits for a free slot and returns it, or nil if ctx ends first. waited
// reports whether none was free at once.
func (r *run) slot(ctx context.Context) (s *slot, waited bool) {
	if ctx.Err() != nil {
		return nil, false
	}
	select {
	case s = <-r.free:
		return s, false
	default:
	}
	select {
	case s = <-r.free:
		return s, true
	case <-ctx.Done():
		return nil, true
	}
}

// shorten ends the window of an open loop early.
func (r *run) shorten(until int64, ended string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.until, r.rec.ended = max(min(r.rec.until, until), r.rec.start), ended
}

// drain waits for the last replies until the end of the grace period, and then ends
// the operations that have none. It returns the error of the run, if any.
func (r *run) drain(ctx context.Context) error {
	c := r.client
	left := time.Duration(r.rec.until + c.plan.GraceNS - c.clock.Now())
	if r.rec.ended == results.Interrupted {
		left = stopGrace
	}
	over := time.NewTimer(max(left, 0))
	defer over.Stop()
	for range c.slots {
		select {
		case <-r.free:
			continue
		default:
		}
		select {
		case <-r.free:
		case <-over.C:
			c.eachConnection((*connection).abandon)
			<-r.free
		}
	}
	if cause := context.Cause(ctx); cause != nil && cause != errStopped {
		return cause
	}
	return nil
}
