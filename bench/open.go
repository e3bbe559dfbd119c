package bench

import (
	"context"
	"time"

	"dhtbench/results"
)

const (
	// defaultGrace is how long after its window an open loop still sends what is
	// queued and waits for replies.
	defaultGrace = 2 * time.Second
	// stopGrace is how long a loop waits for replies after an order to stop.
	stopGrace = 500 * time.Millisecond
	// hopelessLag is the lag above which an open loop ends early, if it is also more
	// than half of the window: the loop can no longer achieve half of its rate.
	hopelessLag = 3 * time.Second
)

// openLoop sends the operations of the source on a schedule, by the client's pacer, and
// waits for the replies. The window starts at from and is as long as the limit says. An
// operation that is due while no slot is free is queued until one is. Those behind it
// are late too, until the client has caught up. Operations not sent within the grace
// period after the window count as unsent.
func (c *client) openLoop(ctx context.Context, limit extent, from int64, rec *recorder) error {
	r, ctx := c.newRun(ctx, rec, from)
	defer r.fail(nil)
	rec.start, rec.until = from, from+int64(limit.duration)
	last, cancel := context.WithTimeout(ctx, time.Duration(rec.until+c.plan.GraceNS-c.clock.Now()))
	defer cancel()

	s := c.newSender(r, limit)
	c.pacer.ready <- s
	select {
	case <-s.sent:
	case <-last.Done():
		s.cancel()
		<-s.sent
	}
	if ctx.Err() != nil {
		if cause := context.Cause(ctx); cause != errStopped {
			return cause
		}
		r.shorten(c.clock.Now(), results.Interrupted)
	}
	rec.covered = time.Duration(min(s.due, rec.until) - from)
	for now := c.clock.Now(); s.due < rec.until; s.advance() {
		rec.leave(time.Duration(now - s.due))
	}
	return r.awaitReplies(ctx)
}

// shorten ends the window of an open loop early.
func (r *run) shorten(until int64, ended string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rec.until, r.rec.ended = max(min(r.rec.until, until), r.rec.start), ended
}

// awaitReplies waits for the last replies until the end of the grace period, and then
// ends the operations that have none. It returns the error of the run, if any.
func (r *run) awaitReplies(ctx context.Context) error {
	left := time.Duration(r.rec.until + r.client.plan.GraceNS - r.client.clock.Now())
	if r.rec.ended == results.Interrupted {
		left = stopGrace
	}
	r.settle(left)
	if cause := context.Cause(ctx); cause != nil && cause != errStopped {
		return cause
	}
	return nil
}
