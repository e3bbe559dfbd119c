package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// maxFailures is how many operations in a row may go wrong before a client gives
// up: a dead cluster would otherwise be asked for every key, with a timeout each.
const maxFailures = 100

// client is one sequence of operations over connections of its own.
type client struct {
	number   int
	workload workload
	source   *source
	ledger   *ledger
	cluster  node.Cluster
	dht      *node.Client
	clock    clock
	clients  int          // of its agent, which share the processors
	blind    bool         // the cluster keeps nothing: replies are not judged
	timeline bool         // points are kept
	done     atomic.Int64 // operations done in this phase, for progress
	lanes    []*lane      // of an open loop, once it began
}

// begin connects the client and loads its part of the records.
func (c *client) begin(ctx context.Context) error {
	if err := c.dht.Connect(ctx); err != nil {
		return err
	}
	if c.workload.open() {
		if err := c.dial(ctx); err != nil {
			return err
		}
	}
	return c.load(ctx)
}

// load puts the client's part of the records of a mixture.
func (c *client) load(ctx context.Context) error {
	if !c.workload.mixed() {
		return nil
	}
	var o operation
	for record := uint64(c.number); record < uint64(c.workload.Records); record += uint64(c.workload.Clients) {
		c.source.load(&o, record)
		t := c.ledger.begin(o.record, o.op, o.version)
		err := c.dht.Put(ctx, o.key, o.value)
		c.ledger.end(t, outcomeOf(err))
		if err != nil {
			return fmt.Errorf("client %d: load: %w", c.number, err)
		}
	}
	return nil
}

// warmUp does the operations that are not recorded, in a phase on the keys after
// those of the measurement. Any error ends it, since what follows would measure
// the error.
func (c *client) warmUp(ctx context.Context, kind node.Op) error {
	w := &c.workload
	c.source.begin(kind, uint64(w.Operations))
	e := Extent{Operations: w.warmups()}
	if !w.open() {
		e.Duration = time.Duration(w.WarmupNS)
	}
	rec := newRecorder(w.Params, e.Operations, false)
	if err := c.run(ctx, kind, e, c.clock.now(), rec); err != nil {
		return err
	}
	if rec.first != nil {
		return fmt.Errorf("client %d: warm-up: %w", c.number, rec.first)
	}
	return nil
}

// measure does the operations of one kind, beginning at an instant of the clock,
// and returns what they took, the points of the timeline, and how long the client
// was awake waiting for intended starts.
func (c *client) measure(ctx context.Context, kind node.Op, at int64) (results.Client, []point, time.Duration, error) {
	w := &c.workload
	c.source.begin(kind, 0)
	e := Extent{Operations: w.Operations}
	if w.Operations == 0 {
		e.Duration = time.Duration(w.DurationNS)
	}
	rec := newRecorder(w.Params, w.expected(), c.timeline)
	err := c.run(ctx, kind, e, at, rec)
	if err != nil {
		return results.Client{}, nil, 0, err
	}
	result := rec.result()
	result.Client, result.Digest = c.number, c.source.sumText()
	return result, rec.points, rec.spun, nil
}

// run does so much of the source in the loop of the workload.
func (c *client) run(ctx context.Context, kind node.Op, e Extent, at int64, rec *recorder) error {
	if e.Operations == 0 && e.Duration == 0 {
		return nil
	}
	if c.workload.open() {
		return c.openLoop(ctx, e, at, rec)
	}
	return c.closedLoop(ctx, e, rec)
}

// failed counts operations in a row that went wrong: without a reply, or without
// what every reply of a phase must find.
func (c *client) failed(before int, err error) int {
	if err == nil || c.workload.mixed() && err == node.ErrNotFound {
		return 0
	}
	return before + 1
}

// gaveUp is the error of a client whose operations all go wrong.
func (c *client) gaveUp(op node.Op, err error) error {
	return fmt.Errorf("client %d gave up %v after %d operations in a row went wrong: %w", c.number, op, maxFailures, err)
}

// judge holds the reply to an operation against what the client knows of the
// record. Its clock stands meanwhile.
func (c *client) judge(rec *recorder, o *operation, t ticket, value []byte, err error) {
	if c.blind {
		return
	}
	c.ledger.end(t, outcomeOf(err))
	if o.op == node.OpPut || err != nil && err != node.ErrNotFound {
		return
	}
	f := c.ledger.judge(t, o.key, value, err == nil)
	if f != findingOK {
		rec.find(f, err == nil, fmt.Errorf("%v %q: %v: %s", o.op, o.key, f, c.ledger.explain(t, o.key, value, err == nil)))
	}
}

// outcomeOf is how an operation ended, for the ledger.
func outcomeOf(err error) outcome {
	switch {
	case err == nil, err == node.ErrNotFound:
		return outcomeDone
	case errors.Is(err, node.ErrFailed):
		return outcomeFailed
	}
	return outcomeUnknown
}

// mixture is the operation of trials in which all kinds come mixed.
const mixture = results.Mix

// kindNamed is the operation kind of a phase, 0 for a mixture.
func kindNamed(name string) (node.Op, error) {
	if name == mixture {
		return 0, nil
	}
	for op := node.OpPut; op <= node.OpDel; op++ {
		if op.String() == name {
			return op, nil
		}
	}
	return 0, fmt.Errorf("operation %q is none of %v and %s", name, results.Operations(), mixture)
}
