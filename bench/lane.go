package bench

import (
	"sync/atomic"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"
)

// lane is the part of a client's open loop that the pacer runs: the schedule, and the
// operation that is due next. Until sent is closed, only the pacer changes it, except for
// the atomic fields.
type lane struct {
	run      *run
	pacer    *pacer
	schedule *workload.Schedule
	limit    extent

	due   int64       // the next intended start
	count int         // operations sent
	next  *slot       // holds the operation that is due next; nil: not prepared yet
	on    *connection // for next; nil: not chosen yet

	state laneState
	place int // in the pacer's heap, -1: not there

	blocked   atomic.Bool   // the next reply makes the lane ready
	until     atomic.Int64  // the instant of the reply that ended the last wait
	cancelled atomic.Bool   // no more is sent
	sent      chan struct{} // closed after the last operation was sent
}

type laneState uint8

const (
	laneNew     laneState = iota
	laneActive            // in the pacer's heap
	laneBlocked           // no slot is free, or no connection has room
	laneEnded
)

// newLane returns the lane of a run. rec.start and rec.until must be set.
func (c *client) newLane(r *run, limit extent) *lane {
	p := c.plan.Params
	r.lane = &lane{
		run: r, pacer: c.pacer, limit: limit, place: -1, sent: make(chan struct{}),
		schedule: workload.NewSchedule(p.RateOpsPerS, p.Arrivals == results.PoissonArrivals, p.Seed, c.number, p.Clients),
	}
	r.lane.advance()
	return r.lane
}

// advance sets due to the next intended start.
func (l *lane) advance() { l.due = l.run.rec.start + l.schedule.Next() }

// over reports whether the lane has no more to send at an instant.
func (l *lane) over(now int64) bool {
	rec := l.run.rec
	switch {
	case l.cancelled.Load() || rec.ended != "" || l.due >= rec.until:
		return true
	case l.limit.operations > 0 && l.count == l.limit.operations: // the window ends where the next one is due
		l.run.shorten(l.due, "")
		return true
	case time.Duration(now-l.due) > max(hopelessLag, l.limit.duration/2):
		l.run.shorten(now, results.Hopeless)
		return true
	}
	return false
}

// prepare prepares the operation that is due next. If no slot is free or no connection
// has room, it returns false, and the next reply makes the lane ready.
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

// freed makes the lane ready if it is blocked. at is the instant of a reply that freed
// a slot.
func (l *lane) freed(at int64) {
	if l.blocked.Load() {
		l.until.Store(at)
		if l.blocked.CompareAndSwap(true, false) {
			l.pacer.ready <- l
		}
	}
}

// send sends the prepared operation, and advances to the next.
func (l *lane) send(now int64) {
	if l.until.Load() > l.due {
		l.run.rec.queued++
	}
	l.on.send(now, l.next)
	l.next, l.on = nil, nil
	l.count++
	l.advance()
}

// end ends the lane. It withdraws an operation that is prepared and not sent.
func (l *lane) end() {
	l.state = laneEnded
	if l.next != nil {
		l.next.withdraw()
	}
	close(l.sent)
}

// cancel makes the pacer end the lane.
func (l *lane) cancel() {
	l.cancelled.Store(true)
	l.pacer.ready <- l
}
