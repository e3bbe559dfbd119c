package bench

import (
	"context"
	"fmt"
	"slices"

	"dhtbench/bench/target"
	"dhtbench/provision/host"
	"dhtbench/results"
)

// fleet is the hosts of a sweep after the preflight: each has dhtbench, has reached the
// servers of up to maxProbes hosts, and has reported its facts. It is immutable.
type fleet struct {
	members []member
	own     limits // of the coordinator
}

// member is one host of a fleet.
type member struct {
	host.Host
	executable string       // path of dhtbench on the host
	facts      results.Host // what the preflight found
	limits     limits       // of its processes, at the preflight
}

// newFleet prepares hosts, at least one, to run the given executable, or this program
// if it is "". It reports all problems together.
func newFleet(ctx context.Context, hosts []host.Host, executable string) (*fleet, error) {
	f := &fleet{members: make([]member, len(hosts))}
	var err error
	if f.own, err = readLimits("/"); err != nil {
		return nil, err
	}
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

// tryServers starts a server of each target on each host and ends it, so that a
// missing program is reported before the first trial.
func (f *fleet) tryServers(ctx context.Context, targets []string) error {
	for _, name := range targets {
		if name == results.DHT || results.IsNull(name) { // these are part of dhtbench
			continue
		}
		t, err := target.Named(name, false)
		if err != nil {
			return err
		}
		g, ctx := newProcessGroup(ctx, f, t)
		_, err = g.startServers(ctx, len(f.members), target.Server{})
		if err := g.end(err); err != nil {
			return fmt.Errorf("target %s: %w", name, err)
		}
	}
	return nil
}

// tryRunning checks that running servers answer every host as the target does.
func (f *fleet) tryRunning(ctx context.Context, name string, servers []string) error {
	t, err := target.Named(name, false)
	if err != nil {
		return err
	}
	g, ctx := newProcessGroup(ctx, f, t)
	return g.end(func() error {
		if err := g.startAgents(len(f.members), agentShare); err != nil {
			return err
		}
		_, err := g.ask(ctx, "probed", func(i int) order {
			return order{Probe: &probeOrder{Addr: f.members[i].Addr, Target: name, Servers: servers}}
		}, nil)
		return err
	}())
}

// maxProbes is the largest number of servers that each host probes. With 256 hosts,
// probes of all servers from all hosts would take minutes and add a megabyte to each
// record.
const maxProbes = 16

// probesOf returns, in ascending order, the numbers of the hosts whose servers host i
// of n probes: i itself and those that follow it.
func probesOf(i, n int) []int {
	hosts := make([]int, min(n, maxProbes))
	for j := range hosts {
		hosts[j] = (i + j) % n
	}
	slices.Sort(hosts)
	return hosts
}

// probe runs one server and one agent on each host. Every agent reports the facts
// of its host and its round trips to the servers of [probesOf].
func (f *fleet) probe(ctx context.Context) error {
	t, err := target.Named(results.DHT, false)
	if err != nil {
		return err
	}
	g, ctx := newProcessGroup(ctx, f, t)
	return g.end(func() error {
		servers, err := g.startServers(ctx, len(f.members), target.Server{})
		if err != nil {
			return err
		}
		if err := g.startAgents(len(f.members), agentShare); err != nil {
			return err
		}
		// One after the other, so that no round trip waits for another's.
		for i := range f.members {
			var addrs, names []string
			for _, to := range probesOf(i, len(servers)) {
				addrs = append(addrs, servers[to].Addr)
				names = append(names, f.members[to].Name)
			}
			o := order{Probe: &probeOrder{Addr: f.members[i].Addr, Target: results.DHT, Servers: addrs}}
			r, err := exchange(ctx, g.agents[i], o, nil)
			if err != nil {
				return err
			}
			if r.Probed == nil {
				return wrongKind(g.agents[i], r, "probed")
			}
			f.members[i].limits = r.Probed.Limits
			f.members[i].facts = namedFacts(*r.Probed, f.members[i].Host, names)
		}
		return nil
	}())
}

// at is the host of node or client i.
func (f *fleet) at(i int) member { return f.members[i%len(f.members)] }

// size is the number of hosts.
func (f *fleet) size() int { return len(f.members) }

// share is how many of n nodes are on the host of node i.
func (f *fleet) share(i, n int) int {
	size := f.size()
	return (n - i%size + size - 1) / size
}

// facts returns the facts of the hosts that run any of the given numbers of nodes
// and clients.
func (f *fleet) facts(nodes, clients int) []results.Host {
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
