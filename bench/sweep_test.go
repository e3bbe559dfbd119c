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
