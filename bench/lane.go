package bench

import (
	"sync/atomic"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"
)

// lane is one client in one open loop, as its pacer sees it. Until sent is closed
// other goroutines use only atomic fields.
type lane struct {
	run      *run
	pacer    *pacer
	schedule *workload.Schedule
	limit    extent

	due   int64       // the next intended start
	count int         // operations sent
	next  *slot       // holds the operation that is due next; nil: not prepared yet
	on    *connection // on which to send it; nil: none has room

	state laneState
	place int // in the pacer's heap, -1: not there

	blocked   atomic.Bool   // waits for a reply; the next one makes the lane ready
	until     atomic.Int64  // the instant of the reply for which it waited last
	cancelled atomic.Bool   // send no more
	sent      chan struct{} // closed after the last operation was sent
}

type laneState uint8

const (
	laneNew laneState = iota
	laneActive
	laneBlocked // waits for a free slot
	laneEnded
)

// newLane returns the lane of a run, whose window rec.start and rec.until describe.
func (c *client) newLane(r *run, limit extent) *lane {
	p := c.plan.Params
	r.lane = &lane{
		run: r, pacer: c.pacer, limit: limit, place: -1, sent: make(chan struct{}),
		schedule: workload.NewSchedule(p.RateOpsPerS, p.Arrivals == results.PoissonArrivals, p.Seed, c.number, p.Clients),
	}
	r.lane.advance()
	return r.lane
}

// advance goes on to the next intended start.
func (l *lane) advance() { l.due = l.run.rec.start + l.schedule.Next() }

// over reports whether the lane has no more to send at an instant.
func (l *lane) over(now int64) bool {
	rec := l.run.rec
	switch {
	case l.cancelled.Load() || rec.ended != "" || l.due >= rec.until:
		return true
	case l.limit.operations > 0 && l.count == l.limit.operations: // nothing is left to do it on
		l.run.shorten(l.due, "")
		return true
	case time.Duration(now-l.due) > max(hopelessLag, l.limit.duration/2):
		l.run.shorten(now, results.Hopeless)
		return true
	}
	return false
}

// prepare prepares the operation that is due next. It returns false if no slot is
// free or no connection has room; the lane then becomes ready with the next reply.
func (l *lane) prepare() bool {
	if l.room() {
		return true
	}
	l.blocked.Store(true)
	if l.room() { // a reply came before blocked was set
		l.blocked.Store(false)
		return true
	}
	l.state = laneBlocked
	return false
}

// room reports whether the operation that is due next can be sent. It prepares it if
// a slot is free.
func (l *lane) room() bool {
	if l.next == nil {
		if l.next = l.run.slot(); l.next == nil {
			return false
		}
		l.run.prepare(l.next)
		l.next.intended = l.due
	}
	if l.on == nil {
		l.on = l.run.client.connection(l.next.server)
	}
	return l.on != nil
}

// freed makes the lane ready if it waits for a reply. One came at the given instant.
func (l *lane) freed(at int64) {
	if l.blocked.Load() {
		l.until.Store(at)
		if l.blocked.CompareAndSwap(true, false) {
			l.pacer.ready <- l
		}
	}
}

// send sends the prepared operation now, and schedules the next.
func (l *lane) send(now int64) {
	if l.until.Load() > l.due {
		l.run.rec.queued++
	}
	l.on.send(now, l.next)
	l.next, l.on = nil, nil
	l.count++
	l.advance()
}

// end tells the client that its last operation was sent.
func (l *lane) end() {
	l.state = laneEnded
	if l.next != nil {
		l.next.withdraw()
	}
	close(l.sent)
}

// cancel ends the lane soon.
func (l *lane) cancel() {
	l.cancelled.Store(true)
	l.pacer.ready <- l
}
