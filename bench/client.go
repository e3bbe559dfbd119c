package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/node"

	"golang.org/x/sync/errgroup"
)

// client is one sequence of operations over connections of its own.
type client struct {
	number   int
	plan     plan
	target   target.Target
	source   *workload.Source
	ledger   *workload.Ledger
	clock    node.Clock
	servers  []string      // addresses, by number
	local    *target.Local // of an embedded client: the server in its own process
	self     int           // the number of that server
	pacer    *pacer        // of an open loop
	blind    bool          // servers store nothing, so that replies are not checked
	timeline bool          // record latency over time

	// Of a client at fault, see [agent.inject].
	ownWork func()        // done between operations of a closed loop; nil: none
	late    time.Duration // after the start signal, when it begins

	connections [][]*connection // by server; none to the one in its own process

	pipeline atomic.Pointer[pipeline] // of a closed loop with several operations in flight, else nil

	next  *recorder    // of the phase to come, nil until made
	slots []*slot      // operations that can be in flight at once
	done  atomic.Int64 // operations done in this phase, for progress

	// How much of the schedule of an open loop the last put phase has sent, and how
	// many keys its warm-up has put. Later phases use only these keys.
	put  time.Duration
	warm int

	found []byte // value that a get of the local server found
}

// owner is the server that owns a key.
func (c *client) owner(key []byte) int { return node.Owner(key, len(c.servers)) }

// begin connects the client and loads its part of the records.
func (c *client) begin(ctx context.Context) error {
	if err := c.dial(ctx); err != nil {
		return fmt.Errorf("client %d: %w", c.number, err)
	}
	go c.expireReplies(ctx)
	if err := c.load(ctx); err != nil {
		return fmt.Errorf("client %d: load: %w", c.number, err)
	}
	if !c.alone() {
		c.eachConnection(func(k *connection) { go k.serve(ctx) })
	}
	return nil
}

// alone reports whether one goroutine sends and receives: in a closed loop with one
// operation in flight.
func (c *client) alone() bool { return !c.plan.open() && c.plan.slots() == 1 }

// dial makes all connections.
func (c *client) dial(ctx context.Context) error {
	for range c.plan.slots() {
		c.slots = append(c.slots, new(slot))
	}
	c.connections = make([][]*connection, len(c.servers))
	var group errgroup.Group
	for id, addr := range c.servers {
		if c.local != nil && id == c.self {
			continue
		}
		for range max(1, c.plan.Connections) {
			k := &connection{client: c, server: id, addr: addr}
			c.connections[id] = append(c.connections[id], k)
			group.Go(func() error { return k.connect(ctx) })
		}
	}
	return group.Wait()
}

// connection returns a connection to a server on which an operation can be sent: the
// first idle one, or else the one with the fewest operations in flight. It returns nil
// if none has room. If all are lost, it returns one of them.
func (c *client) connection(server int) (best *connection) {
	fewest := max(1, c.plan.Pipeline)
	lost := true
	for _, k := range c.connections[server] {
		n, up := k.load()
		switch {
		case !up:
			continue
		case n == 0:
			return k
		case n < fewest:
			best, fewest = k, n
		}
		lost = false
	}
	if lost {
		return c.connections[server][0]
	}
	return best
}

// eachConnection calls do for every connection.
func (c *client) eachConnection(do func(*connection)) {
	for _, all := range c.connections {
		for _, k := range all {
			do(k)
		}
	}
}

// expireReplies ends operations whose reply is overdue, until ctx ends. Then it
// closes the connections.
func (c *client) expireReplies(ctx context.Context) {
	tick := time.NewTicker(timeoutCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			c.eachConnection((*connection).close)
			return
		case <-tick.C:
		}
		before := c.clock.Now() - int64(replyTimeout)
		c.eachConnection(func(k *connection) { k.expire(before) })
	}
}

// load puts the client's part of the records of a mix.
func (c *client) load(ctx context.Context) error {
	if !c.plan.mixed() {
		return nil
	}
	rec := newRecorder(c.plan.Params, 0)
	r, ctx := c.newRun(ctx, rec, c.clock.Now())
	defer r.fail(nil)
	for record := c.number; record < c.plan.Records; record += c.plan.Clients {
		s := r.slot()
		c.source.Load(&s.Operation, uint64(record))
		s.encode()
		c.exchange(ctx, s)
		if rec.first != nil {
			return rec.first
		}
	}
	return nil
}

// maxReserved bounds the records for which memory is reserved.
const maxReserved = 1 << 20

// warmUp does the operations of a phase that are not recorded. It returns the
// first error, which the measurement would only repeat.
func (c *client) warmUp(ctx context.Context, op workload.Op) error {
	limit := extent{operations: c.plan.Warmup, duration: time.Duration(c.plan.WarmupNS)}
	if op == workload.Put { // before operations are timed
		c.ledger.Reserve(c.plan.warmups() + min(c.plan.expected(), maxReserved))
	}
	if limit == (extent{}) {
		return nil
	}
	if op == workload.Get || op == workload.Del {
		if limit.operations = c.warm; c.warm == 0 {
			return nil
		}
	}
	c.source.Begin(op, 0)
	rec := newRecorder(c.plan.Params, 0)
	if err := c.loop(ctx, limit, c.clock.Now(), rec); err != nil {
		return err
	}
	if rec.first != nil {
		return fmt.Errorf("client %d: warm-up: %w", c.number, rec.first)
	}
	if op == workload.Put {
		c.warm = int(rec.counts.OK)
	}
	return nil
}

// makeRecorder makes the recorder of the phase to come, unless there is one. After the
// start it would take too long: 200 clients need 0.3 s.
func (c *client) makeRecorder() {
	if c.next == nil {
		c.next = newRecorder(c.plan.Params, c.plan.expected())
	}
}

// measure does the operations of one kind from the instant at on, and returns
// their recorder. Call makeRecorder before.
func (c *client) measure(ctx context.Context, op workload.Op, at int64) (*recorder, error) {
	limit := extent{operations: c.plan.Operations, duration: time.Duration(c.plan.DurationNS)}
	if c.plan.open() && (op == workload.Get || op == workload.Del) {
		limit.duration = c.put
	}
	c.source.Begin(op, uint64(c.plan.warmups()))
	rec := c.next
	c.next = nil
	c.beginLate(ctx)
	if err := c.loop(ctx, limit, at, rec); err != nil {
		return nil, err
	}
	if op == workload.Put {
		c.put = rec.covered
	}
	rec.digest = c.source.Digest()
	return rec, nil
}

// loop runs the loop of the plan.
func (c *client) loop(ctx context.Context, limit extent, at int64, rec *recorder) error {
	switch {
	case c.plan.open():
		return c.openLoop(ctx, limit, at, rec)
	case c.alone():
		return c.closedLoop(ctx, limit, rec)
	}
	return c.pipelinedLoop(ctx, limit, rec)
}
