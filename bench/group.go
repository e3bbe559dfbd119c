package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dhtbench/bench/target"
	"dhtbench/node"
	"dhtbench/provision/host"

	"golang.org/x/sync/errgroup"
)

// Limits on the time that processes take.
const (
	endGrace       = 10 * time.Second       // to end after a complete run
	abortGrace     = 800 * time.Millisecond // to end after an aborted run
	interruptGrace = 10 * time.Second       // to reply with partial results, also on a busy machine
)

// agentShare is the share of a host's processors, one half, that its agent uses;
// its servers use the other half. Without a division the threads of all processes
// compete for every processor.
const agentShare = 2

// errEnded is the cause of a group's context after a regular end.
var errEnded = errors.New("process group ended")

// processGroup is the server and agent processes of one run. When one of them ends
// by itself, the group's context ends with the exit reason, and so do calls that
// wait for other processes.
type processGroup struct {
	fleet  *fleet
	target target.Target
	fail   context.CancelCauseFunc // ends the group's context
	ended  <-chan struct{}         // closed when that has ended

	mu        sync.Mutex // guards what follows: processes start in parallel
	servers   []*host.Process
	byID      []*host.Process // the servers, by number, once all have started
	agents    []*host.Process // agent i is on the host of client i
	measuring bool            // a phase that can be stopped is in progress
}

// newProcessGroup returns an empty group and the context that ends with it.
func newProcessGroup(ctx context.Context, f *fleet, t target.Target) (*processGroup, context.Context) {
	ctx, fail := context.WithCancelCause(ctx)
	return &processGroup{fleet: f, target: t, fail: fail, ended: ctx.Done()}, ctx
}

// start starts dhtbench on a host and watches it for as long as the group lasts.
func (g *processGroup) start(list *[]*host.Process, on member, label string, args ...string) (*host.Process, error) {
	p, err := on.Start(label, append([]string{on.executable}, args...)...)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	*list = append(*list, p)
	g.mu.Unlock()
	p.Watch()
	go func() {
		select {
		case <-p.Done():
			g.fail(p.Err())
		case <-g.ended:
		}
	}()
	return p, nil
}

// startServers starts n servers, each on its host at a free port, and returns them by
// number. with holds their common options.
func (g *processGroup) startServers(ctx context.Context, n int, with target.Server) ([]node.ReadyNode, error) {
	started := make([]node.ReadyNode, n)
	g.byID = make([]*host.Process, n)
	err := parallel(ctx, n, func(ctx context.Context, id int) error {
		on, with := g.fleet.at(id), with
		with.Listen = net.JoinHostPort(on.Addr, "0")
		with.Share = agentShare * g.fleet.share(id, n)
		with.OrphanAfter = host.OrphanAfter
		args := g.target.ServerArgs(with)
		p, err := g.start(&g.servers, on, fmt.Sprintf("%s %d", args[0], id), args...) // node 3 or server 3
		if err != nil {
			return err
		}
		g.byID[id] = p
		line, err := p.Receive(ctx)
		if err != nil {
			return err
		}
		started[id], err = parseReady(line)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Label(), err)
		}
		return nil
	})
	return started, err
}

// vitals asks all servers of the group for their vitals since they were last asked,
// and returns them by number.
func (g *processGroup) vitals(ctx context.Context) ([]node.VitalsMessage, error) {
	all := make([]node.VitalsMessage, len(g.byID))
	err := parallel(ctx, len(g.byID), func(ctx context.Context, id int) error {
		p := g.byID[id]
		if err := p.Send([]byte(`{"vitals":{}}`)); err != nil {
			return err
		}
		line, err := p.Receive(ctx)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(line, &all[id]); err != nil {
			return fmt.Errorf("%s: want its vitals, got %q: %w", p.Label(), clip(line), err)
		}
		return nil
	})
	return all, err
}

// parseReady reads the line that a server prints when it accepts connections.
func parseReady(line []byte) (node.ReadyNode, error) {
	var message node.Ready
	if err := json.Unmarshal(line, &message); err != nil || message.Ready.Addr == "" {
		return node.ReadyNode{}, fmt.Errorf("want a ready line, got %q", clip(line))
	}
	return message.Ready, nil
}

// startAgents starts n agents, each on 1/share of its host's processors.
func (g *processGroup) startAgents(n, share int) error {
	for i := range n {
		if _, err := g.start(&g.agents, g.fleet.at(i), fmt.Sprintf("agent %d", i), "agent", "--share", strconv.Itoa(share)); err != nil {
			return err
		}
	}
	return nil
}

// parallel runs do for 0 to n-1 in parallel and returns the first error. If ctx
// has ended it returns the cause instead, from which the other errors follow.
func parallel(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, inner := errgroup.WithContext(ctx)
	for i := range n {
		group.Go(func() error { return do(inner, i) })
	}
	err := group.Wait()
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// end ends all processes, agents first, and waits for their exit. err is the
// reason, nil after a run without errors. It is returned with the exit reasons of
// servers that ended by themselves, because an agent fails before its server's exit
// is noticed.
func (g *processGroup) end(err error) error {
	grace := endGrace
	if err != nil {
		err = g.withExits(err)
		grace = abortGrace
	}
	g.fail(errEnded)
	var errs []error
	for _, list := range [][]*host.Process{g.agents, g.servers} {
		var group errgroup.Group
		for _, p := range list {
			group.Go(func() error { return p.Stop(grace) })
		}
		errs = append(errs, group.Wait())
	}
	if err != nil {
		return err
	}
	return errors.Join(errs...)
}

// withExits adds to err the exit reasons that it does not mention.
func (g *processGroup) withExits(err error) error {
	errs := []error{err}
	for _, p := range slices.Concat(g.servers, g.agents) {
		select {
		case <-p.Done():
			if exit := p.Err(); !strings.Contains(err.Error(), exit.Error()) {
				errs = append(errs, exit)
			}
		default:
		}
	}
	return errors.Join(errs...)
}
