package bench

import (
	"slices"
	"testing"

	"dhtbench/results"
)

func sweep() Sweep {
	return Sweep{
		Params:  results.Params{Loop: "closed", Nodes: 8, Operations: 10, Placement: Separate, Seed: 1},
		Clients: []int{1, 2, 3, 4, 5, 6, 7, 8},
		Trials:  3,
	}
}

func TestRunsCoverTheSweepInRandomOrder(t *testing.T) {
	s := sweep()
	runs := s.Runs(nil)
	if len(runs) != 24 || s.Size() != 72 {
		t.Fatalf("%d runs of %d trials", len(runs), s.Size())
	}
	orders := make(map[int][]int)
	for _, r := range runs {
		if !slices.Equal(r.Missing, results.Operations()) {
			t.Errorf("run %+v does not want all operations", r)
		}
		orders[r.Params.Repeat] = append(orders[r.Params.Repeat], r.Params.Clients)
	}
	for repeat, order := range orders {
		if slices.IsSorted(order) {
			t.Errorf("repeat %d goes through the settings in order", repeat)
		}
		if !slices.Equal(slices.Sorted(slices.Values(order)), s.Clients) {
			t.Errorf("repeat %d has clients %v", repeat, order)
		}
	}
	if slices.Equal(orders[0], orders[1]) {
		t.Error("two repeats have the same order")
	}
}

func TestRunsLeaveOutWhatIsDone(t *testing.T) {
	s := sweep()
	all := s.Runs(nil)
	var done []results.Trial
	for _, operation := range all[0].Missing {
		done = append(done, results.Trial{Params: all[0].trial(operation)})
	}
	done = append(done, results.Trial{Params: all[1].trial("put")})
	foreign := results.Trial{Params: all[2].trial("put")}
	foreign.Params.Seed = 99
	done = append(done, foreign)

	left := s.Runs(done)
	if len(left) != 23 {
		t.Fatalf("%d runs left, want 23", len(left))
	}
	if left[0].Params != all[1].Params || !slices.Equal(left[0].Missing, []string{"get", "del"}) {
		t.Errorf("first run left is %+v", left[0])
	}
	if own := s.Own(done); len(own) != 4 {
		t.Errorf("%d trials are the sweep's own, want 4", len(own))
	}
}

func TestRatesMakeSettings(t *testing.T) {
	s := sweep()
	s.Params.Loop, s.Params.DurationNS = Open, 2e9
	s.Clients = []int{1, 4}
	s.Rates = Rates{Each: []float64{1000, 2000}}
	runs := s.Runs(nil)
	if len(runs) != 12 || s.Size() != 36 {
		t.Fatalf("%d runs, size %d, want 12 and 36", len(runs), s.Size())
	}
	for _, r := range runs {
		if want := int(r.Params.RateOpsPerS * 2 / float64(r.Params.Clients)); r.Params.Operations != want {
			t.Errorf("%d clients at %v/s do %d operations each in 2 s, want %d", r.Params.Clients, r.Params.RateOpsPerS, r.Params.Operations, want)
		}
	}
	s.Rates.PerClient = true
	if p := s.settings()[3]; p.Clients != 4 || p.RateOpsPerS != 8000 {
		t.Errorf("2000/s for each of 4 clients is %v/s", p.RateOpsPerS)
	}
}

func TestOnlyItsOwnSweepIsGoneOnWith(t *testing.T) {
	s := sweep()
	own := results.Trial{Params: s.Runs(nil)[0].trial("get")}
	if err := s.joins([]results.Trial{own}); err != nil {
		t.Errorf("own trial: %v", err)
	}
	more := s
	more.Clients, more.Trials = []int{99}, 7
	if err := more.joins([]results.Trial{own}); err != nil {
		t.Errorf("a sweep of more clients: %v", err)
	}
	own.Params.Nodes = 3
	if s.joins([]results.Trial{own}) == nil {
		t.Error("a trial of another number of nodes is gone on with")
	}
}
