package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"dhtbench/provision/host"
	"dhtbench/results"

	"golang.org/x/sync/errgroup"
)

// Faults of a study (results.Params.Fault) are injected here: those that act on
// processes from outside by the coordinator, those inside an agent by the agent.
// Others are parameters alone.

const (
	// stopLength and stopPeriod are for how long, in how much time, a process is
	// stopped.
	stopLength = 50 * time.Millisecond
	stopPeriod = 250 * time.Millisecond
	// ownWork is what a slow client does between operations.
	ownWork = 200 * time.Microsecond
	// lateStart is how late a client begins that does.
	lateStart = 300 * time.Millisecond
	// undoGrace is how long undoing a fault may take.
	undoGrace = 5 * time.Second
)

// processIDs are those of the processes of a run on this machine.
type processIDs struct {
	nodes, agents []int
}

// inject begins the fault of a trial if it acts from outside of the processes.
// undo ends it, and must be called.
func inject(ctx context.Context, fault string, ids processIDs) (undo func() error, err error) {
	switch fault {
	case results.ThiefFault:
		return startHelpers(ctx, 2*runtime.NumCPU(), "while :; do :; done", "")
	case results.StoppedNodeFault:
		return stopAgain(ctx, ids.nodes)
	case results.StoppedAgentFault:
		return stopAgain(ctx, ids.agents)
	case results.QuotaFault:
		return holdBack("/", ids.agents[0])
	}
	return func() error { return nil }, nil
}

// stopAgain stops the first of processes again and again.
func stopAgain(ctx context.Context, pids []int) (undo func() error, err error) {
	if len(pids) == 0 || pids[0] <= 1 { // others mean groups of processes
		return nil, fmt.Errorf("stop a process: ids %v are not of processes of the run", pids)
	}
	script := fmt.Sprintf("while sleep %.3f && kill -STOP %d && sleep %.3f && kill -CONT %d; do :; done",
		(stopPeriod - stopLength).Seconds(), pids[0], stopLength.Seconds(), pids[0])
	return startHelpers(ctx, 1, script, fmt.Sprintf("kill -CONT %d", pids[0]))
}

// startHelpers starts n shells. Each runs a script until undo is called, and then
// what is to come after it. They do so at the end of their standard input, and so also when
// the coordinator is killed.
func startHelpers(ctx context.Context, n int, script, after string) (undo func() error, err error) {
	var helpers []*host.Process
	undo = func() error {
		var group errgroup.Group
		for _, h := range helpers {
			group.Go(func() error { return h.Stop(undoGrace) })
		}
		return group.Wait()
	}
	for range n {
		line := fmt.Sprintf("{ %s; } </dev/null >/dev/null 2>&1 & echo ready; cat >/dev/null; kill $!; wait $! 2>/dev/null; %s\nexit 0", script, after)
		p, err := host.Local().Start("fault", "sh", "-c", line)
		if err == nil {
			helpers = append(helpers, p)
			_, err = p.Receive(ctx) // ready
		}
		if err != nil {
			return nil, errors.Join(err, undo())
		}
	}
	return undo, nil
}

// inject prepares the fault of a trial if it lies inside the agent. The last client
// is the one at fault.
func (a *agent) inject(ctx context.Context, fault string) {
	last := len(a.clients) - 1
	switch fault {
	case results.SlowClientFault:
		a.clients[last].ownWork = func() {
			for end := a.clock.Now() + int64(ownWork); a.clock.Now() < end; {
			}
		}
	case results.StartSkewFault:
		a.clients[last].late = lateStart
	case results.GCStormFault:
		go func() {
			for ctx.Err() == nil {
				runtime.GC()
			}
		}()
	}
}

// beginLate waits until a client that begins late may begin, or ctx ends.
func (c *client) beginLate(ctx context.Context) {
	if c.late == 0 {
		return
	}
	select {
	case <-time.After(c.late):
	case <-ctx.Done():
	}
}
