package plots

import (
	"math"
	"math/rand/v2"
	"time"

	"dhtbench/results"
)

// Trials for tests are made here and, those of an open loop, in
// builder_open_test.go, and nowhere else; none of it was measured.

// made is the recipe of a synthetic sweep.
type made struct {
	operations []string
	clients    []int
	repeats    int
	each       int                                         // operations per client
	mean       func(operation string, clients int) float64 // ns
	tail       float64                                     // sigma of the log-normal
	change     func(*results.Trial)                        // last touches, may be nil
}

// sharing is a cluster on two cores: the response time doubles when the clients
// outnumber the cores.
func sharing(operation string, clients int) float64 {
	base := map[string]float64{"put": 33e3, "get": 29e3, "del": 31e3}[operation]
	return base * max(1, 0.55*float64(clients))
}

// trials makes the sweep.
func (m made) trials() []results.Trial {
	random := rand.New(rand.NewPCG(1, 2))
	var all []results.Trial
	for repeat := range max(m.repeats, 1) {
		for _, n := range m.clients {
			for _, o := range m.operations {
				t := m.trial(random, o, n, repeat)
				if m.change != nil {
					m.change(&t)
				}
				all = append(all, t)
			}
		}
	}
	return all
}

// trial makes one trial; its latencies are log-normal with the recipe's mean.
func (m made) trial(random *rand.Rand, operation string, clients, repeat int) results.Trial {
	t := results.Trial{
		Schema: results.Schema,
		Params: results.Params{Operation: operation, Loop: results.ClosedLoop, Nodes: 8, Clients: clients,
			Operations: m.each, Warmup: m.each / 10, KeyBytes: 16, ValueBytes: 64,
			Placement: results.SeparatePlacement, Seed: 1, Repeat: repeat},
		Started: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(clients) * time.Minute),
		Hosts: []results.Host{{Name: "local", Nodes: []int{0, 1, 2, 3, 4, 5, 6, 7}, NodeGOMAXPROCS: 1, OS: "linux", Arch: "amd64",
			Kernel: "6.0.0-test", CPU: "Imaginary CPU @ 3.00GHz", Cores: 2, MemoryBytes: 8 << 30,
			Virtualization: "kvm", Clocksource: "tsc", ClockReadNS: 40 + int64(clients)}},
		Build:   results.Build{Go: "go1.26.0", Revision: "0123456789abcdef0123456789abcdef01234567"},
		Command: []string{"dhtbench", "bench", "--out", "results/made.jsonl"},
	}
	wobble := 1 + 0.06*random.NormFloat64()
	mu := math.Log(m.mean(operation, clients)*wobble) - m.tail*m.tail/2
	agent := results.Agent{Host: "local", GOMAXPROCS: 2}
	for c := range clients {
		h := results.NewHistogram()
		for range m.each {
			h.Record(time.Duration(max(50, math.Exp(mu+m.tail*random.NormFloat64()))))
		}
		t.Clients = append(t.Clients, results.Client{Client: c, Host: "local", StartNS: 0,
			EndNS: int64(h.Sum()), Service: h, Counts: results.Counts{OK: int64(m.each)}})
		agent.Clients = append(agent.Clients, c)
	}
	t.Agents = []results.Agent{agent}
	return t
}

// usual is the recipe most tests start from.
func usual() made {
	return made{operations: results.Operations(), clients: []int{1, 2, 4, 8}, repeats: 1, each: 2000,
		mean: sharing, tail: 0.35}
}

func durationOf(ns float64) time.Duration { return time.Duration(math.Round(ns)) }
