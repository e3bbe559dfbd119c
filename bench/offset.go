package bench

import (
	"context"
	"time"

	"dhtbench/node"
	"dhtbench/provision/host"
)

// offsetRounds is the number of exchanges to measure an offset.
const offsetRounds = 8

// offset is the difference between the clocks of an agent's host and the
// coordinator.
type offset struct {
	ahead int64 // ns by which the host's clock is ahead of the coordinator's
	bound int64 // maximum error of ahead in ns
}

// measureOffset measures the offset of an agent's clock in the shortest of several
// exchanges. The clock was read between its send and its end, so the middle is
// wrong by at most half its length (Cristian, Probabilistic Clock Synchronization,
// 1989). An agent on this machine reads the same clock.
func measureOffset(ctx context.Context, c node.Clock, agent *host.Process, local bool) (offset, error) {
	if local {
		return offset{}, nil
	}
	best := offset{bound: int64(time.Hour)}
	for range offsetRounds {
		send := c.Now()
		r, err := exchange(ctx, agent, order{Clock: &clockReading{}}, nil)
		end := c.Now()
		if err != nil {
			return offset{}, err
		}
		if r.Clock == nil {
			return offset{}, wrongKind(agent, r, "clock")
		}
		if half := (end - send + 1) / 2; half < best.bound {
			best = offset{ahead: r.Clock.NowNS - (send + half), bound: half}
		}
	}
	return best, nil
}
