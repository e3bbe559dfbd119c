package bench

import (
	"context"
	"time"

	"dhtbench/results"
)

// measure runs one phase of all clients of the agent, from the instant that the
// order names, and says how far it is while it runs.
func (a *agent) measure(ctx context.Context, phase Phase) (Reply, error) {
	kind, err := kindNamed(phase.Operation)
	if err != nil {
		return Reply{}, err
	}
	for _, c := range a.clients {
		c.done.Store(0)
	}
	if err := a.waitUntil(ctx, phase.At); err != nil {
		return Reply{}, err
	}
	at := phase.At
	if at == 0 { // now
		at = a.clock.now()
	}
	before, err := a.readUsage()
	if err != nil {
		return Reply{}, err
	}
	stopWatching := a.watch()
	result := &Result{Clients: make([]results.Client, len(a.clients))}
	points := make([][]point, len(a.clients))
	spun := make([]time.Duration, len(a.clients))
	err = a.each(func(i int, c *client) (err error) {
		result.Clients[i], points[i], spun[i], err = c.measure(ctx, kind, at+int64(lead))
		return err
	})
	stopWatching()
	if err != nil {
		return Reply{}, err
	}
	after, err := a.readUsage()
	if err != nil {
		return Reply{}, err
	}
	result.Agent = a.used(before, after)
	for _, d := range spun {
		result.Agent.SpinNS += int64(d)
	}
	result.Timeline = timeline(points, at)
	return Reply{Result: result}, nil
}

// lead is how long after the start of a phase the schedules of open loops begin,
// so that none of their first operations is late for want of a thread.
const lead = 5 * time.Millisecond

// waitUntil returns at the given instant of a.clock, or when ctx ends.
func (a *agent) waitUntil(ctx context.Context, at int64) error {
	timer := time.NewTimer(time.Duration(at - a.clock.now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watch says how far the clients are, every progressInterval, until the
// returned function is called; nothing is said after that has returned.
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
				if err := a.say(Reply{Progress: &Advance{Done: done}}); err != nil {
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
