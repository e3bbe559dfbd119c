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

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/node"
	"dhtbench/provision/host"
)

// progressInterval is how often an agent reports progress.
const progressInterval = 200 * time.Millisecond

// AgentCommand is "dhtbench agent", which runs clients for the coordinator.
type AgentCommand struct {
	Share int `help:"Use 1/N of this machine's processors, but at least one." default:"1"`
}

// Run follows the orders on standard input until it ends.
func (c AgentCommand) Run(ctx context.Context) error {
	if c.Share > 1 {
		runtime.GOMAXPROCS(node.Processors(c.Share))
	}
	return runAgent(ctx, os.Stdin, os.Stdout)
}

// agent is the state of one agent process.
type agent struct {
	out   io.Writer
	outMu sync.Mutex // guards out, which progress and heartbeats use too
	clock node.Clock
	fail  context.CancelCauseFunc // ends the agent
	stop  context.CancelCauseFunc // ends the phase in progress and those to come

	processors int // that the agent may use
	host       string
	table      node.Table // of the embedded node; nil without one
	clients    []*client
	pacers     []*pacer // of an open loop; client i has pacer i modulo their number
	hiccups    node.HiccupMeter
}

// runAgent carries out the orders read from r, one a line, and writes its replies
// to w. It returns nil when r ends. At the end of r or ctx it abandons operations
// in flight.
func runAgent(ctx context.Context, r io.Reader, w io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	phases, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	a := &agent{out: w, clock: node.NewClock(), fail: cancel, stop: stop, processors: runtime.GOMAXPROCS(0)}
	if err := a.hiccups.Start(ctx); err != nil {
		return err
	}
	orders := make(chan order)
	go func() { cancel(a.readOrders(ctx, r, orders)) }()
	failed := make(chan error, 1)
	go func() { failed <- a.follow(ctx, phases, orders) }()
	var err error
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

// readOrders sends the orders of r to orders until r ends, and returns the reason. It
// handles heartbeats, which are empty lines, and orders to stop itself, since they also
// come during a measurement. The agent fails if no line arrives for host.OrphanAfter.
// Writing a result to a slow link can take longer, so another goroutine answers
// heartbeats.
func (a *agent) readOrders(ctx context.Context, r io.Reader, orders chan<- order) error {
	orphaned := time.AfterFunc(host.OrphanAfter, func() {
		a.fail(fmt.Errorf("wait for orders: no heartbeat from the coordinator for %v", host.OrphanAfter))
	})
	defer orphaned.Stop()
	beats := make(chan struct{}, 1)
	defer close(beats)
	go a.answer(beats)
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
			select {
			case beats <- struct{}{}:
			default: // the answer to an earlier one is still being written
			}
			continue
		}
		o, err := parse[order](line)
		if err != nil {
			return err
		}
		if o.Stop != nil {
			a.stop(errStopped)
			continue
		}
		select {
		case orders <- o:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// answer answers heartbeats until beats is closed.
func (a *agent) answer(beats <-chan struct{}) {
	for range beats {
		if err := a.write(nil); err != nil {
			a.fail(err)
			return
		}
	}
}

// follow carries out orders one after the other. phases ends with ctx, or before
// with errStopped.
func (a *agent) follow(ctx, phases context.Context, orders <-chan order) error {
	for {
		select {
		case o := <-orders:
			r, err := a.obey(ctx, phases, o)
			if err != nil {
				return err
			}
			if err := a.say(r); err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// obey carries out one order and returns the reply to it.
func (a *agent) obey(ctx, phases context.Context, o order) (reply, error) {
	switch {
	case o.Probe != nil:
		return a.probe(ctx, *o.Probe)
	case o.Clock != nil:
		return reply{Clock: &clockReading{NowNS: a.clock.Now()}}, nil
	case o.Listen != nil:
		return a.listen(ctx, *o.Listen)
	case o.Spec != nil:
		return a.prepare(ctx, *o.Spec)
	case o.WarmUp != nil:
		return a.warmUp(ctx, *o.WarmUp)
	case o.Go != nil:
		return a.measure(phases, *o.Go)
	}
	return reply{}, errors.New("order without content: coordinator and agent are different builds")
}

// say writes one reply.
func (a *agent) say(r reply) error {
	line, err := json.Marshal(r)
	if err == nil {
		line, err = pack(line)
	}
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
func (a *agent) listen(ctx context.Context, l listenAddr) (reply, error) {
	listener, err := net.Listen("tcp", l.Addr)
	if err != nil {
		return reply{}, fmt.Errorf("start embedded node: %w", err)
	}
	a.table = node.NewStore()
	server := &node.Server{Table: a.table}
	go func() {
		if err := server.Serve(ctx, listener); err != nil {
			a.fail(fmt.Errorf("embedded node: %w", err))
		}
	}()
	return reply{Listening: &listenAddr{Addr: listener.Addr().String()}}, nil
}

// prepare makes the clients and their connections, and loads the records of a
// mix.
func (a *agent) prepare(ctx context.Context, s spec) (reply, error) {
	p, err := newPlan(s.Params)
	if err != nil {
		return reply{}, fmt.Errorf("workload: %w", err)
	}
	p.options.Salt = s.Salt
	a.host = s.Host
	if p.open() {
		a.startPacers(ctx, p.Pacing, len(s.Clients))
	}
	var local *target.Local
	if a.table != nil {
		local = &target.Local{Table: a.table}
	}
	for i, number := range s.Clients {
		c := &client{
			number: number, plan: p, target: p.target,
			source: workload.NewSource(p.options, number), ledger: workload.NewLedger(p.options, number),
			servers: s.Servers, local: local, self: s.Self,
			clock: a.clock, blind: s.Null, timeline: s.Timeline,
		}
		if p.open() {
			c.pacer = a.pacers[i%len(a.pacers)]
		}
		a.clients = append(a.clients, c)
	}
	a.inject(ctx, s.Params.Fault)
	// Connections outlive the group that makes them, and so get its parent's context.
	if err := a.each(ctx, beginAtOnce, func(group context.Context, _ int, c *client) error {
		if group.Err() != nil {
			return group.Err()
		}
		return c.begin(ctx)
	}); err != nil {
		return reply{}, err
	}
	return reply{Ready: &ready{PID: os.Getpid(), Build: buildFacts()}}, nil
}

// startPacers starts the pacers of the agent's clients. They end with ctx.
func (a *agent) startPacers(ctx context.Context, pacing string, clients int) {
	n := pacersOf(a.processors, clients)
	runtime.GOMAXPROCS(openProcessors(a.processors, n))
	for range n {
		p := newPacer(a.clock, pacing, spinShare(a.processors, n), clients)
		a.pacers = append(a.pacers, p)
		go p.serve(ctx)
	}
}

// spun returns how long the agent's pacers have spun so far. Call it while no phase
// is in progress.
func (a *agent) spun() (sum time.Duration) {
	for _, p := range a.pacers {
		sum += p.waiter.spun
	}
	return sum
}
