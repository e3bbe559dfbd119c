package bench

import (
	"context"
	"sync"
	"time"
)

// pipeline is the closed loop of a client with several operations in flight. Replies
// make room for the next operations; those for one connection are sent in one write.
type pipeline struct {
	run   *run
	limit extent
	end   int64 // of the time in limit, if it has one

	mu      sync.Mutex // guards what follows: replies come on several connections
	stopped bool       // an order to stop came
	begun   int        // operations sent
	touched []*connection
}

// pipelinedLoop keeps all slots of the client in flight, until either limit is reached
// or ctx ends.
func (c *client) pipelinedLoop(ctx context.Context, limit extent, rec *recorder) error {
	rec.start = c.clock.Now()
	r, ctx := c.newRun(ctx, rec, rec.start)
	defer r.fail(nil)
	p := &pipeline{run: r, limit: limit, end: rec.start + int64(limit.duration)}
	c.pipeline.Store(p)
	c.refill()
	for !p.over() || !r.idle() {
		select {
		case <-r.drained:
		case <-ctx.Done():
			return p.stop(ctx)
		}
	}
	return nil
}

// stop ends the loop after its context has ended: on an order to stop, what has been
// sent still counts.
func (p *pipeline) stop(ctx context.Context) error {
	c := p.run.client
	if context.Cause(ctx) == errStopped {
		p.mu.Lock()
		p.stopped = true
		p.mu.Unlock()
		over := time.NewTimer(stopGrace)
		defer over.Stop()
		for late := false; !p.run.idle() && !late; {
			select {
			case <-p.run.drained:
			case <-over.C:
				late = true
			}
		}
	}
	c.eachConnection((*connection).abandon)
	return c.stopped(ctx, p.run.rec)
}

// over reports whether all operations have been sent.
func (p *pipeline) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.full()
}

// full reports the same. p.mu is held.
func (p *pipeline) full() bool {
	return p.stopped || p.limit.operations > 0 && p.begun >= p.limit.operations ||
		p.limit.duration > 0 && p.run.client.clock.Now() >= p.end
}

// refill sends the next operation of each free slot, if a pipelined loop is in
// progress. An operation that fails at once leaves its slot free until the next call.
func (c *client) refill() {
	p := c.pipeline.Load()
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.run.freeSlots() {
		if p.full() {
			break
		}
		s := p.run.slot()
		p.run.prepare(s)
		p.begun++
		k := c.connection(s.server)
		if k == nil { // others are lost
			k = c.connections[s.server][0]
		}
		if len(k.batch) == 0 {
			p.touched = append(p.touched, k)
		}
		k.batch = append(k.batch, s)
	}
	for _, k := range p.touched {
		k.send(c.clock.Now(), k.batch...)
		k.batch = k.batch[:0]
	}
	p.touched = p.touched[:0]
}
