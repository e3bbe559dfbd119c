package results

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestSummarize(t *testing.T) {
	var trials []Trial
	for _, setting := range []struct {
		operation string
		clients   int
	}{{"get", 2}, {"put", 1}, {"get", 1}} {
		for repeat := range 3 {
			p := Params{Operation: setting.operation, Clients: setting.clients, Operations: 1000, Repeat: repeat}
			trial := Trial{Params: p}
			for i := range setting.clients {
				trial.Clients = append(trial.Clients, steady(i, 0, int64(repeat+1)*1e9, 1000))
			}
			trials = append(trials, trial)
		}
	}
	sums := Summarize(trials)
	var order []string
	for _, s := range sums {
		order = append(order, s.Setting.Operation)
	}
	if strings.Join(order, " ") != "put get get" || sums[1].Setting.Clients != 1 || sums[2].Setting.Clients != 2 {
		t.Fatalf("order %v", order)
	}
	s := sums[2]
	if s.Trials != 3 || s.Counts.OK != 6000 || !near(s.Throughput.Median, 1000) || s.Mean.Median != 2e6 || s.Max != 3e6 {
		t.Errorf("%+v", s)
	}
	if s.P999.Known() {
		t.Error("2,000 operations do not support p99.9")
	}
	if s.Throughput.HasInterval() {
		t.Error("3 trials have no interval")
	}
}

// openTrial is a trial of which each figure can be worked out: n operations of
// one client at a rate, whose response times are unit to n x unit, the lag a
// tenth of it.
func openTrial(repeat, n int, rate float64, unit time.Duration) Trial {
	p := Params{Operation: "get", Loop: "open", Clients: 1, Operations: n, RateOpsPerS: rate, Arrivals: "constant", Inflight: 4, Repeat: repeat}
	c := Client{Counts: Counts{OK: int64(n)}, Service: NewHistogram(), Response: NewHistogram(), Lag: NewHistogram(), Held: 3}
	for i := range n {
		response := time.Duration(i+1) * unit
		c.Response.Record(response)
		c.Lag.Record(response / 10)
		c.Service.Record(response - response/10)
	}
	gap := int64(float64(time.Second) / rate)
	c.EndNS = gap * int64(n)
	for i := 1; i <= 100; i++ {
		c.MarksNS = append(c.MarksNS, c.EndNS*int64(i)/100)
	}
	return Trial{Params: p, Clients: []Client{c}, Verdict: Suspect}
}

func TestSummaryOfAnOpenLoop(t *testing.T) {
	const us = time.Microsecond
	trials := []Trial{openTrial(0, 1000, 500, us), openTrial(0, 1000, 100, us), openTrial(1, 1000, 100, 3*us), openTrial(2, 1000, 100, 2*us)}
	trials[1].Verdict = Invalid
	sums := Summarize(trials)
	if len(sums) != 2 || sums[0].Offered != 100 || sums[1].Offered != 500 {
		t.Fatalf("%d summaries, want those of 100/s and 500/s in this order", len(sums))
	}
	s := sums[0]
	if s.Valid != 0 || s.Suspect != 2 || s.Invalid != 1 {
		t.Errorf("verdicts %d, %d, %d", s.Valid, s.Suspect, s.Invalid)
	}
	// The median of the trials is the one with 2, 4, ... 2000 µs.
	within := func(what string, got, want float64) {
		if math.Abs(got-want) > 0.002*want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	within("p50 of response", s.Response.P50.Median, 1000e3)
	within("p90 of response", s.Response.P90.Median, 1800e3)
	within("p99 of response", s.Response.P99.Median, 1980e3)
	within("mean of response", s.Response.Mean.Median, 1001e3)
	within("largest response", s.Response.Max, 3000e3)
	within("p50 of lag", s.Lag.P50.Median, 100e3)
	within("p99 of lag", s.Lag.P99.Median, 198e3)
	within("p50 of service", s.P50.Median, 900e3)
	within("achieved", s.Achieved.Median, 100)
	if s.Response.P999.Known() || s.Held != 9 || !s.Sustained {
		t.Errorf("p99.9 %v, held %d, sustained %v", s.Response.P999, s.Held, s.Sustained)
	}
	if s.Latency().P50.Median != s.Response.P50.Median || s.Latency().Max != s.Response.Max || s.Within != nil {
		t.Error("the latency of an open loop is its response time, and 3 trials have no interval within")
	}
	// One trial: the ranks 469 to 532 enclose the median of 1,000.
	one := sums[1].Within
	if one == nil || !one.P50.HasInterval() || one.P999.Known() || one.P999.HasInterval() {
		t.Fatalf("within the only trial: %+v", one)
	}
	within("low of p50", one.P50.Low, 469e3)
	within("high of p50", one.P50.High, 532e3)

	slow := openTrial(3, 1000, 95, us)
	slow.Params.RateOpsPerS = 100
	if s := Summarize(append(trials, slow))[0]; s.Sustained {
		t.Error("a rate that one trial did not sustain is sustained")
	}
}

func TestLatencyOfAClosedLoop(t *testing.T) {
	trial := Trial{Params: Params{Loop: "closed", Clients: 1}, Clients: []Client{steady(0, 0, 1e9, 1000)}}
	s := Summarize([]Trial{trial})[0]
	if s.Latency().P50.Median != 1e6 || s.P50.Median != 1e6 || s.Response != nil || s.Lag != nil || !s.Sustained || s.Offered != 0 || s.Achieved.Known() {
		t.Errorf("%+v", s)
	}
	if trial.Latency().Count() != 1000 || trial.Response().Count() != 0 || trial.Lag().Count() != 0 {
		t.Error("a closed loop has service times alone")
	}
}

// TestNothingMeasured: no figure of operations that all failed is 0.
func TestNothingMeasured(t *testing.T) {
	failed := Client{EndNS: 1e9, Counts: Counts{Failed: 9}, Service: NewHistogram()}
	s := Summarize([]Trial{{Params: Params{Loop: "closed", Clients: 1}, Clients: []Client{failed}}})[0]
	if s.Mean.Known() || s.P50.Known() || s.Within.P50.Known() {
		t.Errorf("%+v", s)
	}
}
