package bench

import (
	"slices"
	"strings"
	"testing"

	"dhtbench/results"
)

func TestRecordedCommandHasNoPasswords(t *testing.T) {
	servers := []string{"redis://:s3cret@h:1", "h:2"}
	for _, args := range [][]string{
		{"bench", "--servers", "redis://:s3cret@h:1,h:2", "--json"},
		{"bench", "--servers=redis://:s3cret@h:1", "--servers=h:2"},
		{"bench", "--a=--servers redis://:s3cret@h:1", "--b=--servers h:2"},
	} {
		got := strings.Join(recorded(args, []*Command{{Servers: servers[:1]}, {Servers: servers[1:]}}), " ")
		if strings.Contains(got, "s3cret") || !strings.Contains(got, "redis://h:1") || !strings.Contains(got, "h:2") {
			t.Errorf("%q is recorded as %q", args, got)
		}
	}
}

func TestSweepTakesTargetsInTurn(t *testing.T) {
	s := smallSweep()
	s.targets = []string{"", "redis"}
	runs := s.runs(nil)
	if len(runs) != 48 || s.size() != 144 {
		t.Fatalf("%d runs of %d trials, want 48 and 144", len(runs), s.size())
	}
	if !slices.ContainsFunc(runs[:24], func(r sweepRun) bool { return r.params.Target == "" }) ||
		!slices.ContainsFunc(runs[:24], func(r sweepRun) bool { return r.params.Target == "redis" }) {
		t.Error("targets are not in turn")
	}
	other := results.Trial{Params: runs[0].trial("put")}
	other.Params.Target = "memcached"
	if err := s.checkSame([]results.Trial{other}); err != nil || len(s.own([]results.Trial{other})) != 0 {
		t.Errorf("a trial of another target is refused (%v), or taken for one of the sweep", err)
	}
	other.Params.Servers = "h:1"
	if err := s.checkSame([]results.Trial{other}); err == nil || !strings.Contains(err.Error(), "servers: h:1 there") {
		t.Errorf("a trial at other servers: error %v", err)
	}
}

func TestDefaultNumberOfNodesIsThatOfHosts(t *testing.T) {
	three := 3
	for want, c := range map[int]Command{8: {}, 2: {Hosts: make(inventory, 2)}, 3: {Hosts: make(inventory, 2), Nodes: &three}} {
		if n := c.nodes(); n != want {
			t.Errorf("%d hosts: %d nodes, want %d", len(c.Hosts), n, want)
		}
	}
}
