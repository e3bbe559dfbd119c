package bench

import (
	"context"
	"sync"
	"time"
)

// pipeline is the closed loop of a client with several operations in flight. Replies
// free slots for the next operations. Those for one connection are sent in one write.
//
// Note: only one goroutine at a time generates and sends operations. With values of
// hundreds of kilobytes this limits the throughput of a client, and on a host with many
// processors no warning reports it. More clients use more processors.
type pipeline struct {
	run   *run
	limit extent
	end   int64 // the instant when limit.duration is over

	mu      sync.Mutex    // guards what follows: replies come on several connections
	stopped bool          // no more is sent
	begun   int           // operations sent
	touched []*connection // with a batch; empty except during refill
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

// stop ends the loop after its context has ended. After an order to stop, operations
// that have been sent still count.
func (p *pipeline) stop(ctx context.Context) error {
	p.mu.Lock()
	p.stopped = true
	p.mu.Unlock()
	var grace time.Duration
	if context.Cause(ctx) == errStopped {
		grace = stopGrace
	}
	p.run.settle(grace)
	return p.run.client.stopped(ctx, p.run.rec)
}

// over reports whether all operations have been sent.
func (p *pipeline) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.full()
}

// full is over for callers that hold p.mu.
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
		if k == nil { // those that are not lost have no room
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
	if p.full() && p.run.idle() { // the last reply came before the end
		p.run.drain()
	}
}
