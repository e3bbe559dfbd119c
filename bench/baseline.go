package bench

import (
	"context"
	"fmt"
	"math"

	"dhtbench/results"
)

const (
	// baselineOps is the number of gets of each client for a baseline: enough for
	// the p99 of one client.
	baselineOps = 2000
	// nullSizes is the number of value sizes that approximate a distribution at a
	// null server.
	nullSizes = 32
)

// measureBaseline measures the clients of p at null servers, which store nothing
// and answer at once: the best that these clients and this network can do when
// each client waits for its reply. It does so once for each number of clients, in
// a closed loop whatever the loop of the trials.
func (c *coordinator) measureBaseline(ctx context.Context, p results.Params) error {
	if !c.baseline || c.baselines[p.Clients] != nil {
		return nil
	}
	null := results.Params{
		Operation: results.Get, Loop: results.ClosedLoop, Nodes: p.Nodes, Clients: p.Clients,
		Operations: baselineOps, Warmup: baselineOps / 10,
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
		c.baselines = make(map[int]*results.Baseline)
	}
	c.baselines[p.Clients] = &results.Baseline{
		Operations: baselineOps, Service: t.Service(), ThroughputOpsPerS: t.Active().Throughput(),
	}
	return nil
}

func (c *coordinator) measureNull(ctx context.Context, p results.Params) (t results.Trial, err error) {
	plan, err := newPlan(p)
	if err != nil {
		return t, err
	}
	g, ctx := newProcessGroup(ctx, c.fleet, plan.target)
	common, err := c.prepare(ctx, g, p, plan.options.Values.Spread(nullSizes))
	if err == nil {
		t, err = c.phase(ctx, g, common, p, false)
	}
	return t, g.end(err)
}
