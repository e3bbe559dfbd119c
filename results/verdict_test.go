package results

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func constant() Trial { return open(ConstantArrivals) }
func poisson() Trial  { return open(PoissonArrivals) }

// TestHealthy: no detector speaks of a healthy record, of whatever loop, with all
// that schema 2 knows or with nothing but what schema 1 did.
func TestHealthy(t *testing.T) {
	for name, trial := range map[string]Trial{
		"closed": closed(), "constant": constant(), "poisson": poisson(),
		"schema 1": {Params: closed().Params, Clients: closed().Clients, Agents: []Agent{{Host: "local", UserNS: 9 * second}}},
	} {
		if err := trial.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if verdict, reasons := trial.Judge(); verdict != Valid || reasons != nil {
			t.Errorf("%s: %s: %q", name, verdict, reasons)
		}
	}
}

// slower makes everything of an open loop take longer, in response alone or in
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

// paced makes the operations of an open loop end at another rate, as a share of
// the offered one.
func (t *Trial) paced(share float64) {
	for i := range t.Clients {
		c := &t.Clients[i]
		c.MarksNS = nil
		for k := 1; k <= 100; k++ {
			c.MarksNS = append(c.MarksNS, int64(float64(3*second)*float64(k)/100/share))
		}
		c.EndNS = c.StartNS + c.MarksNS[99]
	}
}

func microseconds(n int) time.Duration { return time.Duration(n) * time.Microsecond }

// TestDetectors: each detector speaks of a record with its fault, alone, with
// this level and these words, and is silent when there is a little less of it.
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
	tests := []struct {
		base        func() Trial
		level       Verdict
		want        string
		fault, less func(*Trial)
	}{
		{closed, Invalid, "wrong values: 3 of 2000 operations (1 torn, 0 of another key, 1 lost updates, 0 resurrected)",
			counts(func(c *Counts) { c.Wrong, c.Torn, c.Lost = 3, 1, 1 }), none},
		{closed, Suspect, "1 of 2000 operations went wrong: 0 not found, 0 failed, 1 unknown",
			counts(func(c *Counts) { c.OK, c.Unknown = 999, 1 }), none},
		{closed, Suspect, "1 of 2000 operations went wrong: 1 not found, 0 failed, 0 unknown",
			counts(func(c *Counts) { c.OK, c.NotFound, c.Absent = 900, 100, 99 }), counts(func(c *Counts) { c.OK, c.NotFound, c.Absent = 900, 100, 100 })},
		{closed, Invalid, "21 of 2000 operations went wrong: 0 not found, 21 failed, 0 unknown",
			counts(func(c *Counts) { c.OK, c.Failed = 979, 21 }), none},

		{closed, Suspect, "start: clients began 60 ms apart, more than 50 ms",
			each(func(c *Client) { c.StartNS, c.EndNS = int64(c.Client)*60e6, 3*second+int64(c.Client)*60e6 }),
			each(func(c *Client) { c.StartNS, c.EndNS = int64(c.Client)*49e6, 3*second+int64(c.Client)*49e6 })},
		{poisson, Suspect, "start: clients began 61 ms apart, more than 60 ms",
			each(func(c *Client) { c.StartNS += int64(c.Client) * 61e6; c.EndNS += int64(c.Client) * 61e6 }),
			each(func(c *Client) { c.StartNS += int64(c.Client) * 59e6; c.EndNS += int64(c.Client) * 59e6 })},
		{closed, Suspect, "Little's law: throughput x mean / clients is 0.970, more than 2 % from 1",
			each(func(c *Client) { c.Service = equal(1000, 2910*time.Microsecond) }), each(func(c *Client) { c.Service = equal(1000, 2950*time.Microsecond) })},

		{closed, Suspect, "agent on local: used 90.0 % of its processors, more than 85 %",
			agent(func(a *Agent) { a.UserNS, a.SpinNS = 44e8, 0 }), agent(func(a *Agent) { a.UserNS, a.SpinNS = 6e9, 2e9 })},
		{closed, Suspect, "steal: the hypervisor took 2.0 % of the processor time of local",
			agent(func(a *Agent) { a.StealNS = 24e7 }), agent(func(a *Agent) { a.StealNS = 11e7 })},
		{closed, Invalid, "steal: the hypervisor took 11.0 %", agent(func(a *Agent) { a.StealNS = 132e7 }), none},
		{closed, Suspect, "throttling: the control group's limit held agents on local back for 1.0 ms, 0.03 % of the trial",
			agent(func(a *Agent) { a.ThrottledNS = 1e6 }), none},
		{closed, Invalid, "throttling: ", agent(func(a *Agent) { a.ThrottledNS = 16e7 }), none},
		{closed, Suspect, "run delay: the agent on local waited for a processor for 1200.0 µs per operation, up to 40 % of the latency",
			agent(func(a *Agent) { a.RunDelayNS = 24e8 }), agent(func(a *Agent) { a.RunDelayNS = 19e8 })},

		{closed, Suspect, "garbage collection stopped the agent on local for 2.0 % of the trial, in 9 collections",
			agent(func(a *Agent) { a.GCPauseNS, a.GCs = 6e7, 9 }), agent(func(a *Agent) { a.GCPauseNS = 29e6 })},
		{closed, Suspect, "scheduler: 1 % of the runnable goroutines of the agent on local waited for more than 1.5 ms",
			agent(func(a *Agent) { a.SchedP99NS = 15e5 }), agent(func(a *Agent) { a.SchedP99NS = 1e6 })},
		{closed, Suspect, "hiccups: an agent on local was held up for 1.5 % of the trial, 2 times, for 40.0 ms the longest",
			agent(func(a *Agent) { a.Hiccups = []Hiccup{{1e9, 5e6}, {2e9, 4e7}} }), agent(func(a *Agent) { a.Hiccups = []Hiccup{{1e9, 29e6}} })},
		{closed, Suspect, "hiccups: node 2 on local was held up for 2.0 % of the trial, 1 times, for 60.0 ms the longest",
			func(t *Trial) { t.Nodes[2].Runtime.Hiccups = []Hiccup{{1e9, 6e7}} }, none},

		{constant, Suspect, "rate not sustained: offered 2000.0 operations/s, achieved 1960.0",
			func(t *Trial) { t.paced(0.98) }, func(t *Trial) { t.paced(0.995) }},
		{constant, Invalid, "rate not sustained: offered 2000.0 operations/s, achieved 1700.0", func(t *Trial) { t.paced(0.85) }, none},
		// 6,000 Poisson arrivals vary by 1.3 %, which is 4.2 % once in a thousand.
		{poisson, Suspect, "rate not sustained: ", func(t *Trial) { t.paced(0.94) }, func(t *Trial) { t.paced(0.96) }},
		{constant, Suspect, "held: 1.5 % of the operations waited for one of the 8 connections",
			func(t *Trial) { t.Clients[0].Queued = 90 }, func(t *Trial) { t.Clients[0].Queued = 60 }},
		{constant, Suspect, "lag: operations were sent 20.1 µs late in the median, 17 % of the median response time",
			func(t *Trial) { t.slower(microseconds(20), true, 1) }, func(t *Trial) { t.slower(microseconds(10), true, 1) }},
		{constant, Suspect, "lag: 1 % of the operations were sent more than 300 µs late, 75 % of the p99",
			func(t *Trial) { t.slower(microseconds(300), true, 0.02) }, func(t *Trial) { t.slower(microseconds(80), true, 0.02) }},

		{constant, Suspect, "drift: the median latency rose by ",
			func(t *Trial) {
				t.timeline(30, func(i int) time.Duration { return microseconds(100 + i) })
			},
			func(t *Trial) {
				t.timeline(30, func(i int) time.Duration { return microseconds(1000 + i) })
			}},
		{closed, Suspect, "drift: the time per operation fell by ",
			func(t *Trial) {
				t.timeline(19, func(i int) time.Duration { return microseconds(100 + i) })
				each(func(c *Client) { c.slowing(-0.3) })(t)
			},
			func(t *Trial) {
				t.timeline(19, func(i int) time.Duration { return microseconds(100 + i) })
				each(func(c *Client) { c.slowing(0.05) })(t)
			}},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			trial := test.base()
			test.fault(&trial)
			verdict, reasons := trial.Judge()
			if verdict != test.level || len(reasons) != 1 || !strings.Contains(reasons[0].String(), test.want) {
				t.Errorf("%s for %q, want %s for the one reason", verdict, reasons, test.level)
			}
			trial = test.base()
			test.less(&trial)
			if verdict, reasons := trial.Judge(); verdict != Valid {
				t.Errorf("a little less is %s: %q", verdict, reasons)
			}
		})
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

// slowing makes each hundredth of the client's operations take longer than the
// one before, the last by about that share more than the first, in the same time.
func (c *Client) slowing(by float64) {
	length := float64(c.EndNS - c.StartNS)
	for i := range c.MarksNS {
		x := float64(i+1) / float64(len(c.MarksNS))
		c.MarksNS[i] = int64(length * (x + by*x*x) / (1 + by))
	}
}

// TestDetectorsOfManyFaults are those whose faults come with others.
func TestDetectorsOfManyFaults(t *testing.T) {
	tests := []struct {
		base  func() Trial
		level Verdict
		want  string
		not   string
		fault func(*Trial)
	}{
		{closed, Invalid, "at no time were all 2 clients running", "stragglers", func(t *Trial) { t.Clients[1] = steady(1, 4*second, 7*second, 1000) }},
		{closed, Suspect, "stragglers: all clients were running for only 75 % of the trial", "at no time", func(t *Trial) { t.Clients[1] = steady(1, 0, 4*second, 1000) }},
		{closed, Suspect, "1 latencies outside 1ns to 1m0s", "stragglers", func(t *Trial) {
			t.Clients[1].Service = equal(999, 3*time.Millisecond)
			t.Clients[1].Service.Record(2 * time.Minute)
		}},
		{constant, Invalid, "of the median response time", "arrivals", func(t *Trial) { t.slower(microseconds(200), true, 1) }},
		// Operations that were held are late by the store's doing.
		{constant, Suspect, "held: 50.0 %", "lag", func(t *Trial) {
			t.slower(microseconds(200), true, 1)
			t.Clients[0].Queued, t.Clients[1].Queued = 1500, 1500
		}},
		{constant, Valid, "", "lag", func(t *Trial) { t.slower(microseconds(200), false, 1) }},
	}
	for _, test := range tests {
		trial := test.base()
		test.fault(&trial)
		verdict, reasons := trial.Judge()
		all := fmt.Sprint(reasons)
		if verdict != test.level || !strings.Contains(all, test.want) || strings.Contains(all, test.not) {
			t.Errorf("%s for %q, want %s for %q and not for %q", verdict, reasons, test.level, test.want, test.not)
		}
	}
}

// TestHostsAreToldOnce: ten agents of a host whose time was stolen are one doubt.
func TestHostsAreToldOnce(t *testing.T) {
	trial := closed()
	trial.Hosts = append(trial.Hosts, Host{Name: "other", Cores: 4})
	for i := range 10 {
		a := trial.Agents[0]
		a.Host, a.StealNS = "other", int64(i)*3e8
		trial.Agents = append(trial.Agents, a)
	}
	if _, reasons := trial.Judge(); len(reasons) != 1 || !strings.Contains(reasons[0].String(), "took 22.5 % of the processor time of other") {
		t.Errorf("%q", reasons)
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

// TestNothingToJudge: a record of which nothing is known is judged all the same.
func TestNothingToJudge(t *testing.T) {
	for _, loop := range []string{"closed", "open"} {
		trial := Trial{Params: Params{Loop: loop, Clients: 1}, Clients: []Client{{Counts: Counts{Failed: 1}, Service: NewHistogram()}}}
		verdict, reasons := trial.Judge()
		if text := fmt.Sprint(reasons); verdict != Invalid || strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s: %s: %q", loop, verdict, reasons)
		}
	}
}
