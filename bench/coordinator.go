package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"dhtbench/bench/target"
	"dhtbench/node"
	"dhtbench/results"
)

// The start is startDelay after the order to start, and startDelayEach later for each
// agent: enough time for all agents to receive the order.
const (
	startDelay     = 20 * time.Millisecond
	startDelayEach = time.Millisecond
)

// coordinator runs the operations of one set of clients against fresh servers and
// makes their records.
type coordinator struct {
	fleet    *fleet              // where servers and agents run
	servers  map[string][]string // addresses of running servers, with passwords, by Params.Servers
	command  []string            // for the record
	progress *progress
	clock    node.Clock
	// baseline asks for a baseline before the first run of each number of clients and
	// protocol.
	baseline bool
	// timeline asks for latency over time in closed loops; open loops always have it.
	timeline bool

	baselines map[baselineKey]*results.Baseline // measured so far
}

// sweepRun is one run of a sweep: all clients do the operations of every kind, one
// kind after the other, on fresh servers.
type sweepRun struct {
	params results.Params // of its trials, without the operation
	// missing lists the operations whose trials are wanted. Earlier operations are
	// done if these need them, but not recorded.
	missing []string
}

// operationsOf returns the operations of runs with these parameters, in order.
func operationsOf(p results.Params) []string {
	if p.Workload != "" {
		return []string{results.Mix}
	}
	return results.Operations()
}

// trial returns the parameters of r's trial of one operation.
func (r sweepRun) trial(operation string) results.Params {
	p := r.params
	p.Operation = operation
	return p
}

// run runs r and passes each trial to record as it ends. All processes have ended
// when it returns. Its error names a process that ended early. If ctx ends during
// a trial, record gets what was measured until then.
func (c *coordinator) run(ctx context.Context, r sweepRun, record func(results.Trial) error) error {
	if err := c.measureBaseline(ctx, r.params); err != nil {
		return err
	}
	p, err := newPlan(r.params)
	if err != nil {
		return err
	}
	g, inner := newProcessGroup(context.WithoutCancel(ctx), c.fleet, p.target)
	stop := context.AfterFunc(ctx, func() { g.interrupt(context.Cause(ctx)) })
	defer stop()
	return g.end(c.phases(ctx, inner, g, p, r, record))
}

// phases does all phases of a run. outer ends when the run is interrupted, ctx
// when the processes end.
func (c *coordinator) phases(outer, ctx context.Context, g *processGroup, p plan, r sweepRun, record func(results.Trial) error) error {
	common, err := c.prepare(ctx, g, p)
	if err != nil {
		return err
	}
	for _, operation := range operationsOf(r.params) {
		wanted := slices.Contains(r.missing, operation)
		if !wanted && operation != results.Put { // get and del need the keys of put
			continue
		}
		t, err := c.phase(ctx, g, common, r.trial(operation), wanted)
		if err != nil {
			return err
		}
		if wanted {
			if err := awaitExits(ctx, t); err != nil {
				return err
			}
			if err := record(c.judged(t)); err != nil {
				return err
			}
		}
		if outer.Err() != nil {
			return context.Cause(outer)
		}
	}
	return nil
}

// judged returns t with its baseline and its verdict.
func (c *coordinator) judged(t results.Trial) results.Trial {
	t.Baseline = c.baselines[baselineOf(t.Params)]
	t.Verdict, t.Warnings = t.Judge()
	return t
}

// exitDelay bounds the time from the failure of operations to the notice that
// their server has exited.
const exitDelay = 500 * time.Millisecond

// awaitExits returns the cause of ctx if it ends within exitDelay: a server that
// crashed makes operations fail before its exit is noticed. It does not wait if no
// operation failed.
func awaitExits(ctx context.Context, t results.Trial) error {
	if n := t.Counts(); n.Failed+n.Unknown == 0 || t.Ended() != "" {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(exitDelay):
		return nil
	}
}

// setup is what the trials of a run have in common.
type setup struct {
	hosts    []results.Host
	build    results.Build
	ids      processIDs
	programs []string // of the servers, see [results.Node]
	salt     uint64   // see KeySalt of [results.Trial]
}

// prepare starts all processes.
func (c *coordinator) prepare(ctx context.Context, g *processGroup, p plan) (setup, error) {
	servers, err := c.startAll(ctx, g, p)
	if err != nil {
		return setup{}, err
	}
	var addrs, programs []string
	var ids processIDs
	for _, s := range servers {
		addrs = append(addrs, s.Addr)
		ids.nodes = append(ids.nodes, s.PID)
		programs = append(programs, s.Program)
	}
	var salt uint64
	if p.Servers != "" {
		salt = 1 + rand.Uint64N(1<<53-1) // below 2^53, so that every JSON reader has it exactly
	}
	placed := placeClients(p.Clients, len(g.agents))
	replies, err := g.ask(ctx, "ready", func(i int) order {
		s := spec{
			Params: p.Params, Host: c.fleet.at(i).Name, Clients: placed[i], Servers: addrs, Salt: salt, Self: -1,
			Null: results.IsNull(p.Target), Timeline: c.timeline || p.Open(),
		}
		if p.Placement == results.EmbeddedPlacement {
			s.Self = i
		}
		return order{Spec: &s}
	}, nil)
	if err != nil {
		return setup{}, err
	}
	for _, r := range replies {
		ids.agents = append(ids.agents, r.Ready.PID)
	}
	nodes := p.Nodes
	if p.Servers != "" {
		nodes = 0 // none is on the hosts
	}
	hosts := c.fleet.facts(nodes, p.Clients)
	for i := range hosts {
		if len(hosts[i].Nodes) > 0 {
			hosts[i].NodeGOMAXPROCS = servers[hosts[i].Nodes[0]].GOMAXPROCS
		}
	}
	return setup{hosts: hosts, build: replies[0].Ready.Build, ids: ids, programs: programs, salt: salt}, nil
}

// startAll starts servers, unless they run already, and agents, and returns the
// servers by number. One agent runs all clients of a host, which avoids switches
// between processes that clients on their own machines would not have. With embedded
// placement agent i is server i.
func (c *coordinator) startAll(ctx context.Context, g *processGroup, p plan) ([]node.ReadyNode, error) {
	if p.Servers != "" {
		var servers []node.ReadyNode
		for i, addr := range c.servers[p.Servers] {
			servers = append(servers, node.ReadyNode{ID: i, Addr: addr})
		}
		return servers, g.startAgents(min(p.Clients, c.fleet.size()), agentShare)
	}
	if p.Placement == results.SeparatePlacement {
		servers, err := g.startServers(ctx, p.Nodes, target.Server{Null: p.null(), Stall: p.Stall, ServiceTime: time.Duration(p.ServiceTimeNS)})
		if err != nil {
			return nil, err
		}
		return servers, g.startAgents(min(p.Clients, c.fleet.size()), agentShare)
	}
	if err := g.startAgents(p.Nodes, c.fleet.share(0, p.Nodes)); err != nil {
		return nil, err
	}
	replies, err := g.ask(ctx, "listening", func(i int) order {
		return order{Listen: &listenAddr{Addr: net.JoinHostPort(c.fleet.at(i).Addr, "0")}}
	}, nil)
	servers := make([]node.ReadyNode, len(replies))
	for i, r := range replies {
		if r.Listening != nil {
			servers[i] = node.ReadyNode{ID: i, Addr: r.Listening.Addr}
		}
	}
	return servers, err
}

// placeClients returns the clients of each agent: client i runs on agent i modulo
// agents.
func placeClients(clients, agents int) [][]int {
	placed := make([][]int, agents)
	for i := range clients {
		placed[i%agents] = append(placed[i%agents], i)
	}
	return placed
}

// phase does the operations of one kind and returns the trial. Only wanted trials
// are shown as progress.
func (c *coordinator) phase(ctx context.Context, g *processGroup, common setup, p results.Params, wanted bool) (results.Trial, error) {
	o := phaseOrder{Operation: p.Operation}
	if _, err := g.ask(ctx, "warm", func(int) order { return order{WarmUp: &o} }, nil); err != nil {
		return results.Trial{}, fmt.Errorf("warm up: %w", err)
	}
	offsets, err := c.offsets(ctx, g)
	if err != nil {
		return results.Trial{}, err
	}
	var progress func(int, int64)
	if wanted {
		progress = c.follow(len(g.agents))
		c.progress.begin(p)
	}
	if _, err := g.vitals(ctx); err != nil { // the next vitals are of this phase only
		return results.Trial{}, err
	}
	undo, err := inject(ctx, p.Fault, common.ids)
	if err != nil {
		return results.Trial{}, fmt.Errorf("inject %s: %w", p.Fault, err)
	}
	g.silences() // resets them: the next call covers only this phase
	m := measured{setup: common, params: p, started: time.Now().UTC(), offsets: offsets}
	m.start = c.clock.Now() + int64(startDelay) + int64(startDelayEach)*int64(len(offsets))
	for _, o := range offsets {
		m.start = max(m.start, c.clock.Now()+int64(startDelay)+4*o.bound)
	}
	m.replies, err = g.measure(ctx, func(i int) order {
		return order{Go: &phaseOrder{Operation: p.Operation, AtNS: m.start + offsets[i].ahead}}
	}, progress)
	if undone := undo(); err == nil {
		err = undone
	}
	if err != nil {
		return results.Trial{}, err
	}
	if m.vitals, err = g.vitals(ctx); err != nil {
		return results.Trial{}, err
	}
	m.silences = g.silences()
	return c.trial(m), nil
}

// offsets measures the clock offsets of all agents in parallel.
func (c *coordinator) offsets(ctx context.Context, g *processGroup) ([]offset, error) {
	offsets := make([]offset, len(g.agents))
	err := parallel(ctx, len(g.agents), func(ctx context.Context, i int) (err error) {
		offsets[i], err = measureOffset(ctx, c.clock, g.agents[i], len(c.fleet.at(i).Via) == 0)
		return err
	})
	return offsets, err
}

// follow returns a function that reports the sum of the agents' progress to
// c.progress.
func (c *coordinator) follow(agents int) func(i int, done int64) {
	var mu sync.Mutex
	each := make([]int64, agents)
	return func(i int, done int64) {
		mu.Lock()
		defer mu.Unlock()
		each[i] = done
		var sum int64
		for _, n := range each {
			sum += n
		}
		c.progress.at(sum)
	}
}
