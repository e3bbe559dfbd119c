package bench

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// startDelay is how far ahead of the order to start the start is set, so that
// all agents have the order by then.
const startDelay = 20 * time.Millisecond

// Placement says where clients run.
const (
	// Separate: agents are processes of their own and reach every node by
	// network.
	Separate = results.SeparatePlacement
	// Embedded: clients run inside node processes, as in the reference report,
	// and use no network for the keys of their own node.
	Embedded = results.EmbeddedPlacement
)

// Coordinator runs the operations of one set of clients against fresh nodes and
// makes their records.
type Coordinator struct {
	Fleet    *Fleet   // where nodes and agents run
	Command  []string // for the record
	Progress Progress
	// Calibrate has clients measured against servers that answer at once before
	// their first run.
	Calibrate bool
	// Timeline has closed loops tell how latency went over time, as open loops
	// always do.
	Timeline bool

	nulls map[int]*results.Baseline // calibrations so far, by number of clients
}

// Run is one run of a sweep: on fresh nodes, all clients do the operations of
// every kind, one kind after the other.
type Run struct {
	// Params are the parameters of its trials, but for the operation.
	Params results.Params
	// Missing are the operation kinds whose trials are wanted. Kinds before
	// them are done as far as they are needed, and not recorded.
	Missing []string
}

// operations are the operation kinds of the run, in order.
func (r Run) operations() []string { return operationKinds(r.Params) }

// operationKinds are the operation kinds that runs of these parameters have, in order.
func operationKinds(p results.Params) []string {
	if p.Workload != "" {
		return []string{mixture}
	}
	return results.Operations()
}

// trial is the parameters of r's trial of one operation kind.
func (r Run) trial(operation string) results.Params {
	p := r.Params
	p.Operation = operation
	return p
}

// Run runs r and hands each trial to record as it ends. It leaves no process
// behind. When a process ends before its time, the error names it.
func (c *Coordinator) Run(ctx context.Context, r Run, record func(results.Trial) error) error {
	if err := c.calibrate(ctx, r.Params); err != nil {
		return err
	}
	s, ctx := newSession(ctx, c.Fleet)
	return s.stop(c.run(ctx, s, r, record))
}

func (c *Coordinator) run(ctx context.Context, s *session, r Run, record func(results.Trial) error) error {
	clock, err := newClock()
	if err != nil {
		return err
	}
	template, err := c.prepare(ctx, s, r.Params, false)
	if err != nil {
		return err
	}
	for _, operation := range r.operations() {
		wanted := slices.Contains(r.Missing, operation)
		if !wanted && operation != results.Put { // without put there is nothing to get or delete
			continue
		}
		trial := template
		trial.Params = r.trial(operation)
		if err := c.phase(ctx, s, clock, &trial, wanted); err != nil {
			return err
		}
		if !wanted {
			continue
		}
		if err := awaitNews(ctx, trial.Counts()); err != nil {
			return err
		}
		if err := record(c.judged(trial)); err != nil {
			return err
		}
	}
	return nil
}

// judged is a trial with its calibration and its verdict.
func (c *Coordinator) judged(t results.Trial) results.Trial {
	t.Baseline = c.nulls[t.Params.Clients]
	t.Verdict, t.Warnings = t.Judge()
	return t
}

// newsDelay is how much later than the failures of its operations the end of a
// node may be heard of.
const newsDelay = 500 * time.Millisecond

// awaitNews returns the reason for which ctx ends, if it does: a node that died
// makes operations fail at once, and the trial is then one of a crash, not
// of the cluster. Trials in which nothing failed are not held up.
func awaitNews(ctx context.Context, counts results.Counts) error {
	if counts.Failed+counts.Unknown == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(newsDelay):
		return nil
	}
}

// prepare starts all processes and returns what the records of the run have in
// common. null starts nodes that keep nothing.
func (c *Coordinator) prepare(ctx context.Context, s *session, p results.Params, null bool) (results.Trial, error) {
	nodes, err := c.startAll(ctx, s, p, null)
	if err != nil {
		return results.Trial{}, err
	}
	var addrs []string
	for _, n := range nodes {
		addrs = append(addrs, n.Addr)
	}
	placed := placeClients(p.Clients, len(s.agents))
	replies, err := s.ask(ctx, "ready", func(i int) Order {
		spec := Spec{
			Params: p, Clients: placed[i], Nodes: addrs, Self: -1,
			Null: null, Timeline: c.Timeline || p.Loop == Open,
		}
		if p.Placement == Embedded {
			spec.Self = i
		}
		return Order{Spec: &spec}
	}, nil)
	if err != nil {
		return results.Trial{}, err
	}
	hosts := c.Fleet.facts(p.Nodes, p.Clients)
	for i := range hosts {
		if len(hosts[i].Nodes) > 0 {
			hosts[i].NodeGOMAXPROCS = nodes[hosts[i].Nodes[0]].GOMAXPROCS
		}
	}
	return results.Trial{Hosts: hosts, Build: replies[0].Ready.Build, Command: c.Command}, nil
}

// startAll starts nodes and agents and returns the nodes in order of id. One
// agent carries all clients of a host: a process for each would make the host
// switch between processes where a client's own machine would not. With
// embedded placement agent i is node i.
func (c *Coordinator) startAll(ctx context.Context, s *session, p results.Params, null bool) ([]node.ReadyNode, error) {
	if p.Placement == Separate {
		nodes, err := s.startNodes(ctx, p.Nodes, nodeArgs(p, null)...)
		if err != nil {
			return nil, err
		}
		return nodes, s.startAgents(min(p.Clients, c.Fleet.size()), agentShare)
	}
	if err := s.startAgents(p.Nodes, c.Fleet.share(0, p.Nodes)); err != nil {
		return nil, err
	}
	replies, err := s.ask(ctx, "listening", func(i int) Order {
		return Order{Listen: &Listen{Addr: net.JoinHostPort(c.Fleet.at(i).Addr, "0")}}
	}, nil)
	nodes := make([]node.ReadyNode, len(replies))
	for i, reply := range replies {
		if reply.Listening != nil {
			nodes[i] = node.ReadyNode{ID: i, Addr: reply.Listening.Addr}
		}
	}
	return nodes, err
}

// nodeArgs are the flags of nodes that behave in a certain way.
func nodeArgs(p results.Params, null bool) (args []string) {
	if null {
		args = append(args, "--null", strconv.Itoa(p.ValueBytes))
	} else if p.Stall != "" {
		args = append(args, "--stall", p.Stall)
	}
	return args
}

// placeClients spreads clients over agents, client i to agent i modulo their
// number.
func placeClients(clients, agents int) [][]int {
	placed := make([][]int, agents)
	for i := range clients {
		placed[i%agents] = append(placed[i%agents], i)
	}
	return placed
}

// phase does the operations of one kind and fills in what was measured. Progress
// is told only of trials that are wanted.
func (c *Coordinator) phase(ctx context.Context, s *session, clock clock, trial *results.Trial, wanted bool) error {
	order := Phase{Operation: trial.Params.Operation}
	if _, err := s.ask(ctx, "warm", func(int) Order { return Order{WarmUp: &order} }, nil); err != nil {
		return fmt.Errorf("warm up: %w", err)
	}
	offsets, err := c.offsets(ctx, s, clock)
	if err != nil {
		return err
	}
	var progress func(int, int64)
	if wanted {
		progress = c.follow(len(s.agents))
		c.Progress.Begin(trial.Params)
	}
	if _, err := s.vitals(ctx); err != nil { // of the phase alone, from here on
		return err
	}
	trial.Started = time.Now().UTC()
	start := clock.now() + int64(startDelay)
	for _, o := range offsets {
		start = max(start, clock.now()+int64(startDelay)+4*o.bound)
	}
	replies, err := s.ask(ctx, "result", func(i int) Order {
		return Order{Go: &Phase{Operation: order.Operation, At: start + offsets[i].ahead}}
	}, progress)
	if err != nil {
		return err
	}
	vitals, err := s.vitals(ctx)
	if err != nil {
		return err
	}
	c.gather(trial, replies, start, offsets)
	c.gatherVitals(trial, vitals, start, offsets)
	return nil
}

// offsets measures the clocks of all agents, at once.
func (c *Coordinator) offsets(ctx context.Context, s *session, clock clock) ([]offset, error) {
	offsets := make([]offset, len(s.agents))
	err := parallel(ctx, len(s.agents), func(ctx context.Context, i int) (err error) {
		offsets[i], err = measureOffset(ctx, clock, s.agents[i], len(c.Fleet.at(i).Via) == 0)
		return err
	})
	return offsets, err
}

// follow returns a function that adds the agents' progress up for c.Progress.
func (c *Coordinator) follow(agents int) func(i int, done int64) {
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
		c.Progress.At(sum)
	}
}
