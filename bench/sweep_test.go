package bench

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"dhtbench/results"
)

func smallSweep() sweep {
	return sweep{
		params:  results.Params{Loop: "closed", Nodes: 8, Operations: 10, Placement: results.SeparatePlacement, Seed: 1},
		clients: []int{1, 2, 3, 4, 5, 6, 7, 8},
		trials:  3,
	}
}

func TestRunsCoverTheSweepInRandomOrder(t *testing.T) {
	s := smallSweep()
	runs := s.runs(nil)
	if len(runs) != 24 || s.size() != 72 {
		t.Fatalf("%d runs of %d trials", len(runs), s.size())
	}
	orders := make(map[int][]int)
	for _, r := range runs {
		if !slices.Equal(r.missing, results.Operations()) {
			t.Errorf("run %+v does not want all operations", r)
		}
		orders[r.params.Repeat] = append(orders[r.params.Repeat], r.params.Clients)
	}
	for repeat, order := range orders {
		if slices.IsSorted(order) {
			t.Errorf("repeat %d goes through the settings in order", repeat)
		}
		if !slices.Equal(slices.Sorted(slices.Values(order)), s.clients) {
			t.Errorf("repeat %d has clients %v", repeat, order)
		}
	}
	if slices.Equal(orders[0], orders[1]) {
		t.Error("two repeats have the same order")
	}
}

func TestRunsSkipFinishedTrials(t *testing.T) {
	s := smallSweep()
	all := s.runs(nil)
	var done []results.Trial
	for _, operation := range all[0].missing {
		done = append(done, results.Trial{Params: all[0].trial(operation)})
	}
	done = append(done, results.Trial{Params: all[1].trial("put")})
	foreign := results.Trial{Params: all[2].trial("put")}
	foreign.Params.Seed = 99
	done = append(done, foreign)

	left := s.runs(done)
	if len(left) != 23 {
		t.Fatalf("%d runs left, want 23", len(left))
	}
	if left[0].params != all[1].params || !slices.Equal(left[0].missing, []string{"get", "del"}) {
		t.Errorf("first run left is %+v", left[0])
	}
	if own := s.own(done); len(own) != 4 {
		t.Errorf("%d trials are the sweep's own, want 4", len(own))
	}
}

func TestRatesMakeSettings(t *testing.T) {
	s := smallSweep()
	s.params.Loop, s.params.DurationNS = results.OpenLoop, 2e9
	s.clients = []int{1, 4}
	s.rates = rates{each: []float64{1000, 2000}}
	runs := s.runs(nil)
	if len(runs) != 12 || s.size() != 36 {
		t.Fatalf("%d runs, size %d, want 12 and 36", len(runs), s.size())
	}
	for _, r := range runs {
		if p := r.params; p.DurationNS != 2e9 || p.Operations != 0 || p.GraceNS == 0 {
			t.Errorf("%d clients at %v/s: %d operations in %d ns with a grace of %d ns", p.Clients, p.RateOpsPerS, p.Operations, p.DurationNS, p.GraceNS)
		}
	}
	byOps := s
	byOps.params.DurationNS, byOps.params.Operations, byOps.params.Warmup, byOps.params.WarmupNS = 0, 10, 1000, 2e9
	if p := byOps.at(4, 2000, ""); p.DurationNS != 20e6 || p.WarmupNS != 2e9 || p.Warmup != 0 {
		t.Errorf("10 operations of each of 4 clients at 2000/s: %+v", p)
	}
	s.rates.perClient = true
	if p := s.settings()[3]; p.Clients != 4 || p.RateOpsPerS != 8000 {
		t.Errorf("2000/s for each of 4 clients is %v/s", p.RateOpsPerS)
	}
}

func TestResumeRefusesOtherSweep(t *testing.T) {
	s := smallSweep()
	own := results.Trial{Params: s.runs(nil)[0].trial("get")}
	if err := s.checkSame([]results.Trial{own}); err != nil {
		t.Errorf("own trial: %v", err)
	}
	more := s
	more.clients, more.trials = []int{99}, 7
	if err := more.checkSame([]results.Trial{own}); err != nil {
		t.Errorf("a sweep of more clients: %v", err)
	}
	own.Params.Nodes = 3
	if s.checkSame([]results.Trial{own}) == nil {
		t.Error("a trial of another number of nodes is accepted")
	}
}

// TestResumeAcceptsEarlierClosedLoops resumes a file whose trials do not have the number
// of connections, as earlier versions wrote them.
func TestResumeAcceptsEarlierClosedLoops(t *testing.T) {
	s := smallSweep()
	trial := results.Trial{Params: s.runs(nil)[0].trial("put")}
	trial.Params.Connections, trial.Params.Pipeline = 0, 0
	for i := range trial.Params.Clients {
		trial.Clients = append(trial.Clients, results.Client{Client: i, Ended: results.Hopeless, Service: results.NewHistogram()})
	}
	name := filepath.Join(t.TempDir(), "x.jsonl")
	file, _, _, err := results.Open(name)
	if err == nil {
		err = errors.Join(file.Append(trial), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	file, trials, err := openResults(name, true, s.checkSame)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	missing := 0
	for _, r := range s.runs(s.own(trials)) {
		missing += len(r.missing)
	}
	if missing != s.size()-1 {
		t.Errorf("%d of %d trials are missing, want all but one", missing, s.size())
	}
}
