package plots

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// fact is one thing that the record says of how a sweep was measured. A report
// that says them by hand is wrong from the next run on another machine on.
type fact struct {
	name string
	of   func(sweep) string
}

// facts are what a fact marker can name.
func facts() []fact {
	return slices.Concat(settingFacts(), trialFacts(), hostFacts())
}

// settingFacts are of what was chosen.
func settingFacts() []fact {
	param := func(of func(results.Params) int) func(sweep) string {
		return func(s sweep) string { return whole(int64(of(s.params))) }
	}
	text := func(of func(results.Params) string) func(sweep) string {
		return func(s sweep) string { return escape(either(of(s.params), absent)) }
	}
	return []fact{
		{"nodes", param(func(p results.Params) int { return p.Nodes })},
		{"operations", param(func(p results.Params) int { return p.Operations })},
		{"warmup", param(func(p results.Params) int { return p.Warmup })},
		{"key_bytes", param(func(p results.Params) int { return p.KeyBytes })},
		{"value_bytes", param(func(p results.Params) int { return p.ValueBytes })},
		{"placement", text(func(p results.Params) string { return p.Placement })},
		{"loop", text(func(p results.Params) string { return p.Loop })},
		{"arrivals", text(func(p results.Params) string { return p.Arrivals })},
		{"pacing", text(func(p results.Params) string { return p.Pacing })},
		{"workload", text(func(p results.Params) string { return p.Workload })},
		{"stall", text(func(p results.Params) string { return p.Stall })},
		{"inflight", param(func(p results.Params) int { return p.Inflight })},
		{"duration", func(s sweep) string { return tickDuration(float64(s.params.DurationNS)) }},
		{"clients", func(s sweep) string { return numbers(s.clients()) }},
		{"rates", func(s sweep) string {
			if !s.params.Open() {
				return absent
			}
			return s.rates()
		}},
	}
}

// trialFacts are of the trials together.
func trialFacts() []fact {
	verdict := func(v results.Verdict) func(sweep) string {
		return func(s sweep) string { return whole(int64(len(s.judged(v)))) }
	}
	return []fact{
		{"trials", func(s sweep) string { return whole(int64(len(s.trials))) }},
		{"repeats", func(s sweep) string {
			fewest, most := s.repeats()
			if fewest == most {
				return plural(most, "trial")
			}
			return span(float64(fewest), float64(most), tickNumber) + " trials"
		}},
		{"sustained", func(s sweep) string { return s.highestSustained() }},
		{"doubtful", func(s sweep) string { return whole(int64(s.doubtful())) }},
		{"valid", verdict(results.Valid)},
		{"suspect", verdict(results.Suspect)},
		{"invalid", verdict(results.Invalid)},
		{"gomaxprocs", func(s sweep) string { return s.gomaxprocs() }},
		{"started", func(s sweep) string { return s.started() }},
		{"build", func(s sweep) string { return s.builds() }},
	}
}

// hostFacts are of the hosts; the different values where they differ.
func hostFacts() []fact {
	host := func(of func(results.Host) string) func(sweep) string {
		return func(s sweep) string {
			var all []string
			for _, g := range groupHosts(s.trials) {
				if text := of(g.host); !slices.Contains(all, text) {
					all = append(all, text)
				}
			}
			return escape(strings.Join(all, ", "))
		}
	}
	return []fact{
		{"cpu", host(func(h results.Host) string { return h.CPU })},
		{"cores", host(func(h results.Host) string { return strconv.Itoa(h.Cores) })},
		{"kernel", host(func(h results.Host) string { return h.Kernel })},
		{"virtualization", host(func(h results.Host) string { return either(h.Virtualization, absent) })},
	}
}

// highestSustained is the highest rate that every operation sustained, unknown if
// there is none.
func (s sweep) highestSustained() string {
	loads := s.sustainedLoads()
	highest := loads[len(loads)-1]
	if !s.params.Open() || !s.sustainedAt(highest) {
		return unknown
	}
	return exactly(highest.rate) + " ops/s"
}

// fact writes the fact of the given name.
func (s sweep) fact(name string) (string, error) {
	var names []string
	for _, f := range facts() {
		if f.name == name {
			return f.of(s), nil
		}
		names = append(names, f.name)
	}
	return "", fmt.Errorf("fact %q: want one of %s", name, strings.Join(names, ", "))
}
