package results

import "time"

// Schema is the schema number that this build writes, and the highest it reads.
const Schema = 2

// Trial is the record of one trial. See the package comment.
type Trial struct {
	Schema  int       `json:"schema"`
	Params  Params    `json:"params"`
	Started time.Time `json:"started"` // wall clock of the coordinator, UTC; for people, not for arithmetic

	// Clients has one entry per client, in order of client number.
	Clients []Client `json:"clients"`
	// Agents has one entry per agent process that carried clients.
	Agents []Agent `json:"agents"`
	// Hosts has one entry per host that carried a node or an agent.
	Hosts []Host `json:"hosts"`
	Build Build  `json:"build"`
	// Nodes has one entry per node process; none when nodes are inside agents.
	Nodes []Node `json:"nodes,omitempty"`
	// Timeline is the trial in slices of IntervalNS from its start, in order of
	// time; slices in which nothing ended are left out.
	Timeline   []Interval `json:"timeline,omitempty"`
	IntervalNS int64      `json:"interval_ns,omitempty"`
	// Null is what the same clients did, before the sweep, against servers that
	// answer at once: the floor and the ceiling of all that is not the store.
	Null *Null `json:"null,omitempty"`
	// Command is the coordinator's command line without its path.
	Command []string `json:"command"`
	// Verdict says whether the numbers can be believed, as [Trial.Judge] found when
	// the trial ran. Schema 1 had none: reading fills it in.
	Verdict Verdict `json:"verdict,omitempty"`
	// Warnings are its reasons, in words. Nil means none.
	Warnings []string `json:"warnings,omitempty"`
}

// Params is the setting of a trial: everything that was chosen before it ran.
// Two trials with equal Params measured the same thing.
type Params struct {
	Operation  string `json:"operation"` // put, get or del; mix where Workload is not empty
	Loop       string `json:"loop"`      // closed or open
	Nodes      int    `json:"nodes"`
	Clients    int    `json:"clients"`
	Operations int    `json:"operations"`  // recorded, per client; 0 where DurationNS bounds a closed loop
	Warmup     int    `json:"warmup"`      // operations done and not recorded, per client
	KeyBytes   int    `json:"key_bytes"`   // length of every key
	ValueBytes int    `json:"value_bytes"` // length of every value, the longest where ValueSizes is not empty
	Placement  string `json:"placement"`   // separate or embedded
	Seed       uint64 `json:"seed"`
	Repeat     int    `json:"repeat"` // 0 for the first

	// DurationNS is how long was measured, where that was asked for instead of a
	// number of operations; WarmupNS the same of what came before.
	DurationNS int64 `json:"duration_ns,omitempty"`
	WarmupNS   int64 `json:"warmup_ns,omitempty"`

	// Workload is the mixture of operations: ycsb-a, or shares such as
	// get=95,put=5. Empty: all clients put, then all get, then all delete, each
	// key once.
	Workload   string `json:"workload,omitempty"`
	Keys       string `json:"keys,omitempty"`        // of a mixture, how keys are chosen: uniform, zipfian:0.99, latest, sequential
	Records    int    `json:"records,omitempty"`     // of a mixture, keys put before the start
	ValueSizes string `json:"value_sizes,omitempty"` // uniform:10-100 or bimodal:32,1024,0.9; empty: all ValueBytes

	// Of the open loop alone.
	RateOpsPerS float64 `json:"rate_ops_per_s,omitempty"` // offered, by all clients together
	Arrivals    string  `json:"arrivals,omitempty"`       // constant or poisson
	Inflight    int     `json:"inflight,omitempty"`       // operations that a client can wait for at once
	Pacing      string  `json:"pacing,omitempty"`         // precise, or timer for the runtime's timers

	Anatomy bool `json:"anatomy,omitempty"` // nodes were asked how long they took
	// Stall is a fault that nodes were told to have: for how long, and how often,
	// they stop answering, as 20ms/1s. Empty: none.
	Stall string `json:"stall,omitempty"`
}

// Setting is p without its repeat: what the trials of one point of a figure
// have in common.
func (p Params) Setting() Params {
	p.Repeat = 0
	return p
}

// Interval is one slice of a trial's timeline.
type Interval struct {
	// Index counts slices from the trial's start; one is Trial.IntervalNS long.
	Index int64 `json:"index"`
	// Latency is response time, or service time in a closed loop, of the
	// operations that ended in the slice.
	Latency *Histogram `json:"latency"`
}

// Null is a calibration: one number of clients, gets in a closed loop.
type Null struct {
	Operations int        `json:"operations"` // per client
	Service    *Histogram `json:"service"`    // of all clients
	// ThroughputOpsPerS is that of the window in which all clients were active.
	ThroughputOpsPerS float64 `json:"throughput_ops_per_s"`
}
