package plots

import (
	"fmt"
	"strings"

	"dhtbench/results"
)

// conditions describes, from the record, what was run and where. It is part of the
// description inside a figure.
func (s sweep) conditions() string {
	p := s.params
	run := []string{
		p.Loop + " loop",
		p.Cluster(),
		placement(p.Placement),
		s.amount(),
	}
	switch {
	case s.axis == byRate: // the number of clients is not on the axis
		run = append(run, plural(p.Clients, "client"))
	case p.Open():
		run = append(run, s.rates()+" ops/s offered")
	}
	run = append(append(run, s.offer()...), "measured on "+machines(s.trials))
	if gap := s.missing(); gap != "" {
		run = append(run, "incomplete sweep: "+gap)
	}
	return strings.Join(run, " · ")
}

// amount describes the length of the measurement and of the warm-up, the longest if
// settings differ.
func (s sweep) amount() string {
	p := s.params
	done := whole(int64(p.Operations)) + " operations per client"
	if p.DurationNS > 0 {
		done = tickDuration(float64(p.DurationNS)) + " per trial"
	}
	before := whole(int64(p.Warmup))
	var longest int64
	for _, t := range s.trials {
		longest = max(longest, t.Params.WarmupNS)
	}
	if longest > 0 {
		before = tickDuration(float64(longest))
	}
	return done + " after " + before + " of warm-up"
}

// sizes describes the sizes of keys and values.
func (s sweep) sizes() string {
	values := plural(s.params.ValueBytes, "byte")
	if s.params.ValueSizes != "" {
		values = s.params.ValueSizes + " bytes"
	}
	return fmt.Sprintf("keys of %s, values of %s", plural(s.params.KeyBytes, "byte"), values)
}

// offer describes the rest of the load: the schedule of an open loop, the mix, a fault.
func (s sweep) offer() []string {
	p := s.params
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if p.Open() {
		add("%s arrivals, %s pacing, up to %s in flight per client",
			either(p.Arrivals, "unknown"), either(p.Pacing, "unknown"), plural(p.Inflight, "operation"))
	}
	if n := p.ClosedInflight(); n > 1 && !p.Open() {
		add("%s in flight per client", plural(n, "operation"))
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
		add("injected stall of the nodes, %s", p.Stall)
	}
	if p.ServiceTimeNS > 0 {
		add("injected service time of the nodes, %s for one operation at a time", tickDuration(float64(p.ServiceTimeNS)))
	}
	return parts
}

// rates lists the offered rates, or only the lowest and the highest.
func (s sweep) rates() string {
	var rates []load
	for _, l := range s.loads {
		rates = insert(rates, load{rate: l.rate})
	}
	return byRate.list(rates)
}

// placement describes where the clients ran, which decides whether a latency includes
// the network.
func placement(p string) string {
	switch p {
	case results.SeparatePlacement:
		return "clients outside the node processes (separate)"
	case results.EmbeddedPlacement:
		return "clients inside the node processes (embedded)"
	}
	return "placement " + p
}
