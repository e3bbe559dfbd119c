package plots

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dhtbench/results"
)

func TestWarnings(t *testing.T) {
	m := usual()
	m.each = 20
	m.change = func(t *results.Trial) {
		if t.Params.Operation == results.Get && t.Params.Clients > 1 {
			t.Warnings = []string{map[int]string{2: "Little's law: 0.912, more than 2 % from 1",
				4: "Little's law: 0.85, more than 2 % from 1", 8: "a | in <words>"}[t.Params.Clients]}
		}
	}
	want := `

| warning | trials | at |
| --- | ---: | --- |
| Little's law: 0.85–0.912, more than 2 % from 1 | 2 | get with 2, 4 clients |
| a \| in &lt;words&gt; | 1 | get with 8 clients |
`
	if got := one(t, m.trials()).verdicts(); !strings.HasSuffix(got, want) {
		t.Errorf("verdicts:\n%s\nwant at the end:%s", got, want)
	}
	if got := one(t, usual().trials()).verdicts(); strings.Contains(got, "warning") {
		t.Errorf("warnings where there are none:\n%s", got)
	}
}

// TestWarningsNameHostsAndNodes: hosts and nodes are listed by name, and only
// numbers have a range. Before, hosts h1 and h3 were h1–3.
func TestWarningsNameHostsAndNodes(t *testing.T) {
	for name, c := range map[string]struct {
		hosts []string
		texts []string
		want  string
	}{
		"hosts": {[]string{"h1", "h2", "h3"},
			[]string{"agent on h1: used 91.5 % of it", "agent on h3: used 88.0 % of it", "agent on h1: used 90.0 % of it"},
			"agent on h1, h3: used 88.0–91.5 % of it"},
		"one name in another": {[]string{"h1", "h10"},
			[]string{"steal: 2 % of the processor time of h10: repeat", "steal: 3 % of the processor time of h1: repeat"},
			"steal: 2–3 % of the processor time of h10, h1: repeat"},
		"addresses": {[]string{"10.0.0.3", "10.0.0.12"},
			[]string{"agent on 10.0.0.12 waited 1.5 ms", "agent on 10.0.0.3 waited 2.5 ms"},
			"agent on 10.0.0.12, 10.0.0.3 waited 1.5–2.5 ms"},
		"nodes": {[]string{"h1", "h2"},
			[]string{"hiccups: node 7 on h2 was held up for 3.0 %, 12 times", "hiccups: node 3 on h1 was held up for 1.5 %, 9 times"},
			"hiccups: node 7, 3 on h2, h1 was held up for 1.5–3.0 %, 9–12 times"},
		"agent beside node": {[]string{"h1"},
			[]string{"hiccups: an agent on h1 was held up, 3 times", "hiccups: node 1 on h1 was held up, 4 times"},
			"hiccups: an agent on h1 was held up, 3 times|hiccups: node 1 on h1 was held up, 4 times"},
		"numbers in words": {[]string{"local"},
			[]string{"A2 is 6.1 and the p99 2 ms", "A2 is 14.8 and the p99 1 ms"},
			"A2 is 6.1–14.8 and the p99 1–2 ms"},
		"signs": {[]string{"local"},
			[]string{"changed by -26 % from", "changed by -14 % from", "changed by +31 % from"},
			"changed by -14 to -26 % from|changed by +31 % from"},
		"host of another kind": {[]string{"4"},
			[]string{"agent on 4: 5 of 6", "agent on 4: 4 of 6"},
			"agent on 4: 4–5 of 6"},
	} {
		var trials []results.Trial
		for i, text := range c.texts {
			trial := counted("get")
			trial.Params.Repeat, trial.Warnings = i, []string{text}
			for _, host := range c.hosts {
				trial.Hosts = append(trial.Hosts, results.Host{Name: host})
			}
			trials = append(trials, trial)
		}
		var got []string
		for _, w := range warningsOf(trials) {
			got = append(got, w.String())
		}
		if !slices.Equal(got, strings.Split(c.want, "|")) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestWarningsCountTrials: a trial with the same warning of two hosts is one trial.
func TestWarningsCountTrials(t *testing.T) {
	m := usual()
	m.each, m.operations, m.clients = 20, []string{results.Get}, []int{1, 2}
	m.change = func(t *results.Trial) {
		t.Hosts = append(t.Hosts, results.Host{Name: "h1"}, results.Host{Name: "h2"})
		for i := range 2 {
			t.Warnings = append(t.Warnings, fmt.Sprintf("agent on h%d: used %d %% of it", i+1, 86+t.Params.Clients))
		}
	}
	const want = "\n| agent on h1, h2: used 87–88 % of it | 2 | get with 1, 2 clients |\n"
	if got := one(t, m.trials()).verdicts(); !strings.HasSuffix(got, want) {
		t.Errorf("%s\nwant at the end:%s", got, want)
	}
}

// FuzzSplitWarning: the parts of a warning, put together again, are the warning.
func FuzzSplitWarning(f *testing.F) {
	f.Add("hiccups: node 3 on h1 was held up for 1.5 %, 3 times", "h1")
	f.Add("on on on 1", "on")
	f.Add("of (: 2", "(")
	f.Add("on : 2", "")
	f.Add("0", "\xe0")
	f.Fuzz(func(t *testing.T, text, host string) {
		words, tokens := split(text, varyingIn(results.Trial{Hosts: []results.Host{{Name: host}}}))
		var b strings.Builder
		for i, word := range words {
			b.WriteString(word)
			if i < len(tokens) {
				b.WriteString(tokens[i].text)
			}
		}
		if b.String() != text || len(words) != len(tokens)+1 {
			t.Errorf("%q is split into %q and %v", text, words, tokens)
		}
	})
}

func TestVerdicts(t *testing.T) {
	o := knee()
	o.seconds, o.rates = 0.05, o.rates[:2]
	o.change = func(t *results.Trial) {
		t.Verdict = results.Valid
		switch {
		case t.Params.Operation == "get" && t.Params.RateOpsPerS > 2000:
			t.Verdict, t.Warnings = results.Invalid, []string{"agent on <h1> was starved for 3 ms"}
		case t.Params.Operation == "get":
			t.Verdict, t.Warnings = results.Suspect, []string{"agent on <h1> was starved for 1 ms"}
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
| agent on &lt;h1&gt; was starved for 1–3 ms | 2 | get at 2,000, 20,000 ops/s |
`
	if got := s.verdicts(); got != want {
		t.Errorf("verdicts:\n%s\nwant:\n%s", got, want)
	}
	if got := s.Valid() + " of " + s.Trials(); got != "2 of 4" {
		t.Errorf("%s are VALID", got)
	}
	// In schema 1 a warning made a trial suspect.
	m := usual()
	m.each, m.operations, m.clients = 20, []string{"get"}, []int{1, 2}
	m.change = func(t *results.Trial) {
		if t.Params.Clients == 2 {
			t.Warnings = []string{"slow"}
		}
	}
	if got := one(t, m.trials()).verdicts(); !strings.Contains(got, "| VALID | 1 | get with 1 client |\n| SUSPECT | 1 | get with 2 clients |\n| INVALID | 0 | – |") {
		t.Errorf("schema 1:\n%s", got)
	}
}
