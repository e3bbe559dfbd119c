package results

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func constant() Trial { return open(ConstantArrivals) }
func poisson() Trial  { return open(PoissonArrivals) }

// TestHealthyRecordsHaveNoWarnings: neither complete records of both loops nor records
// with only the fields of schema 1.
func TestHealthyRecordsHaveNoWarnings(t *testing.T) {
	for name, trial := range map[string]Trial{
		"closed": closed(), "constant": constant(), "poisson": poisson(),
		"schema 1": {Params: closed().Params, Clients: closed().Clients, Agents: []Agent{{Host: "local", UserNS: 9 * second}}},
	} {
		if err := trial.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if verdict, warnings := trial.Judge(); verdict != Valid || warnings != nil {
			t.Errorf("%s: %s: %v", name, verdict, warnings)
		}
	}
}

// slower adds time to a share of the operations of an open loop, to response only or to
// lag and response.
func (t *Trial) slower(by time.Duration, lag bool, share float64) {
	for i := range t.Clients {
		c := &t.Clients[i]
		n := c.Counts.Replied()
		c.Lag, c.Response, c.Service = NewHistogram(), NewHistogram(), NewHistogram()
		for k := range n {
			l, s := 100*time.Nanosecond, 100*time.Microsecond
			switch {
			case float64(k) >= share*float64(n):
			case lag:
				l += by
			default:
				s += by
			}
			c.Lag.Record(l)
			c.Service.Record(s)
			c.Response.Record(l + s)
		}
	}
}

// short makes only a share of what was due complete within the window.
func (t *Trial) short(share float64) {
	for i := range t.Clients {
		t.Clients[i].Completed = int64(share * float64(t.Clients[i].Counts.Due()))
	}
}

// drop leaves n of the operations of each client of an open loop unsent.
func (t *Trial) drop(n int64) {
	for i := range t.Clients {
		c := &t.Clients[i]
		c.Counts.OK, c.Counts.Unsent = c.Counts.OK-n, n
		c.Service, c.Response, c.Lag, c.NoReply = equal(int(c.Counts.OK), 1e5), equal(int(c.Counts.OK), 1e5), equal(int(c.Counts.OK), 100), equal(int(n), time.Second)
		c.Completed = min(c.Completed, c.Counts.OK)
	}
	t.timeline(30, func(int) time.Duration { return 100 * time.Microsecond })
}

func microseconds(n int) time.Duration { return time.Duration(n) * time.Microsecond }

// TestDetectors: each detector finds its fault in a record with only this fault, at this
// level and value, and nothing just below the limit.
func TestDetectors(t *testing.T) {
	none := func(*Trial) {}
	counts := func(of func(*Counts)) func(*Trial) {
		return func(t *Trial) {
			c := &t.Clients[1]
			of(&c.Counts)
			c.Service = NewHistogram()
			for range c.Counts.Replied() {
				c.Service.Record(3 * time.Millisecond)
			}
			if n := c.Counts.Unknown; n > 0 {
				c.NoReply = equal(int(n), 3*time.Millisecond)
			}
			t.timeline(30, func(int) time.Duration { return 100 * time.Microsecond })
		}
	}
	agent := func(of func(*Agent)) func(*Trial) { return func(t *Trial) { of(&t.Agents[0]) } }
	each := func(of func(*Client)) func(*Trial) {
		return func(t *Trial) {
			for i := range t.Clients {
				of(&t.Clients[i])
			}
		}
	}
	ended := func(why string) func(*Trial) { return func(t *Trial) { t.Clients[1].Ended = why } }
	local := func(w Warning) Warning { w.Host = "local"; return w }
	tests := []struct {
		base        func() Trial
		want        Warning
		fault, less func(*Trial)
	}{
		{closed, Warning{Code: "wrong-values", Level: Invalid, Value: 3},
			counts(func(c *Counts) { c.Wrong, c.Torn, c.Lost = 3, 1, 1 }), none},
		{closed, Warning{Code: "errors", Level: Suspect, Value: 1.0 / 2000},
			counts(func(c *Counts) { c.OK, c.Unknown = 999, 1 }), none},
		{closed, Warning{Code: "errors", Level: Suspect, Value: 1.0 / 2000},
			counts(func(c *Counts) { c.OK, c.NotFound, c.Absent = 900, 100, 99 }), counts(func(c *Counts) { c.OK, c.NotFound, c.Absent = 900, 100, 100 })},
		{closed, Warning{Code: "errors", Level: Invalid, Value: 21.0 / 2000, Limit: 0.01},
			counts(func(c *Counts) { c.OK, c.Failed = 979, 21 }), none},

		{closed, Warning{Code: Interrupted, Level: Invalid, Value: 0.2}, func(t *Trial) {
			t.Clients = []Client{steady(0, 0, 3*second, 800), steady(1, 0, 3*second, 800)}
			t.timeline(30, func(int) time.Duration { return 100 * time.Microsecond })
			t.Clients[0].Ended, t.Clients[1].Ended = Interrupted, Interrupted
		}, none},
		{constant, Warning{Code: Interrupted, Level: Invalid, Value: 0.25}, func(t *Trial) {
			t.Params.DurationNS = 4 * second
			ended(Interrupted)(t)
		}, none},
		{constant, Warning{Code: Hopeless, Level: Invalid, Value: 0.5}, func(t *Trial) {
			t.Params.DurationNS = 6 * second
			ended(Hopeless)(t)
		}, none},
		{constant, Warning{Code: "unsent", Level: Invalid, Value: 2.0 / 5998}, func(t *Trial) { t.drop(1) }, func(t *Trial) {
			t.drop(1)
			for i := range t.Clients {
				t.Clients[i].Counts.Unsent, t.Clients[i].NoReply = 0, nil
			}
		}},

		{closed, Warning{Code: "start-skew", Level: Suspect, Value: 0.06, Limit: 0.05},
			each(func(c *Client) { c.StartNS, c.EndNS = int64(c.Client)*60e6, 3*second+int64(c.Client)*60e6 }),
			each(func(c *Client) { c.StartNS, c.EndNS = int64(c.Client)*49e6, 3*second+int64(c.Client)*49e6 })},
		{closed, Warning{Code: "littles-law", Level: Suspect, Value: 0.05, Limit: 0.04},
			each(func(c *Client) { c.Service = equal(1000, 2850*time.Microsecond) }), each(func(c *Client) { c.Service = equal(1000, 2890*time.Microsecond) })},
		{closed, Warning{Code: "out-of-range", Level: Suspect, Value: 1}, func(t *Trial) {
			t.Clients = []Client{steady(0, 0, 200*second, 1000), steady(1, 0, 200*second, 1000)}
			t.Clients[1].Service = equal(999, 80*time.Millisecond)
			t.Clients[1].Service.Record(2 * time.Minute)
		}, none},

		{closed, local(Warning{Code: "agent-cpu", Level: Suspect, Value: 0.97, Limit: 0.95}),
			agent(func(a *Agent) { a.UserNS, a.SpinNS = 482e7, 0 }), agent(func(a *Agent) { a.UserNS, a.SpinNS = 6e9, 2e9 })},
		{closed, local(Warning{Code: "steal", Level: Suspect, Value: 0.02, Limit: 0.01}),
			agent(func(a *Agent) { a.StealNS = 24e7 }), agent(func(a *Agent) { a.StealNS = 11e7 })},
		{closed, local(Warning{Code: "steal", Level: Invalid, Value: 0.11, Limit: 0.1}), agent(func(a *Agent) { a.StealNS = 132e7 }), none},
		{closed, local(Warning{Code: "throttling", Level: Suspect, Value: 0.002, Limit: 0.001}),
			agent(func(a *Agent) { a.ThrottledNS = 6e6 }), agent(func(a *Agent) { a.ThrottledNS = 29e5 })},
		{closed, local(Warning{Code: "throttling", Level: Invalid, Value: 0.16 / 3, Limit: 0.05}), agent(func(a *Agent) { a.ThrottledNS = 16e7 }), none},
		// Throttling stops processes: their hiccups are no second warning.
		{closed, local(Warning{Code: "throttling", Level: Suspect, Value: 0.002, Limit: 0.001}),
			agent(func(a *Agent) { a.ThrottledNS, a.Hiccups = 6e6, []Hiccup{{1e9, 2e8}} }), none},

		{closed, local(Warning{Code: "gc", Level: Suspect, Value: 0.02, Limit: 0.01}),
			agent(func(a *Agent) { a.GCPauseNS, a.GCs = 6e7, 9 }), agent(func(a *Agent) { a.GCPauseNS = 29e6 })},
		{closed, local(Warning{Code: "hiccups", Level: Suspect, Value: 0.105 / 3.001, Limit: 0.03}),
			agent(func(a *Agent) { a.Hiccups = []Hiccup{{1e9, 5e6}, {2e9, 1e8}} }), agent(func(a *Agent) { a.Hiccups = []Hiccup{{1e9, 89e6}} })},
		{closed, local(Warning{Code: "hiccups", Level: Suspect, Node: new(2), Value: 0.12 / 3.001, Limit: 0.03}),
			func(t *Trial) { t.Nodes[2].Runtime.Hiccups = []Hiccup{{1e9, 12e7}} }, none},

		{closed, local(Warning{Code: "silence", Level: Suspect, Value: 30, Limit: 12}),
			func(t *Trial) { t.Hosts[0].SilenceNS = 30 * second }, func(t *Trial) { t.Hosts[0].SilenceNS = 12 * second }},

		{constant, Warning{Code: "not-sustained", Level: Suspect, Value: 0.02, Limit: 0.01},
			func(t *Trial) { t.short(0.98) }, func(t *Trial) { t.short(0.995) }},
		{constant, Warning{Code: "not-sustained", Level: Invalid, Value: 0.15, Limit: 0.1}, func(t *Trial) { t.short(0.85) }, none},
		// What was due is known: Poisson arrivals vary, and that is no reason.
		{poisson, Warning{Code: "not-sustained", Level: Suspect, Value: 0.02, Limit: 0.01}, func(t *Trial) { t.short(0.98) }, func(t *Trial) { t.short(0.995) }},
		{constant, Warning{Code: "queued", Level: Suspect, Value: 630.0 / 5998, Limit: 0.1},
			func(t *Trial) { t.Clients[0].Queued = 630 }, func(t *Trial) { t.Clients[0].Queued = 590 }},
		{constant, Warning{Code: "lag", Level: Suspect, Value: 0.167, Limit: 0.1},
			func(t *Trial) { t.slower(microseconds(20), true, 1) }, func(t *Trial) { t.slower(microseconds(10), true, 1) }},
		{constant, Warning{Code: "lag-tail", Level: Suspect, Value: 0.75, Limit: 0.5},
			func(t *Trial) { t.slower(microseconds(300), true, 0.02) }, func(t *Trial) { t.slower(microseconds(80), true, 0.02) }},
		{closed, Warning{Code: "stragglers", Level: Suspect, Value: 0.25, Limit: 0.2},
			func(t *Trial) { t.Clients[1] = steady(1, 0, 4*second, 1000) }, none},

		{constant, Warning{Code: "drift", Level: Suspect, Value: 0.14, Limit: 0.1},
			func(t *Trial) { t.timeline(30, func(i int) time.Duration { return microseconds(100 + i) }) },
			func(t *Trial) { t.timeline(30, func(i int) time.Duration { return microseconds(1000 + i) }) }},
		{closed, Warning{Code: "drift", Level: Suspect, Value: -0.353, Limit: 0.1},
			func(t *Trial) {
				t.timeline(19, func(i int) time.Duration { return microseconds(100 + i) })
				each(func(c *Client) { c.slowing(-0.3) })(t)
			},
			func(t *Trial) {
				t.timeline(19, func(i int) time.Duration { return microseconds(100 + i) })
				each(func(c *Client) { c.slowing(0.05) })(t)
			}},
	}
	tested := []string{"stragglers"}
	for _, test := range tests {
		tested = append(tested, test.want.Code)
		t.Run(fmt.Sprint(test.want.Code, " ", test.want.Level), func(t *testing.T) {
			trial := test.base()
			test.fault(&trial)
			if err := trial.check(); err != nil {
				t.Error(err)
			}
			verdict, warnings := trial.Judge()
			if verdict != test.want.Level || len(warnings) == 0 || test.want.Code != "stragglers" && len(warnings) != 1 {
				t.Fatalf("%s for %+v, want %+v alone", verdict, warnings, test.want)
			}
			got := warnings[0]
			same := got.Node == test.want.Node || got.Node != nil && test.want.Node != nil && *got.Node == *test.want.Node
			if got.Code != test.want.Code || got.Level != test.want.Level || got.Host != test.want.Host || !same ||
				math.Abs(got.Value-test.want.Value) > 0.05*math.Abs(test.want.Value) || math.Abs(got.Limit-test.want.Limit) > 1e-9 {
				t.Errorf("%+v, want %+v", got, test.want)
			}
			trial = test.base()
			test.less(&trial)
			if verdict, warnings := trial.Judge(); verdict != Valid {
				t.Errorf("a little less is %s: %v", verdict, warnings)
			}
		})
	}
	for _, code := range Codes() {
		if !slices.Contains(tested, code) {
			t.Errorf("no record has %s", code)
		}
	}
}

// equal is a histogram of n equal latencies.
func equal(n int, d time.Duration) *Histogram {
	h := NewHistogram()
	for range n {
		h.Record(d)
	}
	return h
}

// slowing makes each hundredth of the client's operations take longer than the one
// before, and the last longer than the first by about the given share, in the same time.
func (c *Client) slowing(by float64) {
	length := float64(c.EndNS - c.StartNS)
	for i := range c.MarksNS {
		x := float64(i+1) / float64(len(c.MarksNS))
		c.MarksNS[i] = int64(length * (x + by*x*x) / (1 + by))
	}
}

// TestDetectorsOfManyFaults covers faults that cause several warnings.
func TestDetectorsOfManyFaults(t *testing.T) {
	tests := []struct {
		name      string
		base      func() Trial
		level     Verdict
		want, not string
		fault     func(*Trial)
	}{
		{"clients in turn", closed, Invalid, "stragglers", "drift", func(t *Trial) { t.Clients[1] = steady(1, 4*second, 7*second, 1000) }},
		{"most of the response is lag", constant, Invalid, "lag", "queued", func(t *Trial) { t.slower(microseconds(200), true, 1) }},
		{"queued operations are late by the store's doing", constant, Suspect, "queued", "lag", func(t *Trial) {
			t.slower(microseconds(200), true, 1)
			t.Clients[0].Queued, t.Clients[1].Queued = 1500, 1500
		}},
		{"a slow store", constant, Valid, "", "lag", func(t *Trial) { t.slower(microseconds(200), false, 1) }},
		{"a hopeless rate", constant, Invalid, "unsent", "not-sustained", func(t *Trial) {
			t.drop(2000)
			t.Clients[0].Ended = Hopeless
		}},
		{"operations on their way when it was interrupted", constant, Invalid, Interrupted, "unsent", func(t *Trial) {
			t.drop(2)
			t.Clients[0].Ended = Interrupted
		}},
		{"a queue that grows", constant, Invalid, "not-sustained", "drift", func(t *Trial) {
			t.timeline(30, func(i int) time.Duration { return microseconds(100 + 10*i) })
			t.short(0.5)
		}},
	}
	for _, test := range tests {
		trial := test.base()
		test.fault(&trial)
		verdict, warnings := trial.Judge()
		var codes []string
		for _, w := range warnings {
			codes = append(codes, w.Code)
		}
		if verdict != test.level || test.want != "" && !slices.Contains(codes, test.want) || slices.Contains(codes, test.not) {
			t.Errorf("%s: %s for %q, want %s for %q and not for %q", test.name, verdict, codes, test.level, test.want, test.not)
		}
	}
}

// TestOpenLoopClientsMayRunApart: clients of an open loop may begin and end apart, or
// have no operations.
func TestOpenLoopClientsMayRunApart(t *testing.T) {
	trial := poisson()
	trial.Params.Clients = 4
	for i := range 2 {
		trial.Clients = append(trial.Clients, Client{Client: 2 + i, WindowNS: 3 * second})
	}
	late := &trial.Clients[1]
	late.StartNS += second
	late.EndNS += second / 2
	late.MarksNS = []int64{late.EndNS - late.StartNS}
	if err := trial.check(); err != nil {
		t.Error(err)
	}
	if verdict, warnings := trial.Judge(); verdict != Valid {
		t.Errorf("%s: %v", verdict, warnings)
	}
	back, err := Read("x", strings.NewReader(line(t, trial)))
	if err != nil || back[0].Clients[3].Service.Count() != 0 || back[0].Clients[3].Lag.Count() != 0 {
		t.Errorf("read back: %v", err)
	}
}

// TestFewOperationsOfALongWindow: few operations are judged by the window. A hiccup of 2
// ms is a small part of 10 s, and the lag of one operation is in no printed percentile.
func TestFewOperationsOfALongWindow(t *testing.T) {
	h := func(d time.Duration) *Histogram { return equal(1, d) }
	trial := Trial{Params: Params{Loop: OpenLoop, Clients: 1, RateOpsPerS: 0.1, DurationNS: 10e9},
		Clients: []Client{{StartNS: 5e9, EndNS: 5e9 + 1e5, WindowNS: 10e9, Completed: 1, Counts: Counts{OK: 1}, Service: h(50e3), Response: h(100e3), Lag: h(50e3)}},
		Agents:  []Agent{{Host: "h", WallNS: 10e9, Runtime: Runtime{Hiccups: []Hiccup{{1e9, 2e6}}}}}}
	if err := trial.check(); err != nil {
		t.Error(err)
	}
	if verdict, warnings := trial.Judge(); verdict != Valid {
		t.Errorf("%s: %v", verdict, warnings)
	}
}

// TestInterruptedTrialsAreKept: a closed loop with fewer operations than its parameters
// is a valid record only if it was interrupted.
func TestInterruptedTrialsAreKept(t *testing.T) {
	trial := closed()
	trial.Clients[1] = steady(1, 0, 3*second, 800)
	trial.Timeline = nil
	if err := trial.check(); err == nil {
		t.Error("800 of 1000 operations are a whole trial")
	}
	trial.Clients[1].Ended = Interrupted
	if err := trial.check(); err != nil {
		t.Error(err)
	}
	trial.Clients[1] = steady(1, 0, 3*second, 1200)
	trial.Clients[1].Ended = Interrupted
	if err := trial.check(); err == nil || !strings.Contains(err.Error(), "client 1: 1200 operations, params say 1000") {
		t.Errorf("error %v of 1200 of 1000 operations", err)
	}
}

// TestHostsWarnOnce: steal on a host with ten agents is one warning.
func TestHostsWarnOnce(t *testing.T) {
	trial := closed()
	trial.Hosts = append(trial.Hosts, Host{Name: "other", Cores: 4})
	for i := range 10 {
		a := trial.Agents[0]
		a.Host, a.StealNS = "other", int64(i)*3e8
		trial.Agents = append(trial.Agents, a)
	}
	if _, warnings := trial.Judge(); len(warnings) != 1 || warnings[0].Host != "other" || !near(warnings[0].Value, 0.225) {
		t.Errorf("%+v", warnings)
	}
}

func TestVerdictsAreOrdered(t *testing.T) {
	for _, test := range []struct{ a, b, want Verdict }{
		{Valid, Suspect, Suspect}, {Suspect, Valid, Suspect}, {Invalid, Suspect, Invalid}, {Suspect, Invalid, Invalid}, {"", Valid, Valid},
	} {
		if got := test.a.worse(test.b); got != test.want {
			t.Errorf("the worse of %q and %q is %q, want %q", test.a, test.b, got, test.want)
		}
	}
}

// TestEmptyRecordIsJudged: a record without data has a verdict, and its warnings can be
// formatted.
func TestEmptyRecordIsJudged(t *testing.T) {
	for _, loop := range []string{"closed", "open"} {
		trial := Trial{Params: Params{Loop: loop, Clients: 1}, Clients: []Client{{Counts: Counts{Failed: 1}, Service: NewHistogram()}}}
		verdict, warnings := trial.Judge()
		if text := fmt.Sprint(warnings); verdict != Invalid || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s: %s: %q", loop, verdict, warnings)
		}
		trial.Warnings = warnings
		line(t, trial)
	}
	none := closed() // whose first half took no time
	none.timeline(20, func(i int) time.Duration { return time.Duration(max(0, i-9)) })
	_, none.Warnings = none.Judge()
	line(t, none)
}
