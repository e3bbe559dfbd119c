package bench

import (
	"sync/atomic"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"
)

// lane is one client in one open loop, as its pacer sees it. Only cancelled and
// blocked are used by other goroutines before sent is closed.
type lane struct {
	run      *run
	pacer    *pacer
	schedule *workload.Schedule
	limit    extent

	due   int64 // the next intended start
	count int   // operations sent
	next  *slot // holds the operation that is due next; nil: not prepared yet

	state laneState
	place int // in the pacer's heap, -1: not there

	blocked   atomic.Bool   // no slot was free; whoever frees one makes the lane ready
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
	r.free = make(chan *slot, len(c.slots))
	for _, s := range c.slots {
		s.completion = 0 // free since before the start
		r.free <- s
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
// free; the lane then becomes ready with the next free slot.
func (l *lane) prepare() bool {
	if l.next != nil {
		return true
	}
	s := l.slot()
	if s == nil {
		l.state = laneBlocked
		return false
	}
	if s.completion > l.due {
		l.run.rec.queued++
	}
	l.run.prepare(s)
	s.intended = l.due
	l.next = s
	return true
}

// slot returns a free slot, nil if there is none.
func (l *lane) slot() *slot {
	select {
	case s := <-l.run.free:
		return s
	default:
	}
	l.blocked.Store(true)
	select { // one can have become free before blocked was set
	case s := <-l.run.free:
		l.blocked.Store(false)
		return s
	default:
		return nil
	}
}

// freed makes the lane ready if it waits for a free slot.
func (l *lane) freed() {
	if l.blocked.CompareAndSwap(true, false) {
		l.pacer.ready <- l
	}
}

// send sends the prepared operation now, and schedules the next.
func (l *lane) send(now int64) {
	s := l.next
	l.next = nil
	l.count++
	s.connections[s.server].send(s, now)
	l.advance()
}

// end tells the client that its last operation was sent.
func (l *lane) end() {
	l.state = laneEnded
	if l.next != nil {
		l.next.withdraw()
		l.run.free <- l.next
	}
	close(l.sent)
}

// cancel ends the lane soon.
func (l *lane) cancel() {
	l.cancelled.Store(true)
	l.pacer.ready <- l
}
