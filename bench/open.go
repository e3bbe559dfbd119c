package bench

import (
	"context"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"
)

const (
	// grace is how long after its window an open loop still sends what is queued
	// and waits for replies.
	grace = 2 * time.Second
	// hopelessLag is how late sends must be, and by more than half of the window,
	// for an open loop to end early: it can no longer achieve half of its rate.
	hopelessLag = 3 * time.Second
)

// openLoop sends the operations of the source at the instants of a schedule that
// covers the window [from, from+limit.duration]. An operation that is due while no
// slot is free is queued and sent as soon as one is; those behind it are late too,
// until the schedule has caught up. What is not sent a grace after the window is
// counted as unsent.
func (c *client) openLoop(ctx context.Context, limit extent, from int64, rec *recorder) error {
	r, ctx := c.newRun(ctx, rec, from)
	defer r.fail(nil)
	r.free = make(chan *slot, len(c.slots))
	for _, s := range c.slots {
		r.free <- s
	}
	last, cancel := context.WithTimeout(ctx, time.Duration(from-c.clock.Now())+limit.duration+grace)
	defer cancel()
	stopLast := context.AfterFunc(last, func() {}) // keeps the timer's cost out of the first wait
	defer stopLast()

	rec.start, rec.until = from, from+int64(limit.duration)
	pace := newPacer(c.clock, c.plan.Pacing, c.share)
	schedule := workload.NewSchedule(c.plan.RateOpsPerS, c.plan.Arrivals == results.Poisson, c.plan.Seed, c.number, c.plan.Clients)
	behind := false // since no slot was free, operations have been late
	due := from + schedule.Next()
	for n := 0; due < rec.until; n++ {
		if limit.operations > 0 && n == limit.operations {
			rec.shorten(due, &r.mu)
			break
		}
		s, waited := r.slot(last)
		if s == nil {
			break
		}
		r.prepare(s)
		s.intended = due
		now := c.clock.Now()
		if behind = (behind || waited) && now > due; behind {
			rec.queued++
			if hopeless(time.Duration(now-due), limit.duration) {
				r.free <- s
				rec.ended = results.Hopeless
				break
			}
		}
		pace.wait(due)
		s.connections[s.server].send(s)
		due = from + schedule.Next()
	}
	return c.closeWindow(ctx, last, r, schedule, due)
}
