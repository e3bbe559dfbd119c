package node

import (
	"context"
	"fmt"
	"sync"
)

// stallQueue is where requests wait for the end of a stall. Those that waited
// are worked on one at a time, in the order in which they came, and later ones
// queue behind them. It is safe for concurrent use.
type stallQueue struct {
	stall Stall
	clock Clock
	alarm *alarm
	over  context.Context // done: nothing is held back any more

	mu      sync.Mutex
	waiting []chan struct{} // each gets one message when it is its turn
	served  bool            // a goroutine gives the turns
	worked  chan struct{}   // gets one message at the end of a turn
}

// newStallQueue returns a queue that holds nothing back when ctx is done.
func newStallQueue(ctx context.Context, s Stall) (*stallQueue, error) {
	if s.For <= 0 || s.For >= s.Every {
		return nil, fmt.Errorf("stall for %v every %v: want more than 0, and less than the time from one to the next", s.For, s.Every)
	}
	alarm, err := newAlarm()
	if err != nil {
		return nil, fmt.Errorf("stall: %w", err)
	}
	context.AfterFunc(ctx, func() { alarm.close() })
	return &stallQueue{stall: s, clock: NewClock(), alarm: alarm, over: ctx, worked: make(chan struct{})}, nil
}

// enter waits as long as a request has to. It reports whether it did: leave
// must be told. A nil queue holds nothing back.
func (q *stallQueue) enter() bool { return q != nil && q.wait() }

// leave ends the turn of a request that has been worked on, if it had to wait.
func (q *stallQueue) leave(waited bool) {
	if waited {
		q.worked <- struct{}{}
	}
}

// wait is enter in a queue that is not nil.
func (q *stallQueue) wait() bool {
	q.mu.Lock()
	if !q.served && (q.over.Err() != nil || q.stall.left(q.clock.Now()) == 0) {
		q.mu.Unlock()
		return false
	}
	turn := make(chan struct{})
	q.waiting = append(q.waiting, turn)
	if !q.served {
		q.served = true
		go q.serve()
	}
	q.mu.Unlock()
	<-turn
	return true
}

// serve gives turns until nobody waits.
func (q *stallQueue) serve() {
	for {
		q.sleep()
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.served, q.waiting = false, nil
			q.mu.Unlock()
			return
		}
		turn := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		turn <- struct{}{}
		<-q.worked
	}
}

// sleep waits for the end of the window, if there is one.
func (q *stallQueue) sleep() {
	for q.over.Err() == nil {
		now := q.clock.Now()
		left := q.stall.left(now)
		if left == 0 {
			return
		}
		if q.alarm.set(now+left, 0) != nil {
			return
		}
		q.alarm.wait() // an error: it was closed, for the context is done
	}
}
