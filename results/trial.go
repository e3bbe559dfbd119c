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
