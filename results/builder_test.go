package results

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"
)

// This file makes synthetic records for tests.

// steady is a client that does n operations of equal length between two times.
func steady(number int, startNS, endNS int64, n int) Client {
	c := Client{Client: number, StartNS: startNS, EndNS: endNS, Counts: Counts{OK: int64(n)}, Service: NewHistogram()}
	each := (endNS - startNS) / int64(n)
	for range n {
		c.Service.Record(time.Duration(each))
	}
	for i := int64(1); i <= 100; i++ {
		c.MarksNS = append(c.MarksNS, (endNS-startNS)*i/100)
	}
	return c
}

// second of the coordinator's clock.
const second = int64(time.Second)

// closed is a healthy record with all that the schema has of a closed loop: 2
// clients, each of whose 1,000 operations took 3 ms.
func closed() Trial {
	return around(Trial{
		Params:  Params{Operation: Get, Loop: ClosedLoop, Nodes: 3, Clients: 2, Operations: 1000, KeyBytes: 16, ValueBytes: 64, Placement: SeparatePlacement},
		Clients: []Client{steady(0, 0, 3*second, 1000), steady(1, 1e6, 3*second+1e6, 1000)},
	})
}

// open is a healthy record of an open loop: 2 clients at 1,000 operations/s each
// for 3 s, answered in about 100 µs.
func open(arrivals string) Trial {
	const gap, window = time.Millisecond, 3 * time.Second
	random := rand.New(rand.NewPCG(5, 6))
	t := Trial{Params: Params{Operation: Get, Loop: OpenLoop, Nodes: 3, Clients: 2, DurationNS: int64(window), RateOpsPerS: 2000,
		Arrivals: arrivals, Inflight: 8, Pacing: PrecisePacing, KeyBytes: 16, ValueBytes: 64, Placement: SeparatePlacement}}
	for number := range t.Params.Clients {
		c := Client{Client: number, WindowNS: int64(window), Service: NewHistogram(), Response: NewHistogram(), Lag: NewHistogram()}
		for at := time.Duration(0); ; {
			interval := gap
			if arrivals == PoissonArrivals {
				interval = time.Duration(random.ExpFloat64() * float64(gap))
			}
			if at += interval; at >= window {
				break
			}
			c.Counts.OK++
			lag := time.Duration(50 + random.IntN(100))
			service := 80*time.Microsecond + time.Duration(random.ExpFloat64()*20e3)
			c.Lag.Record(lag)
			c.Service.Record(service)
			c.Response.Record(lag + service)
			c.EndNS = max(c.EndNS, int64(at+lag+service))
			if at+lag+service <= window {
				c.Completed++
			}
		}
		for i := range int64(100) {
			c.MarksNS = append(c.MarksNS, c.EndNS*(i+1)/100)
		}
		t.Clients = append(t.Clients, c)
	}
	return around(t)
}

// around adds healthy machines, processes and a timeline to clients.
func around(t Trial) Trial {
	t.Schema = Schema
	t.Hosts = []Host{{Name: "local", Nodes: []int{0, 1, 2}, Cores: 4, CPU: "Imaginary CPU"}}
	runtime := Runtime{GCs: 2, GCPauseNS: 300_000, SchedP99NS: 60_000, RunDelayNS: 1e6, Hiccups: []Hiccup{{AtNS: 1e9, NS: 2e6}}}
	t.Agents = []Agent{{Host: "local", Clients: []int{0, 1}, GOMAXPROCS: 2, WallNS: 3 * second,
		UserNS: 2 * second, SystemNS: second, SpinNS: second, StealNS: 20e6, Runtime: runtime}}
	t.Nodes = nil
	for id, r := range []Runtime{runtime, runtime, {}} {
		t.Nodes = append(t.Nodes, Node{Node: id, Host: "local", Runtime: &r})
	}
	t.timeline(30, func(int) time.Duration { return 100 * time.Microsecond })
	return t
}

// timeline gives t a timeline whose intervals hold all operations in equal parts,
// each of the latency of its interval give or take a tenth.
func (t *Trial) timeline(intervals int, latency func(i int) time.Duration) {
	t.IntervalNS, t.Timeline = 100e6, nil
	left := t.Counts().Replied()
	random := rand.New(rand.NewPCG(7, 8))
	for i := range intervals {
		h := NewHistogram()
		for range left / int64(intervals-i) {
			h.Record(time.Duration(float64(latency(i)) * (0.9 + 0.2*random.Float64())))
		}
		left -= h.Count()
		t.Timeline = append(t.Timeline, Interval{Index: int64(i), Latency: h})
	}
}

// line is the text of a trial as it stands in a file.
func line(t testing.TB, trial Trial) string {
	t.Helper()
	text, err := json.Marshal(trial)
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}
