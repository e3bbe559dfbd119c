package compare

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// trial returns a record of one client that did 1,000 operations of about the given
// latency.
func trial(p results.Params, latency time.Duration) results.Trial {
	h := results.NewHistogram()
	const operations = 1000 // the fewest that support p99
	for i := range operations {
		h.Record(latency + latency*time.Duration(i)/operations)
	}
	end := int64(operations * latency * 3 / 2)
	return results.Trial{
		Schema: results.Schema, Params: p, Verdict: results.Valid,
		Clients: []results.Client{{EndNS: end, Counts: results.Counts{OK: operations}, Service: h}},
		Hosts:   []results.Host{{CPU: "made up", Cores: 4, Kernel: "6.1"}},
	}
}

// side returns 6 repeats of 4 settings. The latency at 4 clients is multiplied by
// slower.
func side(name string, seed uint64, slower float64) Side {
	random := rand.New(rand.NewPCG(seed, 1))
	s := Side{Name: name}
	for repeat := range 6 {
		for clients := 1; clients <= 4; clients++ {
			latency := 100e3 * math.Exp(0.01*random.NormFloat64())
			if clients == 4 {
				latency *= slower
			}
			p := results.Params{Operation: results.Get, Loop: results.ClosedLoop, Clients: clients, Repeat: repeat, Seed: seed}
			s.Trials = append(s.Trials, trial(p, time.Duration(latency)))
		}
	}
	return s
}

func TestFilesFindSlowSetting(t *testing.T) {
	c, err := Files(side("a", 1, 1), side("b", 2, 1.1), false)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := c.Found()
	for _, r := range rows {
		if r.Setting.Clients != 4 && r.Setting != (results.Params{}) {
			t.Errorf("found a difference: %s", r.describe("?"))
		}
	}
	if !c.Regressed(0.05) {
		t.Error("10 % slower in one setting: found no regression")
	}
	if c.Regressed(0.2) {
		t.Error("10 % slower is a regression of more than 20 %")
	}
	var text bytes.Buffer
	if err := c.Text(&text, 0.05); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text.String(), "Regression: B is worse than A; most in ") || !strings.Contains(text.String(), "1.10") {
		t.Errorf("the text is\n%s", &text)
	}
	for line := range strings.Lines(text.String()) {
		if len([]rune(line)) > 81 {
			t.Errorf("line of over 80 columns: %q", line)
		}
	}
}

func TestEqualFilesDoNotDiffer(t *testing.T) {
	c, err := Files(side("a", 1, 1), side("b", 2, 1), false)
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := c.Found(); len(rows) > 0 {
		t.Errorf("found %s", rows[0].describe("?"))
	}
	for _, m := range c.Metrics {
		for _, r := range m.All() {
			if !(r.Smallest > 0 && r.Smallest < 0.1) {
				t.Errorf("%s: smallest difference that is found: %v", m.Name, r.Smallest)
			}
		}
	}
}

// TestSmallestIsFound adds the smallest difference that Compare states to one side.
func TestSmallestIsFound(t *testing.T) {
	c, err := Files(side("a", 1, 1), side("b", 2, 1), false)
	if err != nil {
		t.Fatal(err)
	}
	row := c.Metrics[1].Rows[3]
	found, all := 0, 40
	for i := range uint64(all) {
		c, err := Files(side("a", 100+i, 1), side("b", 1000+i, 1+row.Smallest), false)
		if err != nil {
			t.Fatal(err)
		}
		if c.Metrics[1].Rows[3].Found() {
			found++
		}
	}
	t.Logf("found in %d of %d", found, all)
	if found < 8*all/10 {
		t.Errorf("a difference of %v is found in %d of %d comparisons, want nine of ten", row.Smallest, found, all)
	}
}

func sides(slower float64) []results.Trial {
	a, b := side("", 1, 1).Trials, side("", 2, slower).Trials
	for i := range a {
		a[i].Params.Side, b[i].Params.Side = results.SideA, results.SideB
		b[i].Params.Target = "redis"
	}
	return append(a, b...)
}

func TestSidesArePaired(t *testing.T) {
	c, err := Sides("x.jsonl", sides(1.1), false)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Paired || c.Repeats != [2]int{6, 6} {
		t.Errorf("paired %v, repeats %v", c.Paired, c.Repeats)
	}
	if rows, _ := c.Found(); len(rows) == 0 || rows[0].Setting.Clients != 4 || rows[0].P != 1.0/32 {
		t.Errorf("found %v, want 4 clients with p = 1/32", rows)
	}
}

func TestSidesWithoutFullRepeat(t *testing.T) {
	trials := sides(1)
	c, err := Sides("x.jsonl", trials[:len(trials)-1], false)
	if err != nil {
		t.Fatal(err)
	}
	if c.Repeats != [2]int{5, 5} {
		t.Errorf("repeats %v, want the 5 that all settings have", c.Repeats)
	}
	if v := c.Verdict(0.05); !strings.Contains(v, "No difference can be found with 5 pairs of trials in turn: measure at least 6 pairs") {
		t.Errorf("verdict %q", v)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*results.Trial)
		want   string
	}{
		{"INVALID", func(t *results.Trial) {
			t.Verdict, t.Warnings = results.Invalid, []results.Warning{{Code: "errors", Level: results.Invalid, Value: 1}}
		}, "repeat 0 is INVALID"},
		{"generator", func(t *results.Trial) {
			t.Warnings = []results.Warning{{Code: "agent-cpu", Level: results.Suspect, Value: 0.99}}
		}, "the generator may be the limit in 6 of 6 trials: agents used 99 % of their cores"},
		{"hosts", func(t *results.Trial) { t.Hosts = []results.Host{{CPU: "other", Cores: 4, Kernel: "6.1"}} }, "the hosts differ"},
		{"parameters", func(t *results.Trial) { t.Params.ValueBytes = 1024 }, "no setting in common (value_bytes: 0 in A, 1024 in B)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := side("a.jsonl", 1, 1), side("b.jsonl", 2, 1)
			for i := range b.Trials {
				c.change(&b.Trials[i])
			}
			if _, err := Files(a, b, false); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			forced, err := Files(a, b, true)
			if err != nil || len(forced.Forced) == 0 {
				t.Errorf("forced: %v, reasons %v", err, forced.Forced)
			}
		})
	}
}

// TestRankSumTail has critical values of Hollander, Wolfe and Chicken, table A.6, and
// of R's qwilcox(0.025, m, n).
func TestRankSumTail(t *testing.T) {
	for _, c := range []struct{ a, b, want int }{{3, 3, 0}, {4, 4, 1}, {5, 5, 3}, {6, 6, 6}, {10, 10, 24}, {6, 8, 9}} {
		if got := rankSumTail(c.a, c.b); got != c.want {
			t.Errorf("%d and %d: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
