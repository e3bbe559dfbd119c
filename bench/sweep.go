package bench

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"dhtbench/results"
)

// Sweep is the plan of a benchmark: one run for each setting and repeat.
type Sweep struct {
	// Params is common to all trials; Operation, Clients, Repeat and, of an open
	// loop, RateOpsPerS and Operations are the sweep's to set.
	Params  results.Params
	Clients []int    // numbers of clients
	Rates   Rates    // offered; none: a closed loop
	Pacings []string // of an open loop that is paced in several ways; none: as Params say
	Trials  int      // repeats of each setting, at least 1
}

// Size is the number of trials in the sweep.
func (s Sweep) Size() int { return len(s.settings()) * s.Trials * len(operationKinds(s.Params)) }

// settings are the parameters of all settings, in order, without operation and
// repeat.
func (s Sweep) settings() []results.Params {
	var all []results.Params
	for _, clients := range s.Clients {
		p := s.Params
		p.Clients = clients
		if p.Loop != Open {
			all = append(all, p)
		}
		for _, rate := range s.Rates.of(clients) {
			p := atRate(p, rate)
			for _, p.Pacing = range s.pacings() {
				all = append(all, p)
			}
		}
	}
	return all
}

// pacings are the ways in which clients are paced, one at least.
func (s Sweep) pacings() []string {
	if len(s.Pacings) == 0 {
		return []string{s.Params.Pacing}
	}
	return s.Pacings
}

// atRate is p with a rate, and with the operations of the time it may take if
// that is bounded.
func atRate(p results.Params, rate float64) results.Params {
	p.RateOpsPerS = rate
	if p.DurationNS > 0 {
		p.Operations = max(1, int(rate/float64(p.Clients)*float64(p.DurationNS)/1e9))
	}
	return p
}

// Runs returns the runs that are still to be done when the trials of done are
// there. The settings of each repeat come in an order of their own, random but
// fixed by the seed: what drifts on the machine in the course of a benchmark
// then blurs the curve instead of bending it.
func (s Sweep) Runs(done []results.Trial) []Run {
	have := make(map[results.Params]bool)
	for _, t := range done {
		have[t.Params] = true
	}
	random := rand.New(rand.NewPCG(s.Params.Seed, 0))
	var runs []Run
	for repeat := range s.Trials {
		order := s.settings()
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, p := range order {
			run := Run{Params: p}
			run.Params.Repeat = repeat
			for _, operation := range run.operations() {
				if !have[run.trial(operation)] {
					run.Missing = append(run.Missing, operation)
				}
			}
			if len(run.Missing) > 0 {
				runs = append(runs, run)
			}
		}
	}
	return runs
}

// Own returns those of trials that belong to the sweep.
func (s Sweep) Own(trials []results.Trial) []results.Trial {
	settings := s.settings()
	var own []results.Trial
	for _, t := range trials {
		p := t.Params.Setting()
		p.Operation = s.Params.Operation
		if slices.Contains(settings, p) && t.Params.Repeat < s.Trials {
			own = append(own, t)
		}
	}
	return own
}

// joins returns an error if any of trials is of another sweep: if they differ in
// more than what this one may do more or less of.
func (s Sweep) joins(trials []results.Trial) error {
	common := func(p results.Params) results.Params {
		p.Operation, p.Clients, p.Repeat, p.RateOpsPerS, p.Operations, p.Pacing = "", 0, 0, 0, 0, ""
		return p
	}
	for _, t := range trials {
		then, now := common(t.Params), common(s.Params)
		if then != now || t.Params.DurationNS == 0 && t.Params.Operations != s.Params.Operations {
			return fmt.Errorf("it holds trials of another sweep (%s)", difference(t.Params, s.Params))
		}
	}
	return nil
}

// difference names the parameters in which two sweeps differ, and their values.
func difference(there, here results.Params) string {
	var parts []string
	a, b := reflect.ValueOf(there), reflect.ValueOf(here)
	for i := range a.NumField() {
		name, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("json"), ",")
		switch name {
		case "operation", "clients", "repeat", "rate_ops_per_s", "pacing": // what one sweep has several of
			continue
		}
		if name == "operations" && there.DurationNS > 0 {
			continue // as many as the time has
		}
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); x != y {
			parts = append(parts, fmt.Sprintf("%s: %v there, %v here", name, x, y))
		}
	}
	return strings.Join(parts, "; ")
}
