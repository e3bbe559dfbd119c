package bench

import (
	"context"
	"fmt"
	"math"

	"dhtbench/bench/target"
	"dhtbench/results"
)

const (
	// baselineOps is the number of gets of each client for a baseline: enough for the
	// p99 of one client. With many clients each does fewer, at least 1, so that all
	// together do about baselineTotal at most.
	baselineOps   = 2000
	baselineTotal = 256_000
	// nullSizes is the number of value sizes that approximate a distribution at a
	// null server.
	nullSizes = 32
)

// baselineKey is what a baseline depends on in a sweep.
type baselineKey struct {
	target  string // the null server of the protocol
	clients int
}

// baselineOf returns the key of the baseline for p.
func baselineOf(p results.Params) baselineKey {
	return baselineKey{results.NullPrefix + results.Protocol(p.Store()), p.Clients}
}

// measureBaseline measures the clients of p at null servers of its target's
// protocol, which store nothing and answer at once: the best that these clients and
// this network can do when each client waits for its reply. It does so once for each
// number of clients and protocol, in a closed loop for trials of any loop. A target
// without null servers has no baseline.
func (c *coordinator) measureBaseline(ctx context.Context, p results.Params) error {
	key := baselineOf(p)
	if !c.baseline || c.baselines[key] != nil {
		return nil
	}
	if t, err := target.Named(key.target, false); err != nil || t.ServerArgs(target.Server{}) == nil {
		return err
	}
	operations := max(min(baselineOps, baselineTotal/p.Clients), 1)
	null := results.Params{
		Target: key.target, Operation: results.Get, Loop: results.ClosedLoop, Nodes: p.Nodes, Clients: p.Clients,
		Operations: operations, Warmup: operations / 10,
		KeyBytes: p.KeyBytes, ValueBytes: p.ValueBytes, ValueSizes: p.ValueSizes, Placement: results.SeparatePlacement, Seed: p.Seed,
	}
	t, err := c.measureNull(ctx, null)
	if err == nil && t.Counts().Bad() > 0 {
		err = wrong([]results.Trial{t})
	}
	if err != nil {
		return fmt.Errorf("measure the baseline of %d clients: %w", p.Clients, err)
	}
	if math.IsNaN(t.Active().Throughput()) {
		return nil // clients did not run at the same time
	}
	if c.baselines == nil {
		c.baselines = make(map[baselineKey]*results.Baseline)
	}
	c.baselines[key] = &results.Baseline{
		Operations: operations, Service: t.Service(), ThroughputOpsPerS: t.Active().Throughput(),
	}
	return nil
}

func (c *coordinator) measureNull(ctx context.Context, p results.Params) (t results.Trial, err error) {
	plan, err := newPlan(p)
	if err != nil {
		return t, err
	}
	g, ctx := newProcessGroup(ctx, c.fleet, plan.target)
	common, err := c.prepare(ctx, g, plan)
	if err == nil {
		t, err = c.phase(ctx, g, common, p, false)
	}
	return t, g.end(err)
}
