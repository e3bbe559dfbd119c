package bench

import (
	"context"
	"fmt"
	"math"

	"dhtbench/results"
)

const (
	// baselineOps is how many gets each client does for a baseline: enough for a
	// p99 of one client, and done in a fraction of a second on one machine.
	baselineOps = 2000
	// nullSizes is how many sizes of values a null server gets to imitate a
	// distribution.
	nullSizes = 32
)

// measureBaseline measures clients as many as p has at null servers, which keep
// nothing and answer at once: what these clients and this network do at best when
// each waits for its replies. It does so once for each number of clients, in a
// closed loop whatever the loop of the trials.
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
		return nil // some client had ended before another began
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
