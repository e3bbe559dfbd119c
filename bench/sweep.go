package bench

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"dhtbench/results"
)

// sweep is the plan of a benchmark: one run for each setting and repeat.
type sweep struct {
	// params is common to all trials. The sweep sets Target, Operation, Clients and
	// Repeat and, of an open loop, RateOpsPerS, Pacing and the times that depend on
	// the rate.
	params  results.Params
	targets []string // as in results.Params; none: that of params
	clients []int    // numbers of clients
	rates   rates    // offered; none: a closed loop
	pacings []string // pacings of an open loop; none: that of params
	trials  int      // repeats of each setting, at least 1
	sides   []sweep  // of a comparison, each with its own settings; nil: no comparison
}

// size is the number of trials in the sweep.
func (s sweep) size() int {
	size := 0
	for _, p := range s.settings() {
		size += s.trials * len(operationsOf(p))
	}
	return size
}

// settings are the parameters of all settings, in order, without operation and
// repeat.
func (s sweep) settings() []results.Params {
	var all []results.Params
	for _, side := range s.sides {
		all = append(all, side.settings()...)
	}
	if s.sides != nil {
		return all
	}
	for _, s := range s.perTarget() {
		for _, clients := range s.clients {
			if !s.params.Open() {
				all = append(all, s.at(clients, 0, ""))
			}
			for _, rate := range s.rates.of(clients) {
				for _, pacing := range s.allPacings() {
					all = append(all, s.at(clients, rate, pacing))
				}
			}
		}
	}
	return all
}

// perTarget returns the sweep of each target, at least one.
func (s sweep) perTarget() []sweep {
	if len(s.targets) == 0 {
		return []sweep{s}
	}
	all := make([]sweep, len(s.targets))
	for i, target := range s.targets {
		all[i] = s
		all[i].params.Target = target
	}
	return all
}

// allPacings returns the pacings of the sweep, at least one.
func (s sweep) allPacings() []string {
	if len(s.pacings) == 0 {
		return []string{s.params.Pacing}
	}
	return s.pacings
}

// at returns the parameters of one setting, with the defaults that depend on the loop.
// The duration of an open loop, unless given, is that of its operations at the rate.
func (s sweep) at(clients int, rate float64, pacing string) results.Params {
	p := s.params
	p.Clients, p.RateOpsPerS, p.Pacing = clients, rate, pacing
	if !p.Open() {
		p.Connections, p.Pipeline = cmp.Or(p.Connections, 1), cmp.Or(p.Pipeline, 1)
		return p
	}
	lasts := func(operations int) int64 {
		return int64(min(float64(operations)*float64(clients)/rate*1e9, maxNS))
	}
	if p.DurationNS == 0 {
		p.DurationNS = lasts(p.Operations)
	}
	if p.Warmup > 0 {
		warmup := lasts(p.Warmup)
		if p.WarmupNS > 0 {
			warmup = min(warmup, p.WarmupNS)
		}
		p.WarmupNS = warmup
	}
	p.Operations, p.Warmup, p.GraceNS = 0, 0, int64(defaultGrace)
	p.Connections, p.Pipeline = cmp.Or(p.Connections, openConnections(p)), cmp.Or(p.Pipeline, p.Inflight)
	return p
}

// manyConnections bounds the default number of connections of all clients together in
// an open loop, except that each client has at least one to each server.
const manyConnections = 1024

// openConnections returns the default number of connections of a client to each server
// in an open loop: as many, together, as the client has operations in flight.
func openConnections(p results.Params) int {
	servers := max(1, p.Nodes)
	return max(1, min((p.Inflight+servers-1)/servers, manyConnections/(p.Clients*servers)))
}

// maxNS bounds times computed from other flags: about 30 years.
const maxNS = 1e18

// runs returns the runs that are missing from done. Each repeat has the settings in
// another random order, fixed by the seed. A drift of the machine during the sweep
// then adds noise to the curve instead of changing its shape.
func (s sweep) runs(done []results.Trial) []sweepRun {
	have := make(map[results.Params]bool)
	for _, t := range done {
		p := t.Params
		p.RepeatSeed = 0 // earlier versions had none
		have[p] = true
	}
	random := rand.New(rand.NewPCG(s.params.Seed, 0))
	var runs []sweepRun
	for repeat := range s.trials {
		for _, p := range s.order(random) {
			run := sweepRun{params: p}
			run.params.Repeat = repeat
			for _, operation := range operationsOf(p) {
				if !have[run.trial(operation)] {
					run.missing = append(run.missing, operation)
				}
			}
			if repeat > 0 {
				run.params.RepeatSeed = p.Seed + uint64(repeat)
			}
			if len(run.missing) > 0 {
				runs = append(runs, run)
			}
		}
	}
	return runs
}

// order returns the settings in a random order. In a comparison, the settings of both
// sides that belong together follow each other, in random order.
func (s sweep) order(random *rand.Rand) []results.Params {
	if s.sides == nil {
		order := s.settings()
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		return order
	}
	a, b := s.sides[0].settings(), s.sides[1].settings()
	var order []results.Params
	for _, i := range random.Perm(len(a)) {
		pair := []results.Params{a[i], b[i]}
		first := random.IntN(2)
		order = append(order, pair[first], pair[1-first])
	}
	return order
}

// own returns those of trials that belong to the sweep.
func (s sweep) own(trials []results.Trial) []results.Trial {
	settings := s.settings()
	var own []results.Trial
	for _, t := range trials {
		p := t.Params.Setting()
		if p.Workload == "" {
			p.Operation = ""
		}
		if slices.Contains(settings, p) && t.Params.Repeat < s.trials {
			own = append(own, t)
		}
	}
	return own
}

// checkSame returns an error if any of trials is of another sweep: one that
// differs in more than targets, numbers of clients, rates, pacings and repeats.
func (s sweep) checkSame(trials []results.Trial) error {
	for _, t := range trials {
		there := t.Params.Setting()
		own, err := s.ofSide(there.Side)
		if err != nil {
			return err
		}
		here := own.at(there.Clients, there.RateOpsPerS, there.Pacing)
		here.Operation, here.Target = there.Operation, there.Target
		if there != here {
			return fmt.Errorf("it holds trials of another sweep (%s)", there.Difference(here, "there", "here"))
		}
	}
	return nil
}

// ofSide returns the part of the sweep on a side, which is the sweep itself outside of a
// comparison.
func (s sweep) ofSide(side string) (sweep, error) {
	i := slices.IndexFunc(s.sides, func(part sweep) bool { return part.params.Side == side })
	switch {
	case i >= 0:
		return s.sides[i], nil
	case s.sides != nil:
		return s, errors.New("it holds trials of another sweep, not of a comparison of two sides")
	case side != s.params.Side:
		return s, errors.New("it holds trials of a comparison of two sides")
	}
	return s, nil
}
