package node

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Stall is a fault that a node can inject: it answers nothing for a while, again
// and again. Its windows are fixed to the host's CLOCK_MONOTONIC: at reading t
// the node stalls if t mod Every < For. So the effect on a schedule of requests
// can be computed: one that arrives x after the start of a window is answered
// For - x later than without the fault.
//
// The zero value is no fault; otherwise 0 < For < Every.
type Stall struct {
	For   time.Duration
	Every time.Duration
}

// UnmarshalText reads a stall in the form of String: 600ms/1s, or empty for
// none.
func (s *Stall) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Stall{}
		return nil
	}
	length, every, _ := strings.Cut(string(text), "/")
	d, err1 := time.ParseDuration(length)
	p, err2 := time.ParseDuration(every)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("stall %q: want the duration of a stall and the period, as 600ms/1s", text)
	}
	read := Stall{For: d, Every: p}
	if err := read.validate(); err != nil {
		return err
	}
	*s = read
	return nil
}

// validate returns an error unless a node can stall like this.
func (s Stall) validate() error {
	if s.For <= 0 || s.For >= s.Every {
		return fmt.Errorf("stall %v/%v: the duration must be above 0 and below the period", s.For, s.Every)
	}
	return nil
}

// String returns the stall in the form that UnmarshalText reads.
func (s Stall) String() string {
	if s == (Stall{}) {
		return ""
	}
	return s.For.String() + "/" + s.Every.String()
}

// MarshalText returns String.
func (s Stall) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// left returns how long the window lasts from that reading of the clock, in
// nanoseconds; 0: outside of a window.
func (s Stall) left(now int64) int64 {
	return max(0, int64(s.For)-now%int64(s.Every))
}

// stallQueue makes requests wait for the end of a stall. After it, the requests
// are done one at a time, in the order of their arrival; requests that arrive
// meanwhile queue behind them. It is safe for concurrent use.
type stallQueue struct {
	stall Stall
	clock Clock
	alarm *alarm
	over  context.Context // done: no request waits any more

	mu      sync.Mutex
	waiting []chan struct{} // each gets one message when it is its turn
	served  bool            // serve runs
	worked  chan struct{}   // gets one message at the end of a turn
}

// newStallQueue returns a queue in which no request waits after ctx is done.
func newStallQueue(ctx context.Context, s Stall) (*stallQueue, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	alarm, err := newAlarm(ctx)
	if err != nil {
		return nil, fmt.Errorf("stall: %w", err)
	}
	return &stallQueue{stall: s, clock: NewClock(), alarm: alarm, over: ctx, worked: make(chan struct{})}, nil
}

// enter waits as long as a request must, and reports whether it waited. The
// caller passes that to leave after the request is done. In a nil queue no
// request waits.
func (q *stallQueue) enter() (waited bool) { return q != nil && q.wait() }

// leave ends the turn of a request that waited.
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

// serve gives turns until no request waits.
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
		if left == 0 || q.alarm.set(now+left, 0) != nil {
			return
		}
		q.alarm.wait() // its only error is that ctx is done
	}
}
