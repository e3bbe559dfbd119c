package bench

import (
	"math/rand/v2"
	"slices"

	"dhtbench/results"
)

// Sweep is the plan of a benchmark: one run for each number of clients and
// repeat.
type Sweep struct {
	// Params is common to all trials; its Operation, Clients and Repeat are the
	// sweep's to set.
	Params  results.Params
	Clients []int // numbers of clients
	Trials  int   // repeats of each setting, at least 1
}

// Size is the number of trials in the sweep.
func (s Sweep) Size() int { return len(s.Clients) * s.Trials * len(results.Operations()) }

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
		order := slices.Clone(s.Clients)
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, clients := range order {
			run := Run{Params: s.Params}
			run.Params.Clients = clients
			run.Params.Repeat = repeat
			for _, operation := range results.Operations() {
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
	var own []results.Trial
	for _, t := range trials {
		p := s.Params
		p.Operation, p.Clients, p.Repeat = t.Params.Operation, t.Params.Clients, t.Params.Repeat
		if t.Params == p && slices.Contains(s.Clients, p.Clients) && p.Repeat < s.Trials {
			own = append(own, t)
		}
	}
	return own
}
