package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"time"

	"dhtbench/node"
	"dhtbench/provision/host"

	"golang.org/x/sync/errgroup"
)

// progressInterval is how often an agent says how far it is.
const progressInterval = 200 * time.Millisecond

// AgentCommand is `dhtbench agent`: it carries clients for a coordinator and is
// not for people.
type AgentCommand struct {
	Share int `help:"Use one Nth of this machine's processors, at least one." default:"1"`
}

// Run follows the orders on standard input until it ends.
func (c AgentCommand) Run(ctx context.Context) error {
	if c.Share > 1 {
		runtime.GOMAXPROCS(max(1, runtime.NumCPU()/c.Share))
	}
	return RunAgent(ctx, os.Stdin, os.Stdout)
}

// agent is the state of one agent process.
type agent struct {
	out   io.Writer
	outMu sync.Mutex // guards out: progress and heartbeats come in between
	clock clock
	fail  context.CancelCauseFunc // ends the agent

	store   *node.Store // of the embedded node; nil without one
	clients []*client
	hiccups node.HiccupMeter
}

// RunAgent follows the orders read from r, one a line, and writes its replies
// to w. It returns nil when r ends, which is the order to stop; then, and when
// ctx ends, operations under way are abandoned, not waited for.
func RunAgent(ctx context.Context, r io.Reader, w io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	clock, err := newClock()
	if err != nil {
		return err
	}
	a := &agent{out: w, clock: clock, fail: cancel}
	if err := a.hiccups.Start(ctx); err != nil {
		return err
	}

	orders := make(chan Order)
	go func() { cancel(a.readOrders(ctx, r, orders)) }()
	failed := make(chan error, 1)
	go func() { failed <- a.follow(ctx, orders) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if errors.Is(err, errOrdersEnd) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// errOrdersEnd is the normal end of an agent.
var errOrdersEnd = errors.New("end of orders")

// readOrders hands on the orders of r until it ends, and says why it did. Empty
// lines are heartbeats and are answered here, so that an agent that measures
// answers too; without any line for host.OrphanAfter the agent ends.
func (a *agent) readOrders(ctx context.Context, r io.Reader, orders chan<- Order) error {
	orphaned := time.AfterFunc(host.OrphanAfter, func() {
		a.fail(fmt.Errorf("wait for orders: no heartbeat from the coordinator for %v", host.OrphanAfter))
	})
	defer orphaned.Stop()
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return errOrdersEnd
		}
		if err != nil {
			return fmt.Errorf("read orders: %w", err)
		}
		orphaned.Reset(host.OrphanAfter)
		if line = bytes.TrimSpace(line); len(line) == 0 {
			if err := a.write(line); err != nil {
				return err
			}
			continue
		}
		order, err := parse[Order](line)
		if err != nil {
			return err
		}
		select {
		case orders <- order:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// follow carries out orders one after the other.
func (a *agent) follow(ctx context.Context, orders <-chan Order) error {
	for {
		select {
		case order := <-orders:
			reply, err := a.obey(ctx, order)
			if err != nil {
				return err
			}
			if err := a.say(reply); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// obey carries out one order and returns the reply to it.
func (a *agent) obey(ctx context.Context, order Order) (Reply, error) {
	switch {
	case order.Probe != nil:
		return a.probe(ctx, *order.Probe)
	case order.Clock != nil:
		return Reply{Clock: &Clock{NowNS: a.clock.now()}}, nil
	case order.Listen != nil:
		return a.listen(ctx, *order.Listen)
	case order.Spec != nil:
		return a.prepare(ctx, *order.Spec)
	case order.WarmUp != nil:
		kind, err := kindNamed(order.WarmUp.Operation)
		if err == nil {
			err = a.each(func(_ int, c *client) error { return c.warmUp(ctx, kind) })
		}
		runtime.GC() // what preparation left behind is not the measured phase's to clear
		return Reply{Warm: &Warm{}}, err
	case order.Go != nil:
		return a.measure(ctx, *order.Go)
	}
	return Reply{}, errors.New("order without content: the coordinator is of another build")
}

// say writes one reply.
func (a *agent) say(r Reply) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write %s: %w", r.kind(), err)
	}
	return a.write(line)
}

// write writes one line.
func (a *agent) write(line []byte) error {
	a.outMu.Lock()
	defer a.outMu.Unlock()
	if _, err := a.out.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write to the coordinator: %w", err)
	}
	return nil
}

// listen starts the embedded node.
func (a *agent) listen(ctx context.Context, l Listen) (Reply, error) {
	listener, err := net.Listen("tcp", l.Addr)
	if err != nil {
		return Reply{}, fmt.Errorf("start embedded node: %w", err)
	}
	a.store = node.NewStore()
	server := &node.Server{Store: a.store}
	go func() {
		if err := server.Serve(ctx, listener); err != nil {
			a.fail(fmt.Errorf("embedded node: %w", err))
		}
	}()
	return Reply{Listening: &Listen{Addr: listener.Addr().String()}}, nil
}

// prepare makes the clients and their connections, and loads the records of a
// mixture.
func (a *agent) prepare(ctx context.Context, spec Spec) (Reply, error) {
	w, err := newWorkload(spec.Params)
	if err != nil {
		return Reply{}, fmt.Errorf("workload: %w", err)
	}
	if w.open() { // a thread that spins keeps its processor from the others
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + len(spec.Clients))
	}
	options := node.ClientOptions{}
	if a.store != nil {
		options.Local, options.Self = a.store, spec.Self
	}
	cluster := node.Cluster{Addrs: spec.Nodes}
	for _, number := range spec.Clients {
		a.clients = append(a.clients, &client{
			number: number, clients: len(spec.Clients),
			workload: w, source: newSource(w, number),
			ledger: newLedger(w.ledgerOptions(number)),
			dht:    node.NewClient(cluster, options), cluster: cluster,
			clock: a.clock, blind: spec.Null, timeline: spec.Timeline,
		})
	}
	if err := a.each(func(_ int, c *client) error { return c.begin(ctx) }); err != nil {
		return Reply{}, err
	}
	return Reply{Ready: &Ready{PID: os.Getpid(), Build: buildFacts()}}, nil
}

// each runs do for all clients at once, with the client's place in a.clients,
// and returns the first error.
func (a *agent) each(do func(int, *client) error) error {
	var group errgroup.Group
	for i, c := range a.clients {
		group.Go(func() error { return do(i, c) })
	}
	return group.Wait()
}
