package plots

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dhtbench/results"
)

// caption says under a figure what was run and where, all from the record: a
// figure is looked at without its text sooner or later.
func (s sweep) caption() []string {
	p := s.params
	run := []string{
		p.Loop + " loop",
		plural(p.Nodes, "node"),
		placement(p.Placement),
		s.amount(),
	}
	switch {
	case s.axis == byRate: // which is not on the axis
		run = append(run, plural(p.Clients, "client"))
	case p.Open():
		run = append(run, s.rates()+" ops/s offered")
	}
	return []string{strings.Join(append(run, s.offer()...), " · "), s.where() + " · " + s.repeated()}
}

// amount is how much was done, and before it without recording.
func (s sweep) amount() string {
	p := s.params
	done := whole(int64(p.Operations)) + " operations per client"
	if p.DurationNS > 0 {
		done = tickDuration(float64(p.DurationNS)) + " per trial"
	}
	before := whole(int64(p.Warmup))
	if p.WarmupNS > 0 {
		before = tickDuration(float64(p.WarmupNS))
	}
	return done + " after " + before + " of warm-up"
}

// offer is what else was asked of the cluster, if anything: the schedule of an
// open loop, the mixture of operations, a fault.
func (s sweep) offer() []string {
	p := s.params
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if p.Open() {
		add("%s arrivals, %s pacing, up to %s in flight per client",
			either(p.Arrivals, "unknown"), either(p.Pacing, "unknown"), plural(p.Inflight, "operation"))
	}
	if p.Workload != "" {
		add("workload %s on %s records, keys %s", p.Workload, whole(int64(p.Records)), either(p.Keys, "unknown"))
	}
	if p.ValueSizes != "" {
		add("values %s bytes", p.ValueSizes)
	}
	if p.Breakdown {
		add("nodes time each operation")
	}
	if p.Stall != "" {
		add("nodes told to stall, %s", p.Stall)
	}
	return parts
}

// rates are the offered rates, all or their ends.
func (s sweep) rates() string {
	var rates []load
	for _, l := range s.loads {
		rates = insert(rates, load{rate: l.rate})
	}
	return byRate.list(rates)
}

// placement is where the clients ran, in words, since it decides whether a
// latency has a network in it.
func placement(p string) string {
	switch p {
	case results.SeparatePlacement:
		return "clients outside the node processes (separate)"
	case results.EmbeddedPlacement:
		return "clients inside the node processes (embedded)"
	}
	return "placement " + p
}

// where says on what the sweep was measured.
func (s sweep) where() string { return "measured on " + machines(s.trials) }

// machines says what trials were measured on.
func machines(trials []results.Trial) string {
	groups := groupHosts(trials)
	parts := make([]string, len(groups))
	for i, g := range groups {
		parts[i] = fmt.Sprintf("%s: %s", plural(len(g.names), "host"), g.machine())
	}
	text := strings.Join(parts, "; ")
	if crowded(trials) {
		text += "; nodes and clients share its cores"
	}
	return text
}

// crowded reports whether one host carried everything: the curve against the
// number of clients is then one of sharing, and the caption says so.
func crowded(trials []results.Trial) bool {
	for _, t := range trials {
		if len(t.Hosts) != 1 {
			return false
		}
	}
	return len(trials) > 0
}

// repeated says how often each setting was measured and what a point stands for.
func (s sweep) repeated() string {
	fewest, most := s.repeats()
	text := "1 trial per setting"
	if most > 1 {
		text = fmt.Sprintf("median of %s trials per setting", span(float64(fewest), float64(most), tickNumber))
		if most >= enoughForInterval {
			text += ", bars: 95 % interval"
		}
		if fewest < enoughForInterval {
			text += ", pale dots: the trials"
		}
	}
	if gap := s.missing(); gap != "" {
		text += "; incomplete sweep: " + gap
	}
	return text
}

// machine says what a group's hosts are: CPU, cores, virtualization.
func (g hostGroup) machine() string {
	h := g.host
	text := fmt.Sprintf("%s, %s each", h.CPU, plural(h.Cores, "core"))
	if len(g.names) == 1 {
		text = fmt.Sprintf("%s, %s", h.CPU, plural(h.Cores, "core"))
	}
	if h.Virtualization != "" {
		text += ", " + h.Virtualization
	}
	for _, name := range slices.Sorted(maps.Keys(h.Facts)) {
		text += fmt.Sprintf(", %s: %s", name, h.Facts[name])
	}
	return text
}

// hostGroup is hosts that are alike in everything but name and load. A cluster of
// equal machines is one group, and a caption stays one line.
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
			// The cost of reading the clock is measured anew for each trial, and
			// round trips are each host's own.
			alike := h
			alike.Name, alike.Nodes, alike.ClockReadNS, alike.ClockErrorNS, alike.RoundTripNS = "", nil, 0, 0, nil
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

// add takes in one host as one trial recorded it.
func (g *hostGroup) add(h results.Host) {
	known := false
	for _, name := range g.names {
		known = known || name == h.Name
	}
	if !known {
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
