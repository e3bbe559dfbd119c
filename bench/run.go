package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// errStopped ends a phase on an order to stop. What was measured until then is
// kept.
var errStopped = errors.New("stopped")

// run is one client in one phase, in any loop.
type run struct {
	client *client
	sender *sender                 // of an open loop, else nil
	fail   context.CancelCauseFunc // ends the phase

	mu     sync.Mutex // guards what follows: several replies can come at once
	rec    *recorder
	health []health // by server

	drained chan struct{} // gets an element when all slots have become free
	pool    sync.Mutex    // guards free; never held for long, since a pacer waits for it
	free    []*slot       // slots that hold no operation; the last one was freed last
}

// newRun returns a run that records from the given instant on, and a context that
// ends with the phase.
func (c *client) newRun(ctx context.Context, rec *recorder, from int64) (*run, context.Context) {
	ctx, fail := context.WithCancelCause(ctx)
	r := &run{
		client: c, fail: fail, rec: rec, health: make([]health, len(c.servers)),
		free: slices.Clone(c.slots), drained: make(chan struct{}, 1),
	}
	for i := range r.health {
		r.health[i].from, r.health[i].success = from, from
	}
	for _, s := range c.slots {
		s.run = r
	}
	return r, ctx
}

// slot takes a free slot, nil if there is none. It prefers the one that was freed
// last, which is still in the processor's cache.
func (r *run) slot() *slot {
	r.pool.Lock()
	defer r.pool.Unlock()
	last := len(r.free) - 1
	if last < 0 {
		return nil
	}
	s := r.free[last]
	r.free = r.free[:last]
	return s
}

// release makes a slot free.
func (r *run) release(s *slot) {
	r.pool.Lock()
	r.free = append(r.free, s)
	all := len(r.free) == len(r.client.slots)
	r.pool.Unlock()
	if all {
		r.drain()
	}
}

// drain signals to the loop that all slots are free.
func (r *run) drain() {
	select {
	case r.drained <- struct{}{}:
	default: // signalled already
	}
}

// settle waits until no operation is in flight. After the given time it ends those that
// have no reply.
func (r *run) settle(within time.Duration) {
	over := time.NewTimer(max(within, 0))
	defer over.Stop()
	for !r.idle() {
		select {
		case <-r.drained:
		case <-over.C:
			r.client.eachConnection((*connection).abandon)
			<-r.drained
		}
	}
}

// freeSlots is the number of free slots.
func (r *run) freeSlots() int {
	r.pool.Lock()
	defer r.pool.Unlock()
	return len(r.free)
}

// idle reports whether all slots are free.
func (r *run) idle() bool { return r.freeSlots() == len(r.client.slots) }

// prepare makes the next operation of the source.
func (r *run) prepare(s *slot) {
	r.client.source.Next(&s.Operation)
	s.encode()
}

// take records an operation that has ended. r.mu is held.
func (r *run) take(s *slot) {
	r.rec.record(s)
	r.client.done.Add(1)
	if err := r.health[s.server].note(s); err != nil {
		r.fail(fmt.Errorf("client %d gave up at server %d: %w", r.client.number, s.server, err))
	}
}

const (
	// giveUpAfter is the time without success at a server after which a client
	// gives up, if several operations have failed meanwhile.
	giveUpAfter = 3 * time.Second
	// manyErrors is the number of operations that must have gone wrong at a server,
	// after giveUpAfter at the earliest and more than half of all, for a client to
	// give up although some succeed.
	manyErrors = 1000
)

// health is how one server has answered a client in a phase.
type health struct {
	row     int   // operations in a row that went wrong
	wrong   int64 // operations that went wrong
	all     int64
	from    int64 // the start of the phase
	success int64 // the last one, or the start of the phase
}

// note counts an operation. It returns an error if the client must give up.
func (h *health) note(s *slot) error {
	h.all++
	if !s.wentWrong() {
		h.row, h.success = 0, s.completion
		return nil
	}
	h.row++
	h.wrong++
	silent := time.Duration(s.completion - h.success)
	switch {
	case h.row > 1 && silent > giveUpAfter:
		return fmt.Errorf("no success for %v; the last error: %w", silent.Round(time.Millisecond), s.err)
	case h.wrong >= manyErrors && 2*h.wrong > h.all && time.Duration(s.completion-h.from) > giveUpAfter:
		return fmt.Errorf("%d of %d operations went wrong; the last error: %w", h.wrong, h.all, s.err)
	}
	return nil
}
