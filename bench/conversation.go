package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dhtbench/provision/host"
)

// ask sends each agent its order and waits for all replies, which must be of the
// wanted kind. progress, unless nil, is called from several goroutines with the
// operations that agent i has done so far.
func (g *processGroup) ask(ctx context.Context, want string, orderOf func(i int) order, progress func(i int, done int64)) ([]reply, error) {
	replies := make([]reply, len(g.agents))
	err := parallel(ctx, len(g.agents), func(ctx context.Context, i int) (err error) {
		var each func(int64)
		if progress != nil {
			each = func(done int64) { progress(i, done) }
		}
		replies[i], err = exchange(ctx, g.agents[i], orderOf(i), each)
		if err == nil && replies[i].kind() != want {
			err = wrongKind(g.agents[i], replies[i], want)
		}
		return err
	})
	return replies, err
}

// measure orders all agents to measure and waits for their results. Until then an
// interruption stops the phase instead of the processes.
func (g *processGroup) measure(ctx context.Context, orderOf func(i int) order, progress func(i int, done int64)) ([]reply, error) {
	g.setMeasuring(true)
	defer g.setMeasuring(false)
	return g.ask(ctx, "result", orderOf, progress)
}

func (g *processGroup) setMeasuring(measuring bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.measuring = measuring
}

// interrupt stops the phase in progress. Agents then reply with what they have
// measured. Without a phase, or if a reply is late, it ends the group's context
// with the cause.
func (g *processGroup) interrupt(cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.measuring {
		g.fail(cause)
		return
	}
	time.AfterFunc(interruptGrace, func() { g.fail(cause) })
	for _, agent := range g.agents {
		go agent.Send([]byte(`{"stop":{}}`)) // in parallel, since an agent may not be reading
	}
}

// silences returns, by host of the fleet, the longest time since the last call without
// output from one of its processes.
func (g *processGroup) silences() []time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	longest := make([]time.Duration, g.fleet.size())
	for _, list := range [][]*host.Process{g.byID, g.agents} {
		for i, p := range list {
			at := &longest[i%len(longest)]
			*at = max(*at, p.Silence())
		}
	}
	return longest
}

// wrongKind is the error of an agent whose reply is not of the wanted kind.
func wrongKind(agent *host.Process, r reply, want string) error {
	return fmt.Errorf("%s replied %q, want %q: coordinator and agent are different builds", agent.Label(), r.kind(), want)
}

// exchange sends one agent an order and returns its reply. progress, unless nil,
// is called with the progress that the agent reports until then.
func exchange(ctx context.Context, agent *host.Process, o order, progress func(done int64)) (reply, error) {
	line, err := json.Marshal(o)
	if err != nil {
		return reply{}, fmt.Errorf("write order: %w", err)
	}
	if err := agent.Send(line); err != nil {
		return reply{}, err
	}
	for {
		if line, err = agent.Receive(ctx); err != nil {
			return reply{}, err
		}
		r, err := parse[reply](line)
		if err != nil {
			return reply{}, fmt.Errorf("%s: %w", agent.Label(), err)
		}
		if r.Progress == nil {
			return r, nil
		}
		if progress != nil {
			progress(r.Progress.Done)
		}
	}
}
