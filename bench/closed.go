package bench

import (
	"context"
	"time"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/results"
)

// closedLoop sends each operation after the reply to the one before, until either
// limit is reached or ctx ends.
func (c *client) closedLoop(ctx context.Context, limit extent, rec *recorder) error {
	rec.start = c.clock.Now()
	r, ctx := c.newRun(ctx, rec, rec.start)
	defer r.fail(nil)
	// An operation that waits for its reply ends with its connection.
	stop := context.AfterFunc(ctx, func() {
		if context.Cause(ctx) == errStopped { // what has been sent still counts
			time.Sleep(stopGrace)
		}
		c.eachConnection((*connection).close)
	})
	defer stop()
	end := rec.start + int64(limit.duration)
	for i := 1; ; i++ {
		if c.ownWork != nil {
			c.ownWork()
		}
		s := r.slot()
		r.prepare(s)
		c.exchange(ctx, s)
		if (i%stopCheck == 0 || s.err != nil) && ctx.Err() != nil {
			return c.stopped(ctx, rec)
		}
		if limit.operations > 0 && i >= limit.operations || limit.duration > 0 && s.completion >= end {
			return nil
		}
	}
}

// stopCheck is the number of operations of a closed loop between two checks of its
// context.
const stopCheck = 64

// stopped returns nil and marks rec as interrupted if an order to stop ended ctx.
// Otherwise it returns the cause.
func (c *client) stopped(ctx context.Context, rec *recorder) error {
	if cause := context.Cause(ctx); cause != errStopped {
		return cause
	}
	rec.ended = results.Interrupted
	return nil
}

// exchange sends the operation of a slot and waits until it has ended.
func (c *client) exchange(ctx context.Context, s *slot) {
	if len(c.connections[s.server]) == 0 {
		c.doLocal(s)
		return
	}
	k := c.connections[s.server][0]
	if k.conn == nil { // no lock: in a closed loop only this goroutine changes it
		if err := k.redial(ctx); err != nil {
			s.send = c.clock.Now()
			s.intended, s.completion = s.send, s.send
			s.finish(target.Reply{Outcome: workload.Failed}, err)
			return
		}
	}
	if conn := k.send(c.clock.Now(), s); conn != nil {
		k.receive(conn)
	}
}

// doLocal does an operation on the server in the same process.
func (c *client) doLocal(s *slot) {
	s.send = c.clock.Now()
	s.intended = s.send
	reply := c.local.Do(c.found[:0], s.Op, s.Key, s.Value)
	s.completion = c.clock.Now()
	if reply.Value != nil {
		c.found = reply.Value
	}
	s.finish(reply, nil)
}
