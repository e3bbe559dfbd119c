package results

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// warned is a closed loop with these warnings.
func warned(operation string, clients, repeat int, warnings ...Warning) Trial {
	t := Trial{Params: Params{Operation: operation, Loop: ClosedLoop, Clients: clients, Repeat: repeat}, Verdict: Valid, Warnings: warnings}
	for _, w := range warnings {
		t.Verdict = t.Verdict.worse(w.Level)
	}
	return t
}

func lines(groups []Group, columns int) string {
	var all []string
	for _, g := range groups {
		all = append(all, g.Line(columns))
	}
	return strings.Join(all, "\n")
}

// TestWarningsAreGroupedByCode: one line for each code, the worst first, then the most
// frequent, with the range of values. A trial with several warnings of a code counts
// once.
func TestWarningsAreGroupedByCode(t *testing.T) {
	drift := func(by float64) Warning { return Warning{Code: "drift", Level: Suspect, Value: by, Limit: 0.1} }
	steal := func(host string, share float64, level Verdict) Warning {
		return Warning{Code: "steal", Level: level, Host: host, Value: share, Limit: 0.01}
	}
	trials := []Trial{
		warned(Get, 7, 0, drift(0.26)), warned(Put, 8, 0, drift(0.2)), warned(Put, 1, 0, drift(0.104)), warned(Put, 1, 1, drift(0.12)), warned(Put, 4, 0, drift(0.15)),
		warned(Get, 1, 0, drift(0.11), steal("h1", 0.02, Suspect), steal("h2", 0.034, Suspect)), warned(Get, 6, 0, drift(0.11)),
		warned(Del, 2, 0, steal("h1", 0.123, Invalid)), warned(Del, 3, 0),
	}
	for columns, want := range map[int]string{
		110: `2, 1 INVALID: steal of 2 to 12 % of processor time (get at 1 client; del at 2); use other hosts (--hosts)
7 SUSPECT: drift of +10 to +26 % (put at 1, 4, 8 clients; get at 1, 6, 7); raise --warmup`,
		80: `2, 1 INVALID: steal of 2 to 12 % of processor time; use other hosts (--hosts)
7 SUSPECT: drift of +10 to +26 %; raise --warmup`,
		48: `2, 1 INVALID: steal of 2 to 12 % of processor t…
7 SUSPECT: drift of +10 to +26 %; raise --warmup`,
	} {
		if got := lines(Warnings(trials), columns); got != want {
			t.Errorf("%d columns:\n%s\nwant\n%s", columns, got, want)
		}
	}
	if groups := Warnings(trials); groups[0].Invalid != 1 || len(groups[0].Trials) != 2 || len(groups[1].Trials) != 7 {
		t.Errorf("%+v", groups)
	}
	if groups := Warnings(trials[8:]); groups != nil {
		t.Errorf("%+v of a valid trial", groups)
	}
}

// TestLinesFit: the line of every code fits 80 columns with its advice, for 24 trials and
// values of any size.
func TestLinesFit(t *testing.T) {
	for _, code := range Codes() {
		g := Group{Code: code, Trials: make([]Params, 24), Invalid: 24}
		g.describe([]Warning{{Code: code, Value: 0.0123}, {Code: code, Value: 0.999}})
		line := g.Line(80)
		if n := len([]rune(line)); n > 80 || !strings.HasSuffix(line, g.Advice) || g.Advice == "" || g.Text == "" {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	long := Group{Code: Legacy, Text: strings.Repeat("ä", 200), Trials: make([]Params, 1)}
	if line := []rune(long.Line(80)); len(line) != 80 || line[79] != '…' {
		t.Errorf("%d columns: %s", len(line), string(line))
	}
}

func TestWhere(t *testing.T) {
	open := func(clients int, rate float64, pacing string) Params {
		return Params{Operation: Mix, Loop: OpenLoop, Clients: clients, RateOpsPerS: rate, Pacing: pacing}
	}
	shut := func(operation string, clients int) Params {
		return Params{Operation: operation, Loop: ClosedLoop, Clients: clients}
	}
	for want, trials := range map[string][]Params{
		"put at 1 client":               {shut(Put, 1), shut(Put, 1)},
		"put at 1, 2 clients; get at 8": {shut(Put, 2), shut(Get, 8), shut(Put, 1)},
		"put at 1-4, 6-8 clients":       {shut(Put, 1), shut(Put, 2), shut(Put, 3), shut(Put, 4), shut(Put, 6), shut(Put, 7), shut(Put, 8)},
		"mix at 500, 1500.5/s":          {open(4, 1500.5, PrecisePacing), open(4, 500, PrecisePacing)},
		"mix with clients=1 at 500/s; mix with clients=4 at 100, 500": {open(4, 500, PrecisePacing), open(4, 100, PrecisePacing), open(1, 500, PrecisePacing)},
		"mix at 500/s; mix with timers at 500":                        {open(4, 500, TimerPacing), open(4, 500, PrecisePacing)},
		"put at 1 client; mix with clients=4 at 500/s":                {shut(Put, 1), open(4, 500, "")},
	} {
		if got := (Group{Trials: trials}).Where(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestSentences: a warning names its host and node.
func TestSentences(t *testing.T) {
	for want, w := range map[string]Warning{
		"steal of 2 % of processor time (h3)":        {Code: "steal", Host: "h3", Value: 0.02},
		"hiccups for 1.5 % of the time (h3, node 0)": {Code: "hiccups", Host: "h3", Node: new(0), Value: 0.015},
		"clients began 120 ms apart":                 {Code: "start-skew", Value: 0.12},
		"nothing was heard for 31 s (h3)":            {Code: "silence", Host: "h3", Value: 31},
		"drift of -35 %":                             {Code: "drift", Value: -0.353},
		"drift of +1110 %":                           {Code: "drift", Value: 11.1},
		"wrong values: 1234567":                      {Code: "wrong-values", Value: 1234567},
		"0.0012 % of operations went wrong":          {Code: "errors", Value: 0.0000123},
		"moon-phase of 0.25":                         {Code: "moon-phase", Value: 0.25},
		"as it was written":                          {Code: Legacy, Text: "as it was written"},
	} {
		if got := w.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestLegacyWarnings: sentences of schema 2 that differ only in numbers are one group.
// Names of hosts and ids of nodes are no numbers.
func TestLegacyWarnings(t *testing.T) {
	var trials []Trial
	for i, text := range []string{
		"drift: the median latency changed by -26 % from the first half",
		"drift: the median latency changed by +31 % from the first half",
		"drift: the median latency changed by -14 % from the first half",
		"steal: the hypervisor took 2.0 % of the processor time of h1",
		"steal: the hypervisor took 3.5 % of the processor time of h2",
		"hiccups: node 7 on local was late for 3.0 % of the trial",
		"hiccups: node 3 on local was late for 1.5 % of the trial",
		"hiccups: node 12 on local was late for 2.5 % of the trial",
		"wrong values: 3 of 2000 operations (1 torn, 0 of another key)",
		"wrong values: 12 of 2000 operations (2 torn, 0 of another key)",
	} {
		trials = append(trials, warned(Get, 1+i, 0, Warning{Code: Legacy, Level: Suspect, Text: text}))
	}
	var got []string
	for _, g := range Warnings(trials) {
		got = append(got, fmt.Sprint(len(g.Trials), " ", g.Text))
	}
	slices.Sort(got)
	want := []string{
		"1 steal: the hypervisor took 2.0 % of the processor time of h1",
		"1 steal: the hypervisor took 3.5 % of the processor time of h2",
		"2 wrong values: 3 to 12 of 2000 operations (1 to 2 torn, 0 of another key)",
		"3 drift: the median latency changed by -26 to +31 % from the first half",
		"3 hiccups: node 3, 7, 12 on local was late for 1.5 to 3.0 % of the trial",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
