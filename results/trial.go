package results

import (
	"math"
	"slices"
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
	// KeySalt makes keys at running servers differ from those of other runs. It is 0 if
	// the servers were started for the run.
	KeySalt uint64 `json:"key_salt,omitempty"`
	// Command is the coordinator's command line without its path and without passwords.
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
	// operations, to 0.4 %.
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
	sum := &Histogram{min: math.MaxInt64}
	for _, c := range t.Clients {
		if h := of(c); h != nil {
			sum.Add(h)
		}
	}
	return sum
}

// Little is throughput x mean service time / operations in flight. By Little's law it
// is 1 in a closed loop whose clients only wait for replies. The difference to 1 is the
// share of time that clients spent otherwise. It is NaN if all clients never ran
// together.
func (t Trial) Little() float64 {
	return t.Active().Throughput() * t.Service().Mean() / float64(time.Second) / float64(len(t.Clients)*t.Params.ClosedInflight())
}

// Window is a part of a trial, on the coordinator's clock, and the operations that
// completed in it.
type Window struct {
	StartNS, EndNS int64
	Operations     float64 // a fraction where a mark had to be interpolated
}

// Throughput is the operations completed per second, NaN for an empty window.
func (w Window) Throughput() float64 {
	if w.empty() {
		return math.NaN()
	}
	return w.Operations / (float64(w.lengthNS()) / float64(time.Second))
}

func (w Window) empty() bool { return w.EndNS <= w.StartNS }

func (w Window) lengthNS() int64 { return w.EndNS - w.StartNS }

// Whole is the window from the first client's start to the last client's end. It
// includes the time in which some clients had already ended, so its throughput is
// below that of full concurrency.
func (t Trial) Whole() Window {
	var w Window
	for i, c := range t.busy() {
		if i == 0 {
			w.StartNS, w.EndNS = c.StartNS, c.EndNS
		}
		w.StartNS = min(w.StartNS, c.StartNS)
		w.EndNS = max(w.EndNS, c.EndNS)
	}
	return t.fill(w)
}

// Active is the window in which all clients were running: from the last client's start
// to the first client's end. It is empty if a client ended before another began.
func (t Trial) Active() Window {
	var w Window
	for i, c := range t.busy() {
		if i == 0 {
			w.StartNS, w.EndNS = c.StartNS, c.EndNS
		}
		w.StartNS = max(w.StartNS, c.StartNS)
		w.EndNS = min(w.EndNS, c.EndNS)
	}
	if w.EndNS < w.StartNS {
		return Window{StartNS: w.StartNS, EndNS: w.StartNS}
	}
	return t.fill(w)
}

// busy returns the clients that had operations: all of them in a closed loop.
func (t Trial) busy() []Client {
	return slices.DeleteFunc(slices.Clone(t.Clients), func(c Client) bool { return c.idle() })
}

// fill counts the operations with a reply inside w.
func (t Trial) fill(w Window) Window {
	for _, c := range t.Clients {
		share := c.complete(w.EndNS) - c.complete(w.StartNS)
		w.Operations += share * float64(c.Counts.Replied())
	}
	return w
}

// complete returns the share of the client's operations, 0 to 1, that were complete at
// the given time, interpolated between marks.
func (c Client) complete(atNS int64) float64 {
	if atNS >= c.EndNS { // marks may be equal if there are few operations
		return 1
	}
	at := atNS - c.StartNS
	marks := c.MarksNS
	if len(marks) == 0 {
		marks = []int64{c.EndNS - c.StartNS}
	}
	i, exact := slices.BinarySearch(marks, at)
	if exact {
		return float64(i+1) / float64(len(marks))
	}
	if i == len(marks) {
		return 1
	}
	var before int64
	if i > 0 {
		before = marks[i-1]
	}
	if at <= 0 || marks[i] <= before {
		return float64(i) / float64(len(marks))
	}
	return (float64(i) + float64(at-before)/float64(marks[i]-before)) / float64(len(marks))
}
