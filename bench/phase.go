package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"

	"golang.org/x/sync/errgroup"
)

// lead is the time from the start of a phase to the window of an open loop, so that
// first operations are not late because threads have to start.
const lead = 5 * time.Millisecond

// kindNamed is the operation of a phase, 0 for a mix.
func kindNamed(name string) (workload.Op, error) {
	if name == results.Mix {
		return 0, nil
	}
	for _, op := range workload.Ops() {
		if op.String() == name {
			return op, nil
		}
	}
	return 0, fmt.Errorf("operation %q: must be one of %v or %s", name, results.Operations(), results.Mix)
}

// warmUp does the warm-up of a phase.
func (a *agent) warmUp(ctx context.Context, o phaseOrder) (reply, error) {
	op, err := kindNamed(o.Operation)
	if err != nil {
		return reply{}, err
	}
	if err := a.each(ctx, noLimit, func(ctx context.Context, _ int, c *client) error { return c.warmUp(ctx, op) }); err != nil {
		return reply{}, err
	}
	for _, c := range a.clients {
		c.makeRecorder()
	}
	runtime.GC() // so that the measured phase does not collect the garbage of preparation
	return reply{Warm: &struct{}{}}, nil
}

// measure runs one phase of all clients of the agent, from the instant that the
// order names, and reports progress while it runs.
func (a *agent) measure(ctx context.Context, o phaseOrder) (reply, error) {
	op, err := kindNamed(o.Operation)
	if err != nil {
		return reply{}, err
	}
	for _, c := range a.clients {
		c.done.Store(0)
		c.makeRecorder() // made already if the phase had a warm-up
	}
	before, err := a.readUsage()
	if err != nil {
		return reply{}, err
	}
	at := o.AtNS
	if err := a.waitUntil(ctx, at); err != nil {
		if err != errStopped {
			return reply{}, err
		}
		at = 0
	}
	if at == 0 { // now
		at = a.clock.Now()
	}
	before.at = at
	line := newTimeline(at, len(a.clients))
	for _, c := range a.clients {
		if c.timeline {
			c.next.keepTimeline(line, c.plan.expected())
		}
	}
	stopWatching := a.watch()
	recorders := make([]*recorder, len(a.clients))
	err = a.each(ctx, noLimit, func(ctx context.Context, i int, c *client) (err error) {
		recorders[i], err = c.measure(ctx, op, at+int64(lead))
		return err
	})
	stopWatching()
	if err != nil {
		line.end(nil)
		return reply{}, err
	}
	slices := line.end(recorders)
	after, err := a.readUsage()
	if err != nil {
		return reply{}, err
	}
	r := a.result(recorders, before, after)
	r.Timeline, r.IntervalNS = slices, line.length
	return reply{Result: r}, nil
}

// result combines the recorders of all clients and the agent's resource usage.
func (a *agent) result(recorders []*recorder, before, after usage) *result {
	r := &result{Vitals: a.vitals(before, after), Clients: make([]results.Client, len(recorders))}
	var numbers []int
	for i, rec := range recorders {
		r.Clients[i] = rec.client(a.clients[i].number, a.host, before.at)
		numbers = append(numbers, a.clients[i].number)
	}
	r.Agent = before.until(after, a.host, numbers)
	return r
}

const (
	// noLimit lets all clients run at the same time.
	noLimit = -1
	// beginAtOnce is how many clients of an agent connect and load records at the same
	// time. A server that has more new connections than its backlog, 511 in redis,
	// drops some, and they time out.
	beginAtOnce = 64
)

// each runs do for all clients, with the client's index in a.clients, and at most limit
// at the same time. It returns the first error, which cancels the others.
func (a *agent) each(ctx context.Context, limit int, do func(context.Context, int, *client) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(limit)
	for i, c := range a.clients {
		group.Go(func() error { return do(ctx, i, c) })
	}
	return group.Wait()
}

// waitUntil returns at the given instant of a.clock, or when ctx ends.
func (a *agent) waitUntil(ctx context.Context, at int64) error {
	timer := time.NewTimer(time.Duration(at - a.clock.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watch reports the progress of the clients every progressInterval, until stop is
// called. Nothing is reported after stop has returned.
func (a *agent) watch() (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(progressInterval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				var done int64
				for _, c := range a.clients {
					done += c.done.Load()
				}
				if err := a.say(reply{Progress: &progressMade{Done: done}}); err != nil {
					a.fail(err)
				}
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-ended
	}
}
