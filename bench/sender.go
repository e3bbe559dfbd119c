package bench

import (
	"sync/atomic"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"
)

// sender is the part of a client's open loop that the pacer runs: the schedule, and the
// operation that is due next. Until sent is closed, only the pacer changes it, except for
// the atomic fields.
type sender struct {
	run      *run
	pacer    *pacer
	schedule *workload.Schedule
	limit    extent

	due   int64       // the next intended start
	count int         // operations sent
	next  *slot       // holds the operation that is due next; nil: not prepared yet
	on    *connection // for next; nil: not chosen yet

	state senderState
	place int // in the pacer's heap, -1: not there

	blocked   atomic.Bool   // the next reply makes the sender ready
	until     atomic.Int64  // the instant of the reply that ended the last wait
	cancelled atomic.Bool   // no more is sent
	sent      chan struct{} // closed after the last operation was sent
}

type senderState uint8

const (
	senderNew     senderState = iota
	senderActive              // in the pacer's heap
	senderBlocked             // no slot is free, or no connection has room
	senderEnded
)

// newSender returns the sender of a run. rec.start and rec.until must be set.
func (c *client) newSender(r *run, limit extent) *sender {
	p := c.plan.Params
	r.sender = &sender{
		run: r, pacer: c.pacer, limit: limit, place: -1, sent: make(chan struct{}),
		schedule: workload.NewSchedule(p.RateOpsPerS, p.Arrivals == results.PoissonArrivals, p.WorkloadSeed(), c.number, p.Clients),
	}
	r.sender.advance()
	return r.sender
}

// advance sets due to the next intended start.
func (s *sender) advance() { s.due = s.run.rec.start + s.schedule.Next() }

// over reports whether the sender has no more to send at an instant.
func (s *sender) over(now int64) bool {
	rec := s.run.rec
	switch {
	case s.cancelled.Load() || rec.ended != "" || s.due >= rec.until:
		return true
	case s.limit.operations > 0 && s.count == s.limit.operations: // the window ends where the next one is due
		s.run.shorten(s.due, "")
		return true
	case time.Duration(now-s.due) > max(hopelessLag, s.limit.duration/2):
		s.run.shorten(now, results.Hopeless)
		return true
	}
	return false
}

// prepare prepares the operation that is due next. If no slot is free or no connection
// has room, it returns false, and the next reply makes the sender ready.
func (s *sender) prepare() bool {
	if s.room() {
		return true
	}
	s.blocked.Store(true)
	if s.room() { // a reply came before blocked was set
		s.blocked.Store(false)
		return true
	}
	s.state = senderBlocked
	return false
}

// room reports whether the operation that is due next can be sent. It prepares it if
// a slot is free.
func (s *sender) room() bool {
	if s.next == nil {
		if s.next = s.run.slot(); s.next == nil {
			return false
		}
		s.run.prepare(s.next)
		s.next.intended = s.due
	}
	if s.on == nil {
		s.on = s.run.client.connection(s.next.server)
	}
	return s.on != nil
}

// freed makes the sender ready if it is blocked. at is the instant of a reply that freed
// a slot.
func (s *sender) freed(at int64) {
	if s.blocked.Load() {
		s.until.Store(at)
		if s.blocked.CompareAndSwap(true, false) {
			s.pacer.ready <- s
		}
	}
}

// send sends the prepared operation, and advances to the next.
func (s *sender) send(now int64) {
	if s.until.Load() > s.due {
		s.run.rec.queued++
	}
	s.on.send(now, s.next)
	s.next, s.on = nil, nil
	s.count++
	s.advance()
}

// end ends the sender. It withdraws an operation that is prepared and not sent.
func (s *sender) end() {
	s.state = senderEnded
	if s.next != nil {
		s.next.withdraw()
	}
	close(s.sent)
}

// cancel makes the pacer end the sender.
func (s *sender) cancel() {
	s.cancelled.Store(true)
	s.pacer.ready <- s
}
