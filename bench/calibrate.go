package bench

import (
	"context"
	"fmt"
	"math"

	"dhtbench/results"
)

// calibrationOps is how many gets each client does in a calibration: enough for
// a p99 of one client, and done in a fraction of a second on one machine.
const calibrationOps = 2000

// calibrate measures clients as many as p has against servers that answer at
// once and keep nothing: what these clients and this network do at best when each
// waits for its replies. It is done once for each number of clients, in a closed
// loop whatever the loop of the trials.
func (c *Coordinator) calibrate(ctx context.Context, p results.Params) error {
	if !c.Calibrate || c.nulls[p.Clients] != nil {
		return nil
	}
	null := results.Params{
		Operation: results.Get, Loop: Closed, Nodes: p.Nodes, Clients: p.Clients,
		Operations: calibrationOps, Warmup: calibrationOps / 10,
		KeyBytes: p.KeyBytes, ValueBytes: p.ValueBytes, Placement: Separate, Seed: p.Seed,
	}
	s, ctx := newSession(ctx, c.Fleet)
	trial, err := c.measureNull(ctx, s, null)
	if err == nil && trial.Counts().Bad() > 0 {
		err = wrong([]results.Trial{trial})
	}
	if err := s.stop(err); err != nil {
		return fmt.Errorf("calibrate, clients %d: %w", p.Clients, err)
	}
	if math.IsNaN(trial.Active().Throughput()) {
		return nil // some client had ended before another began: there is no ceiling to tell
	}
	if c.nulls == nil {
		c.nulls = make(map[int]*results.Baseline)
	}
	c.nulls[p.Clients] = &results.Baseline{
		Operations: calibrationOps, Service: trial.Service(), ThroughputOpsPerS: trial.Active().Throughput(),
	}
	return nil
}

func (c *Coordinator) measureNull(ctx context.Context, s *session, p results.Params) (results.Trial, error) {
	clock, err := newClock()
	if err != nil {
		return results.Trial{}, err
	}
	trial, err := c.prepare(ctx, s, p, true)
	if err != nil {
		return trial, err
	}
	trial.Params = p
	return trial, c.phase(ctx, s, clock, &trial, false)
}
