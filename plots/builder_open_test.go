package plots

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"dhtbench/results"
)

// offered is the recipe of synthetic trials of an open loop: clients that send on
// a schedule to a server that takes operations one after the other.
type offered struct {
	operations []string
	clients    []int
	rates      []float64 // of all clients together
	repeats    int
	seconds    float64
	inflight   int
	pacing     string
	late       time.Duration        // median of what the pacing is off by
	work       time.Duration        // mean of an operation
	stall      string               // with length and period
	serial     time.Duration        // instead of work: exactly this for each operation
	closed     bool                 // the next is sent when the one before has ended
	breakdown  bool                 // and the timeline
	baseline   bool                 // has a null server's figures
	change     func(*results.Trial) // last touches, may be nil
}

// knee is the recipe most tests start from: the server can do 20,000 operations
// per second of each client.
func knee() offered {
	return offered{operations: []string{"put", "get"}, clients: []int{2}, rates: []float64{2000, 20000, 36000, 48000}, repeats: 1,
		seconds: 0.5, inflight: 64, pacing: "precise", late: 60, work: 50 * time.Microsecond}
}

func (o offered) trials() []results.Trial {
	random := rand.New(rand.NewPCG(3, 4))
	var all []results.Trial
	for repeat := range o.repeats {
		for _, n := range o.clients {
			for _, rate := range o.rates {
				for _, operation := range o.operations {
					t := o.trial(random, operation, n, rate, repeat)
					if o.change != nil {
						o.change(&t)
					}
					all = append(all, t)
				}
			}
		}
	}
	return all
}

func (o offered) trial(random *rand.Rand, operation string, clients int, rate float64, repeat int) results.Trial {
	t := usual().trial(random, operation, 1, repeat)
	t.Clients, t.Agents = nil, nil
	p := &t.Params
	p.Clients, p.Operations, p.Stall = clients, int(rate/float64(clients)*o.seconds), o.stall
	p.ServiceTimeNS = int64(o.serial)
	if !o.closed {
		p.Loop, p.RateOpsPerS, p.Arrivals, p.Inflight, p.Pacing = "open", rate, "constant", o.inflight, o.pacing
		p.DurationNS, p.WarmupNS = int64(o.seconds*1e9), 1e9
	}
	slots := make(map[int64]*results.Histogram)
	agent := results.Agent{Host: "local", GOMAXPROCS: 2, Runtime: results.Runtime{Hiccups: []results.Hiccup{{AtNS: 12e7, NS: 3e6}}}}
	for c := range clients {
		t.Clients = append(t.Clients, o.client(random, *p, c, slots))
		agent.Clients = append(agent.Clients, c)
	}
	t.Agents = []results.Agent{agent}
	t.Nodes = []results.Node{{Host: "local", Runtime: &results.Runtime{Hiccups: []results.Hiccup{{AtNS: 3e8, NS: 40e6}, {AtNS: 31e7, NS: 2e6}}}}}
	if o.breakdown {
		p.Breakdown, t.IntervalNS = true, 1e8
		for index, h := range slots {
			t.Timeline = append(t.Timeline, results.Interval{Index: index, Latency: h})
		}
		slices.SortFunc(t.Timeline, func(a, b results.Interval) int { return int(a.Index - b.Index) })
	}
	if o.baseline {
		t.Baseline = &results.Baseline{Operations: 2000, Service: results.NewHistogram(), ThroughputOpsPerS: 60_000 * float64(clients)}
		for range 2000 {
			t.Baseline.Service.Record(time.Duration(16e3 * math.Exp(0.2*random.NormFloat64())))
		}
	}
	return t
}

// client lets one client do all its operations.
func (o offered) client(random *rand.Rand, p results.Params, number int, slots map[int64]*results.Histogram) results.Client {
	c := results.Client{Client: number, Host: "local", Service: results.NewHistogram(), Counts: results.Counts{OK: int64(p.Operations)}}
	network, queue, work := results.NewHistogram(), results.NewHistogram(), results.NewHistogram()
	if !o.closed {
		c.Response, c.Lag = results.NewHistogram(), results.NewHistogram()
	}
	const wire = 10e3
	gap := 1e9 * float64(p.Clients) / max(p.RateOpsPerS, 1)
	var free float64 // when the server can begin with another
	ends := make([]float64, p.Operations)
	for i := range p.Operations {
		intended := gap * (float64(i) + float64(number)/float64(p.Clients))
		send := intended + float64(o.late)*math.Exp(0.6*random.NormFloat64())
		if back := i - max(p.Inflight, 1); back >= 0 && (o.closed || ends[back] > send) {
			send = ends[back] + float64(o.late)
			if !o.closed {
				c.Queued++
			}
		}
		if o.closed {
			intended = send
		}
		took := float64(o.work) * math.Exp(0.3*random.NormFloat64()-0.045)
		if o.serial > 0 {
			took = float64(o.serial)
		}
		begin := o.awake(max(send+wire/2, free))
		free = begin + took
		ends[i] = free + wire/2
		c.Service.Record(time.Duration(ends[i] - send))
		if !o.closed {
			c.Response.Record(time.Duration(ends[i] - intended))
			c.Lag.Record(time.Duration(send - intended))
		}
		network.Record(wire)
		queue.Record(time.Duration(begin - send - wire/2))
		work.Record(time.Duration(took))
		index := int64(ends[i] / 1e8)
		if slots[index] == nil {
			slots[index] = results.NewHistogram()
		}
		slots[index].Record(time.Duration(ends[i] - intended))
	}
	for i := range 100 {
		c.MarksNS = append(c.MarksNS, int64(ends[max(len(ends)*(i+1)/100, 1)-1]))
	}
	c.EndNS = int64(ends[len(ends)-1])
	if o.breakdown {
		c.Breakdown = &results.Breakdown{Network: network, Queue: queue, Work: work}
	}
	return c
}

// awake returns the earliest start of work at a server that stalls, given the start
// without a stall.
func (o offered) awake(at float64) float64 {
	length, period, err := parseStall(o.stall)
	if err != nil {
		return at
	}
	if into := math.Mod(at, float64(period)); into < float64(length) {
		return at - into + float64(length)
	}
	return at
}

// stalling are the trials of a truth test: an open loop with enough in flight, one
// with a single operation in flight, and a closed loop.
func stalling() []results.Trial {
	o := knee()
	o.operations, o.clients, o.rates, o.seconds = []string{"get"}, []int{1}, []float64{1000}, 20
	o.stall, o.inflight, o.work = "600ms/1s", 4096, time.Microsecond
	all := o.trials()
	o.inflight = 1
	all = append(all, o.trials()...)
	o.closed, o.rates = true, []float64{10_000}
	return append(all, o.trials()...)
}
