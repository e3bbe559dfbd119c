package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"dhtbench/provision/host"
	"dhtbench/results"
)

// Fleet is the hosts of a sweep, looked at and made ready: dhtbench is on each,
// each can reach the nodes of all, and what was found is known. It is not
// changed once made.
type Fleet struct {
	members []member
}

// member is one host of a fleet.
type member struct {
	host.Host
	executable string       // path of dhtbench on the host
	facts      results.Host // what the preflight found
}

// NewFleet makes hosts, at least one, ready to run the given executable of this
// machine. Hosts are looked at in parallel, and what is wrong with any of them
// is reported at once.
func NewFleet(ctx context.Context, hosts []host.Host, executable string) (*Fleet, error) {
	f := &Fleet{members: make([]member, len(hosts))}
	paths, err := host.Stage(ctx, hosts, executable)
	if err != nil {
		return nil, fmt.Errorf("preflight: %w", err)
	}
	for i, path := range paths {
		f.members[i] = member{Host: hosts[i], executable: path}
	}
	if err := f.probe(ctx); err != nil {
		return nil, fmt.Errorf("preflight: %w", err)
	}
	return f, nil
}

// probe runs one node and one agent on each host and has every agent look at
// its host and at all nodes.
func (f *Fleet) probe(ctx context.Context) error {
	s, ctx := newSession(ctx, f)
	return s.stop(func() error {
		nodes, err := s.startNodes(ctx, len(f.members))
		if err != nil {
			return err
		}
		if err := s.startAgents(len(f.members), agentShare); err != nil {
			return err
		}
		var addrs, names []string
		for i, n := range nodes {
			addrs = append(addrs, n.Addr)
			names = append(names, f.members[i].Name)
		}
		// One after the other, so that no round trip waits for another's.
		for i := range f.members {
			order := Order{Probe: &Probe{Addr: f.members[i].Addr, Nodes: addrs}}
			reply, err := exchange(ctx, s.agents[i], order, nil)
			if err != nil {
				return err
			}
			if reply.Probed == nil {
				return wrongReply(s.agents[i], reply, "probed")
			}
			f.members[i].facts = namedFacts(*reply.Probed, f.members[i].Host, names)
		}
		return nil
	}())
}

// at is the host of node or client i.
func (f *Fleet) at(i int) member { return f.members[i%len(f.members)] }

// size is the number of hosts.
func (f *Fleet) size() int { return len(f.members) }

// share is how many of n nodes are on the host of node i.
func (f *Fleet) share(i, n int) int {
	size := f.size()
	return (n - i%size + size - 1) / size
}

// facts are those of the hosts that carry any of n nodes or of that many
// clients.
func (f *Fleet) facts(nodes, clients int) []results.Host {
	var used []results.Host
	for i := range min(f.size(), max(nodes, clients)) {
		facts := f.members[i].facts
		facts.Nodes = nil
		for id := i; id < nodes; id += f.size() {
			facts.Nodes = append(facts.Nodes, id)
		}
		used = append(used, facts)
	}
	return used
}

// all runs do for 0 to n-1 at once and returns all errors.
func all(n int, do func(i int) error) error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = do(i) })
	}
	group.Wait()
	return errors.Join(errs...)
}
