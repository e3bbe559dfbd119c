package results

import (
	"math"
	"testing"
	"time"
)

// TestParts: of two clients with equal numbers of operations, the one with the slow
// operations owns the tail of every trial, whatever the general latency of the trial.
func TestParts(t *testing.T) {
	var trials []Trial
	for _, level := range []time.Duration{time.Millisecond, time.Second} {
		trial := closed()
		for i := range trial.Clients {
			h := NewHistogram()
			for n := range 10_000 {
				latency := level
				if n%100 == 0 {
					latency *= 2
				}
				if i == 1 && n%50 == 0 { // twice as many and slower
					latency *= 3
				}
				h.Record(latency)
			}
			trial.Clients[i].Host, trial.Clients[i].Service = []string{"h1", "h2"}[i], h
		}
		trials = append(trials, trial)
	}
	parts := Summarize(trials)[0].Parts()
	if len(parts) != 2 || parts[1].Host != "h2" || parts[0].Operations != 0.5 || parts[0].Tail != 0 || parts[1].Tail != 1 {
		t.Fatalf("%+v", parts)
	}
	if a, b := parts[0].P99.Median, parts[1].P99.Median; a >= b || math.Abs(a/5.005e8-1) > 0.01 {
		t.Errorf("p99 of clients: %v and %v", a, b)
	}
}

// TestPartsOfEqualClients: each has its share of the tail.
func TestPartsOfEqualClients(t *testing.T) {
	trial := closed()
	for i := range trial.Clients {
		h := NewHistogram()
		for n := range 10_000 {
			h.Record(time.Duration(1000 + n))
		}
		trial.Clients[i].Service = h
	}
	for _, p := range Summarize([]Trial{trial})[0].Parts() {
		if p.Operations != 0.5 || p.Tail != 0.5 {
			t.Errorf("%+v", p)
		}
	}
	few := closed()
	for i := range few.Clients {
		few.Clients[i].Service = NewHistogram()
		few.Clients[i].Service.Record(1000)
	}
	for _, p := range Summarize([]Trial{few})[0].Parts() {
		if !math.IsNaN(p.Tail) || p.P99.Known() {
			t.Errorf("of few operations: %+v", p)
		}
	}
}
