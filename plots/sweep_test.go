package plots

import (
	"slices"
	"strings"
	"testing"

	"dhtbench/results"
)

// bare is a trial without measurements.
func bare(change func(*results.Params)) results.Trial {
	p := results.Params{Operation: "get", Loop: results.OpenLoop, Clients: 2, RateOpsPerS: 1000, DurationNS: 1e9, Operations: 500,
		Arrivals: results.ConstantArrivals, Inflight: 8, Pacing: results.PrecisePacing, Placement: results.SeparatePlacement}
	change(&p)
	return results.Trial{Params: p}
}

// TestSweepsOf: trials are split into sweeps, each with its axis and loads.
func TestSweepsOf(t *testing.T) {
	rates := func(clients int, rates ...float64) (all []results.Trial) {
		for _, r := range rates {
			all = append(all, bare(func(p *results.Params) {
				p.Clients, p.RateOpsPerS, p.Operations = clients, r, int(r)/clients // as many as the duration takes
			}))
		}
		return all
	}
	closed := func(clients int) results.Trial {
		return bare(func(p *results.Params) {
			*p = results.Params{Operation: "get", Loop: results.ClosedLoop, Clients: clients, Operations: 500, Placement: results.SeparatePlacement}
		})
	}
	for _, c := range []struct {
		name   string
		trials []results.Trial
		want   []string // label: axis: loads
	}{
		{"rates at one number of clients", rates(2, 1000, 3000, 2000), []string{": ops/s: 1,000, 2,000, 3,000"}},
		{"one rate", rates(2, 1000), []string{": ops/s: 1,000"}},
		{"rates at two numbers", append(rates(2, 1000, 2000), rates(4, 1000, 2000)...),
			[]string{"clients=2: ops/s: 1,000, 2,000", "clients=4: ops/s: 1,000, 2,000"}},
		{"one rate each", append(rates(4, 1000), rates(2, 1000)...), []string{": clients: 2, 4"}},
		{"one rate per client", append(rates(1, 1000), append(rates(2, 2000), rates(3, 3000)...)...), []string{": clients: 1–3"}},
		{"both loops", append(rates(2, 1000, 2000), closed(1), closed(2)),
			[]string{"loop=closed: clients: 1, 2", "loop=open: ops/s: 1,000, 2,000"}},
		{"one in flight", append(rates(2, 1000), bare(func(p *results.Params) { p.Inflight = 1 }), closed(1)),
			[]string{"loop=closed: clients: 1", "loop=open,inflight=8: ops/s: 1,000", "loop=open,inflight=1: ops/s: 1,000"}},
		{"stalled or not", append(rates(2, 1000), bare(func(p *results.Params) { p.Stall = "20ms/1s" })),
			[]string{"stall=none: ops/s: 1,000", "stall=20ms/1s: ops/s: 1,000"}},
		{"two targets", append(rates(2, 1000), bare(func(p *results.Params) { p.Target = "redis" })),
			[]string{"target=dht: ops/s: 1,000", "target=redis: ops/s: 1,000"}},
	} {
		var got []string
		for _, s := range sweepsOf(c.trials) {
			got = append(got, s.label+": "+s.axis.unit()+": "+s.axis.list(s.loads))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMixIsOrderedLast(t *testing.T) {
	var trials []results.Trial
	for _, o := range []string{"mix", "del", "get"} {
		trials = append(trials, bare(func(p *results.Params) { p.Operation = o }))
	}
	if got := one(t, trials).operations; !slices.Equal(got, []string{"get", "del", "mix"}) {
		t.Errorf("operations %q", got)
	}
}

// TestIncompleteRates: missing trials of an open loop are listed by rate.
func TestIncompleteRates(t *testing.T) {
	o := knee()
	o.seconds, o.repeats = 0.05, 2
	trials := o.trials()
	const want = "2 trials of 16 missing (put at 48,000; get at 48,000 ops/s)"
	if got := one(t, trials[:len(trials)-2]).missing(); got != want {
		t.Errorf("missing %q, want %q", got, want)
	}
}

func TestPickOpenSweep(t *testing.T) {
	o := knee()
	o.seconds, o.clients, o.rates = 0.05, []int{1, 2}, []float64{1000, 2000}
	all := sweepsOf(o.trials())
	for keys, want := range map[string]string{"clients=1": "clients=1", "clients=2 arrivals=constant workload=none": "clients=2"} {
		if s, err := choose(all, strings.Fields(keys)); err != nil || s.label != want {
			t.Errorf("%s: %q, %v", keys, s.label, err)
		}
	}
}
