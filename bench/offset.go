package bench

import (
	"context"
	"time"

	"dhtbench/node"
	"dhtbench/provision/host"
)

// offsetRounds is how many exchanges an offset is taken from.
const offsetRounds = 8

// offset is how an agent's host clock stands to the coordinator's.
type offset struct {
	ahead int64 // ns that the host's clock shows more than the coordinator's
	bound int64 // ns by which ahead may be wrong
}

// measureOffset learns the offset of an agent's clock from the quickest of
// several exchanges: the reading was taken between its send and its end, so the
// middle is wrong by at most half its length (Cristian, Probabilistic Clock
// Synchronization, 1989). An agent on this machine reads the same clock.
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
