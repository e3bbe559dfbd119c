package results

import (
	"time"
)

// Schema is the schema number that this build writes, and the highest it reads.
const Schema = 3

// Trial is the record of one trial. See the package comment.
type Trial struct {
	Schema  int       `json:"schema"`
	Params  Params    `json:"params"`
	Started time.Time `json:"started"` // wall clock of the coordinator, UTC; not exact enough for computations

	// Clients has one entry per client, in order of client number.
	Clients []Client `json:"clients"`
	// Agents has one entry per agent process with clients.
	Agents []Agent `json:"agents"`
	// Hosts has one entry per host with a node or an agent.
	Hosts []Host `json:"hosts"`
	Build Build  `json:"build"`
	// Nodes has one entry per node process; none when nodes are inside agents.
	Nodes []Node `json:"nodes,omitempty"`
	// Timeline is the trial in slices of IntervalNS from its start, in order of time.
	// An operation with a reply is counted in the slice of its intended start, or of
	// its send in a closed loop; in schemas 1 and 2, of its completion. Empty slices
	// are left out.
	Timeline   []Interval `json:"timeline,omitempty"`
	IntervalNS int64      `json:"interval_ns,omitempty"`
	// Baseline is what the same clients measured at null servers, which answer at once.
	// It bounds what can be measured of a store with this generator and network.
	Baseline *Baseline `json:"baseline,omitempty"`
	// Command is the coordinator's command line without its path.
	Command []string `json:"command"`
	// Verdict is that of [Trial.Judge] when the trial ran. Schema 1 had none; reading a
	// record of it sets one.
	Verdict Verdict `json:"verdict,omitempty"`
	// Warnings are the reasons of the verdict, the worst first; nil if none.
	Warnings []Warning `json:"warnings,omitempty"`
}

// Interval is one slice of a trial's timeline.
type Interval struct {
	// Index counts slices from the trial's start; one is Trial.IntervalNS long.
	Index int64 `json:"index"`
	// Latency is response time, or service time in a closed loop, of the slice's
	// operations.
	Latency *Histogram `json:"latency"`
}

// Baseline is what clients measured at null servers, in a closed loop.
type Baseline struct {
	Operations int        `json:"operations"` // per client
	Service    *Histogram `json:"service"`    // of all clients
	// ThroughputOpsPerS is that of the window in which all clients were active.
	ThroughputOpsPerS float64 `json:"throughput_ops_per_s"`
}

// Counts is the sum of all clients' counts.
func (t Trial) Counts() Counts {
	var sum Counts
	for _, c := range t.Clients {
		sum = sum.Add(c.Counts)
	}
	return sum
}

// Service is the sum of all clients' service time histograms, a new one.
func (t Trial) Service() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.Service })
}

// Response is the sum of all clients' response time histograms, a new one. It is empty
// in a closed loop, which has no intended starts.
func (t Trial) Response() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.Response })
}

// Lag is the sum of all clients' lag histograms, a new one. It is empty in a closed
// loop.
func (t Trial) Lag() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.Lag })
}

// Latency is the response time in an open loop and the service time in a closed one, a
// new histogram.
func (t Trial) Latency() *Histogram {
	return t.pool(func(c Client) *Histogram { return c.latency(t.Params) })
}

// latency returns the client's part of [Trial.Latency], not a copy.
func (c Client) latency(p Params) *Histogram {
	if p.Open() {
		return c.Response
	}
	return c.Service
}

// pool adds one histogram of each client, skipping nil.
func (t Trial) pool(of func(Client) *Histogram) *Histogram {
	sum := NewHistogram()
	for _, c := range t.Clients {
		if h := of(c); h != nil {
			sum.Add(h)
		}
	}
	return sum
}

// Little is throughput x mean service time / clients. By Little's law it is 1 in a
// closed loop whose clients only wait for replies. What is missing to 1 is the share
// of time that clients spent otherwise. It is NaN if all clients never ran together.
func (t Trial) Little() float64 {
	return t.Active().Throughput() * t.Service().Mean() / float64(time.Second) / float64(len(t.Clients))
}
