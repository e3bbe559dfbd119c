package node

import "sync"

// ticket is one caller's place in the queue for replies.
type ticket struct {
	turn chan struct{} // gets one message when the caller may read; holds it until taken

	end   uint64 // offset in the stream of requests at which its request ends
	skip  int    // replies that come before its own and that nobody waits for
	stamp uint64 // the queue's tick when it entered

	prev, next *ticket // its neighbours; next links spare tickets, too
}

// queue is the order in which the replies of a connection will come, and what
// is known of its end. It is safe for concurrent use.
//
// The caller at the head has the turn: it alone reads. A caller that gives up
// leaves its reply to be skipped by the next one in the queue, or by the next
// to enter, so that the stream stays in step without a goroutine to read it.
type queue struct {
	mu         sync.Mutex
	head, tail *ticket
	skip       int     // replies that come after the tail's and that nobody waits for
	spare      *ticket // for reuse
	tick       uint64  // advanced by the clock of the connection
	handed     uint64  // bytes of requests given to the kernel, or about to be
	err        error   // not nil: why the connection broke
}

// enter queues a caller whose request ends at that offset. head says that it
// has the turn already.
func (q *queue) enter(end uint64) (t *ticket, head bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t = q.spare
	if t != nil {
		q.spare = t.next
	} else {
		t = &ticket{turn: make(chan struct{}, 1)}
	}
	t.end, t.skip, t.stamp = end, q.skip, q.tick
	t.prev, t.next = q.tail, nil
	q.skip = 0
	q.tail = t
	if t.prev == nil {
		q.head = t
		return t, true
	}
	t.prev.next = t
	return t, false
}

// skipped counts one reply less to skip for t, which has the turn.
func (q *queue) skipped(t *ticket) {
	q.mu.Lock()
	t.skip--
	q.mu.Unlock()
}

// leave takes t, which has the turn, out of the queue after it read its reply
// or found the connection broken, and gives the next one the turn.
func (q *queue) leave(t *ticket) {
	q.mu.Lock()
	q.remove(t)
	q.mu.Unlock()
}

// abandon takes t out of the queue before its reply came, which is then
// skipped. turn says that t has the turn; without it abandon returns false,
// and does nothing, if the turn was given at the same time.
func (q *queue) abandon(t *ticket, turn bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.head == t && !turn {
		return false
	}
	if t.next != nil {
		t.next.skip += t.skip + 1
	} else {
		q.skip += t.skip + 1
	}
	q.remove(t)
	return true
}

// remove unlinks t and keeps it for reuse; if it was the head, the next one
// gets the turn. The caller holds q.mu.
func (q *queue) remove(t *ticket) {
	if t.next != nil {
		t.next.prev = t.prev
	} else {
		q.tail = t.prev
	}
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		q.head = t.next
		if q.head != nil {
			q.head.turn <- struct{}{}
		}
	}
	t.prev, t.next = nil, q.spare
	q.spare = t
}

// hand notes that the requests up to that offset are about to be written. It
// returns false if the connection broke: they must not be.
func (q *queue) hand(end uint64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return false
	}
	q.handed = end
	return true
}

// breaks notes why the connection ended; only the first reason counts. If a
// write ended it, handed is how many bytes of requests were written in all;
// otherwise it is nil.
func (q *queue) breaks(err error, handed *uint64) (first bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if handed != nil {
		q.handed = *handed
	}
	if q.err != nil {
		return false
	}
	q.err = err
	return true
}

// fate returns why the connection broke, and whether the request of t is then
// ErrFailed, for it did not leave whole and a node does nothing on a part of
// it, or ErrUnknown. With no break it returns ErrUnknown and nil.
func (q *queue) fate(t *ticket) (kind, reason error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil && t.end > q.handed {
		return ErrFailed, q.err
	}
	return ErrUnknown, q.err
}

// reason returns why the connection broke; nil: it did not.
func (q *queue) reason() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// late advances the tick and reports whether the oldest request in the queue
// had entered before that many earlier ticks.
func (q *queue) late(ticks uint64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tick++
	return q.head != nil && q.tick-q.head.stamp > ticks
}
