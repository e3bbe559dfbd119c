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
	if s.Counts.OK != 6000 || !near(s.Throughput.Median, 1000) || s.Service.Mean.Median != 2e6 || s.Service.Max != 3e6 {
		t.Errorf("%+v", s)
	}
	if len(s.Trials) != 3 {
		t.Fatalf("%d trials, want 3", len(s.Trials))
	}
	for repeat, trial := range s.Trials {
		if p := trial.Params; p.Setting() != s.Setting || p.Repeat != repeat {
			t.Errorf("trial %d has the parameters %+v", repeat, p)
		}
	}
	if s.Service.Quantile(0.999).Known() {
		t.Error("2,000 operations do not support p99.9")
	}
	if s.Throughput.HasInterval() {
		t.Error("3 trials have no interval")
	}
}

// openTrial is a trial with figures that can be computed by hand: n operations of one
// client at a rate, with response times of unit to n x unit, a tenth of which is lag.
func openTrial(repeat, n int, rate float64, unit time.Duration) Trial {
	p := Params{Operation: Get, Loop: OpenLoop, Clients: 1, Operations: n, RateOpsPerS: rate, Arrivals: ConstantArrivals, Inflight: 4, Repeat: repeat}
	c := Client{Counts: Counts{OK: int64(n)}, Service: NewHistogram(), Response: NewHistogram(), Lag: NewHistogram(), Queued: 3}
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
	if len(sums) != 2 || sums[0].Offered.Median != 100 || sums[1].Offered.Median != 500 {
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
	within("p50 of response", s.Response.Quantile(0.5).Median, 1000e3)
	within("p90 of response", s.Response.Quantile(0.9).Median, 1800e3)
	within("p99 of response", s.Response.Quantile(0.99).Median, 1980e3)
	within("mean of response", s.Response.Mean.Median, 1001e3)
	within("largest response", s.Response.Max, 3000e3)
	within("p50 of lag", s.Lag.Quantile(0.5).Median, 100e3)
	within("p99 of lag", s.Lag.Quantile(0.99).Median, 198e3)
	within("p50 of service", s.Service.Quantile(0.5).Median, 900e3)
	within("achieved", s.Achieved.Median, 100)
	if s.Response.Quantile(0.999).Known() || s.Queued != 9 || !s.Sustained {
		t.Errorf("p99.9 %v, queued %d, sustained %v", s.Response.Quantile(0.999), s.Queued, s.Sustained)
	}
	if s.Latency().Quantile(0.5).Median != s.Response.Quantile(0.5).Median || s.Latency().Max != s.Response.Max {
		t.Error("the latency of an open loop is its response time")
	}

	slow := openTrial(3, 1000, 95, us)
	slow.Params.RateOpsPerS = 100
	if s := Summarize(append(trials, slow))[0]; s.Sustained {
		t.Error("a rate that one trial did not sustain is sustained")
	}
}

// TestOneTrialHasNoInterval: an interval says how much another run may differ, which the
// latencies of one trial do not show.
func TestOneTrialHasNoInterval(t *testing.T) {
	s := Summarize([]Trial{openTrial(0, 100_000, 10_000, time.Microsecond)})[0]
	for name, l := range map[string]Latencies{"service": s.Service, "response": *s.Response, "lag": *s.Lag} {
		for figure, e := range map[string]Estimate{"mean": l.Mean, "p50": l.Quantile(0.5), "p90": l.Quantile(0.9), "p99": l.Quantile(0.99), "p99.9": l.Quantile(0.999)} {
			if !e.Known() || e.HasInterval() {
				t.Errorf("%s %s: %+v", name, figure, e)
			}
		}
	}
	for name, e := range map[string]Estimate{"throughput": s.Throughput, "whole": s.Whole, "achieved": s.Achieved} {
		if !e.Known() || e.HasInterval() {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestBaseline: the baseline of a setting is that of the first trial that has one.
func TestBaseline(t *testing.T) {
	trials := []Trial{openTrial(0, 10, 10, 1), openTrial(1, 10, 10, 1), openTrial(2, 10, 10, 1)}
	if n := Summarize(trials)[0].Baseline(); n != nil {
		t.Errorf("%+v, want none", n)
	}
	trials[0].Baseline = &Baseline{Service: NewHistogram()} // nothing was measured
	trials[1].Baseline = &Baseline{Service: histogramOf(7)}
	trials[2].Baseline = &Baseline{Service: histogramOf(8)}
	if n := Summarize(trials)[0].Baseline(); n != trials[1].Baseline {
		t.Errorf("%+v, want that of the second trial", n)
	}
}

func TestLatencyOfAClosedLoop(t *testing.T) {
	trial := Trial{Params: Params{Loop: ClosedLoop, Clients: 1}, Clients: []Client{steady(0, 0, 1e9, 1000)}}
	s := Summarize([]Trial{trial})[0]
	if s.Latency().Quantile(0.5).Median != 1e6 || s.Service.Quantile(0.5).Median != 1e6 || s.Response != nil || s.Lag != nil || !s.Sustained || s.Offered.Known() || s.Achieved.Known() {
		t.Errorf("%+v", s)
	}
	if trial.Latency().Count() != 1000 || trial.Response().Count() != 0 || trial.Lag().Count() != 0 {
		t.Error("a closed loop has service times alone")
	}
}

// TestFiguresOfFailedOperationsAreUnknown: no figure of operations that all failed is 0.
func TestFiguresOfFailedOperationsAreUnknown(t *testing.T) {
	failed := Client{EndNS: 1e9, Counts: Counts{Failed: 9}, Service: NewHistogram()}
	s := Summarize([]Trial{{Params: Params{Loop: ClosedLoop, Clients: 1}, Clients: []Client{failed}}})[0]
	if s.Service.Mean.Known() || s.Service.Quantile(0.5).Known() {
		t.Errorf("%+v", s)
	}
}
