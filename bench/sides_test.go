package bench

import (
	"math"
	"strings"
	"testing"
	"time"

	"dhtbench/results"

	"github.com/alecthomas/kong"
)

// commandOf returns the command of a command line, and its errors.
func commandOf(t *testing.T, args ...string) (*Command, error) {
	t.Helper()
	c := new(Command)
	parser, err := kong.New(c, kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return c, err
}

func TestSidesHaveFlagsOfTheirOwn(t *testing.T) {
	c, err := commandOf(t, "--trials=6", "--clients=1,2", "--target=dht", "--workload=ycsb-c", "--a=", "--b=--target redis --value-bytes 64")
	if err != nil {
		t.Fatal(err)
	}
	s := c.sweep()
	if len(s.sides) != 2 {
		t.Fatalf("%d sides", len(s.sides))
	}
	a, b := s.sides[0].settings(), s.sides[1].settings()
	if len(a) != 2 || a[0].Target != "" || a[0].ValueBytes != 32 || a[0].Side != results.SideA {
		t.Errorf("side A: %+v", a)
	}
	if len(b) != 2 || b[0].Target != "redis" || b[0].ValueBytes != 64 || b[1].Clients != 2 || b[0].Side != results.SideB {
		t.Errorf("side B: %+v", b)
	}
}

// TestSidesRunInTurn expects the sides of a setting next to each other in every repeat,
// and either of them first.
func TestSidesRunInTurn(t *testing.T) {
	c, err := commandOf(t, "--trials=20", "--clients=1,2,4", "--workload=ycsb-c", "--a=", "--b=--value-bytes 64")
	if err != nil {
		t.Fatal(err)
	}
	runs := c.sweep().runs(nil)
	if len(runs) != 120 {
		t.Fatalf("%d runs, want 120", len(runs))
	}
	firsts := make(map[string]int)
	for i := 0; i < len(runs); i += 2 {
		a, b := runs[i].params, runs[i+1].params
		if a.Clients != b.Clients || a.Repeat != b.Repeat || a.Side == b.Side {
			t.Fatalf("run %d: %+v then %+v", i, a, b)
		}
		firsts[a.Side]++
	}
	if firsts["a"] < 15 || firsts["b"] < 15 {
		t.Errorf("first in 60 pairs: %v, want each about 30 times", firsts)
	}
}

func TestRepeatsHaveSeedsOfTheirOwn(t *testing.T) {
	c, err := commandOf(t, "--trials=3", "--clients=1", "--seed=7", "--workload=ycsb-c")
	if err != nil {
		t.Fatal(err)
	}
	for i, run := range c.sweep().runs(nil) {
		if got, want := run.params.WorkloadSeed(), uint64(7+i); got != want {
			t.Errorf("repeat %d: seed %d, want %d", i, got, want)
		}
	}
	// Trials of earlier versions have no seed of the repeat.
	old := c.sweep().settings()[0]
	old.Repeat = 1
	if runs := c.sweep().runs([]results.Trial{{Params: old}}); len(runs) != 2 {
		t.Errorf("%d runs besides a trial of an earlier version, want 2", len(runs))
	}
}

func TestRefusedSides(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--trials=6 --a=", "--a and --b must be given together"},
		{"--trials=6 --a= --b=", "--a and --b describe the same"},
		{"--trials=5 --aa", "--trials 5: a comparison needs at least 6"},
		{"--trials=6 --aa --a= --b=", "--aa cannot be combined with --a and --b"},
		{"--trials=6 --a= --b=--json", "--b: --json applies to both sides"},
		{"--trials=6 --a= --b=--clients=1", "must have the same number"},
		{"--trials=6 --a= --b=--value-bytes=-1", "--value-bytes"},
		{"--until=2%", "--until needs --trials"},
		{"--until=2", `percentage "2"`},
	} {
		if _, err := commandOf(t, strings.Fields(c.args)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestUntilEndsWithNarrowIntervals(t *testing.T) {
	trials := func(n int, spread float64) []results.Trial {
		var all []results.Trial
		for i := range n {
			d := time.Duration(1e9 * (1 + spread*math.Sin(float64(i))))
			all = append(all, results.Trial{
				Params:  results.Params{Loop: results.ClosedLoop, Repeat: i},
				Clients: []results.Client{{EndNS: int64(d), Counts: results.Counts{OK: 100}, Service: results.NewHistogram()}},
			})
		}
		return all
	}
	c := &Command{Until: 0.02}
	for _, k := range []struct {
		n      int
		spread float64
		want   bool
	}{{5, 0, false}, {6, 0.01, true}, {6, 0.1, false}} {
		if got := c.settled(trials(k.n, k.spread)); got != k.want {
			t.Errorf("%d trials with a spread of %v: settled %v, want %v", k.n, k.spread, got, k.want)
		}
	}
}
