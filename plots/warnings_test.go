package plots

import (
	"fmt"
	"strings"
	"testing"

	"dhtbench/results"
)

func TestWarnings(t *testing.T) {
	m := usual()
	m.each = 20
	m.change = func(t *results.Trial) {
		if t.Params.Operation == results.Get && t.Params.Clients > 1 {
			t.Warnings = []results.Warning{map[int]results.Warning{2: {Code: "littles-law", Value: 0.088},
				4: {Code: "littles-law", Value: 0.15}, 8: {Code: results.Legacy, Text: "a | in <words>"}}[t.Params.Clients]}
		}
	}
	want := `

| warning | trials | at |
| --- | ---: | --- |
| Little's law is off by 8.8 to 15 %; use more hosts (--hosts) | 2 | get with 2, 4 clients |
| a \| in &lt;words&gt; | 1 | get with 8 clients |
`
	if got := one(t, m.trials()).verdicts(); !strings.HasSuffix(got, want) {
		t.Errorf("verdicts:\n%s\nwant at the end:%s", got, want)
	}
	if got := one(t, usual().trials()).verdicts(); strings.Contains(got, "warning") {
		t.Errorf("warnings where there are none:\n%s", got)
	}
}

// TestWarningsCountTrials: a trial with the same warning of two hosts is one trial.
func TestWarningsCountTrials(t *testing.T) {
	m := usual()
	m.each, m.operations, m.clients = 20, []string{results.Get}, []int{1, 2}
	m.change = func(t *results.Trial) {
		t.Hosts = append(t.Hosts, results.Host{Name: "h1"}, results.Host{Name: "h2"})
		for i := range 2 {
			t.Warnings = append(t.Warnings, results.Warning{Code: "agent-cpu", Host: fmt.Sprintf("h%d", i+1), Value: 0.86 + float64(t.Params.Clients)/100})
		}
	}
	const want = "\n| agents used 87 to 88 % of their cores; use more hosts (--hosts) | 2 | get with 1, 2 clients |\n"
	if got := one(t, m.trials()).verdicts(); !strings.HasSuffix(got, want) {
		t.Errorf("%s\nwant at the end:%s", got, want)
	}
}

func TestVerdicts(t *testing.T) {
	o := knee()
	o.seconds, o.rates = 0.05, o.rates[:2]
	o.change = func(t *results.Trial) {
		t.Verdict = results.Valid
		switch {
		case t.Params.Operation == "get" && t.Params.RateOpsPerS > 2000:
			t.Verdict, t.Warnings = results.Invalid, []results.Warning{{Code: results.Legacy, Text: "agent on <h1> was starved for 3 ms"}}
		case t.Params.Operation == "get":
			t.Verdict, t.Warnings = results.Suspect, []results.Warning{{Code: results.Legacy, Text: "agent on <h1> was starved for 1 ms"}}
		}
	}
	s := one(t, o.trials())
	want := `| verdict | trials | at |
| --- | ---: | --- |
| VALID | 2 | put at 2,000, 20,000 ops/s |
| SUSPECT | 1 | get at 2,000 ops/s |
| INVALID | 1 | get at 20,000 ops/s |

| warning | trials | at |
| --- | ---: | --- |
| agent on &lt;h1&gt; was starved for 1 to 3 ms | 2 | get at 2,000, 20,000 ops/s |
`
	if got := s.verdicts(); got != want {
		t.Errorf("verdicts:\n%s\nwant:\n%s", got, want)
	}
	if got := s.Valid() + " of " + s.Trials(); got != "2 of 4" {
		t.Errorf("%s are VALID", got)
	}
}
