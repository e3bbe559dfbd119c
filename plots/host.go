package plots

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dhtbench/results"
)

// machines describes the hosts of trials.
func machines(trials []results.Trial) string {
	groups := groupHosts(trials)
	parts := make([]string, len(groups))
	for i, g := range groups {
		parts[i] = fmt.Sprintf("%s: %s", plural(len(g.names), "host"), g.machine())
	}
	// On one host, the curve against the number of clients shows sharing of cores.
	if len(trials) > 0 && !slices.ContainsFunc(trials, func(t results.Trial) bool { return len(t.Hosts) != 1 }) {
		parts = append(parts, "nodes and clients share its cores")
	}
	return strings.Join(parts, "; ")
}

// machine describes the hosts of a group: CPU, cores, virtualization.
func (g hostGroup) machine() string {
	h := g.host
	text := fmt.Sprintf("%s, %s", h.CPU, plural(h.Cores, "core"))
	if len(g.names) > 1 {
		text += " each"
	}
	if h.Virtualization != "" {
		text += ", " + h.Virtualization
	}
	for _, name := range slices.Sorted(maps.Keys(h.Facts)) {
		text += fmt.Sprintf(", %s: %s", name, h.Facts[name])
	}
	return text
}

// hostGroup is hosts that differ only in name and load. A cluster of equal machines is
// one group.
type hostGroup struct {
	host       results.Host // without what varies: name, nodes, clock readings
	names      []string     // in order of first appearance
	nodes      map[int]bool // ids placed on them in any trial
	readNS     [2]int64     // lowest and highest cost of reading the clock
	maxErrorNS int64        // highest bound on the clock's offset
	tripNS     []int64      // idle round trips to other hosts
}

// groupHosts groups the hosts of all trials.
func groupHosts(trials []results.Trial) []hostGroup {
	var groups []hostGroup
	at := make(map[string]int) // by all that is the same within a group
	for _, t := range trials {
		for _, h := range t.Hosts {
			// Silence and the cost of reading the clock are measured for each trial, and
			// round trips for each host.
			alike := h
			alike.Name, alike.Nodes, alike.ClockReadNS, alike.ClockErrorNS, alike.RoundTripNS, alike.SilenceNS = "", nil, 0, 0, nil, 0
			key := fmt.Sprintf("%+v", alike)
			i, seen := at[key]
			if !seen {
				i = len(groups)
				at[key] = i
				groups = append(groups, hostGroup{host: alike, nodes: make(map[int]bool),
					readNS: [2]int64{h.ClockReadNS, h.ClockReadNS}})
			}
			groups[i].add(h)
		}
	}
	return groups
}

// add adds one host of one trial.
func (g *hostGroup) add(h results.Host) {
	if !slices.Contains(g.names, h.Name) {
		g.names = append(g.names, h.Name)
	}
	for _, id := range h.Nodes {
		g.nodes[id] = true
	}
	g.readNS = [2]int64{min(g.readNS[0], h.ClockReadNS), max(g.readNS[1], h.ClockReadNS)}
	g.maxErrorNS = max(g.maxErrorNS, h.ClockErrorNS)
	for to, ns := range h.RoundTripNS {
		if to != h.Name {
			g.tripNS = append(g.tripNS, ns)
		}
	}
}

// describe returns all that is known about the hosts of a group.
func (g hostGroup) describe() string {
	h := g.host
	parts := []string{
		cell(g.machine()),
		fmt.Sprintf("%s GiB of memory", number(float64(h.MemoryBytes)/(1<<30))),
		cell(fmt.Sprintf("%s %s %s", h.OS, h.Kernel, h.Arch)),
		fmt.Sprintf("clocksource %s, %s ns per reading", cell(either(h.Clocksource, "unknown")),
			span(float64(g.readNS[0]), float64(g.readNS[1]), tickNumber)),
	}
	if g.maxErrorNS > 0 {
		parts = append(parts, "clocks within "+duration(float64(g.maxErrorNS))+" of the coordinator's")
	}
	if len(g.tripNS) > 0 {
		parts = append(parts, "idle round trip to a node on another "+
			span(float64(slices.Min(g.tripNS)), float64(slices.Max(g.tripNS)), duration))
	}
	nodes := "no nodes"
	if ids := slices.Sorted(maps.Keys(g.nodes)); len(ids) == 1 {
		nodes = "node " + numbers(ids)
	} else if len(ids) > 1 {
		nodes = "nodes " + numbers(ids)
	}
	if h.NodeGOMAXPROCS > 0 {
		nodes += fmt.Sprintf(" (GOMAXPROCS %d each)", h.NodeGOMAXPROCS)
	}
	return strings.Join(append(parts, nodes), "; ")
}
