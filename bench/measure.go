package bench

import (
	"context"
	"time"

	"dhtbench/results"
)

// measure runs one phase of all clients of the agent, from the instant that the
// order names, and says how far it is while it runs.
func (a *agent) measure(ctx context.Context, phase Phase) (Reply, error) {
	for _, c := range a.clients {
		c.done.Store(0)
	}
	if err := a.waitUntil(ctx, phase.At); err != nil {
		return Reply{}, err
	}
	before, err := readUsage()
	if err != nil {
		return Reply{}, err
	}
	stopWatching := a.watch()
	measured := make([]results.Client, len(a.clients))
	err = a.each(func(i int, c *client) (err error) {
		measured[i], err = c.measure(ctx, phase.Operation)
		return err
	})
	stopWatching()
	if err != nil {
		return Reply{}, err
	}
	after, err := readUsage()
	if err != nil {
		return Reply{}, err
	}
	return Reply{Result: &Result{Clients: measured, Agent: after.since(before)}}, nil
}

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
