package results

// Operations of a trial.
const (
	Put = "put"
	Get = "get"
	Del = "del"
	// Mix: operations of several kinds in random order, as Params.Workload says.
	Mix = "mix"
)

// Operations lists the operations that a trial without a workload runs, in the
// order in which they are run and shown.
func Operations() []string { return []string{Put, Get, Del} }

// Loops.
const (
	// ClosedLoop: a client sends its next operation when it has the reply to the
	// last.
	ClosedLoop = "closed"
	// OpenLoop: operations start on a schedule, whether or not earlier ones have
	// ended.
	OpenLoop = "open"
)

// Arrivals: how the intended starts of an open loop are spaced.
const (
	ConstantArrivals = "constant" // at equal intervals
	PoissonArrivals  = "poisson"  // at exponential intervals, as of independent users
)

// Placements: where clients run.
const (
	// SeparatePlacement: in agent processes, which reach every node by network.
	SeparatePlacement = "separate"
	// EmbeddedPlacement: in the node processes; a key of the client's own node
	// takes no network.
	EmbeddedPlacement = "embedded"
)

// Pacings: how a client of an open loop waits for an intended start.
const (
	// PrecisePacing sleeps in the kernel until shortly before it, then spins.
	PrecisePacing = "precise"
	// TimerPacing sleeps on the timers of the Go runtime.
	TimerPacing = "timer"
)

// Params is the setting of a trial: everything that was chosen before it ran.
// Two trials with equal Params measured the same thing.
type Params struct {
	Operation  string `json:"operation"` // Put, Get or Del; Mix where Workload is not empty
	Loop       string `json:"loop"`      // ClosedLoop or OpenLoop
	Nodes      int    `json:"nodes"`
	Clients    int    `json:"clients"`
	Operations int    `json:"operations"`  // recorded, per client; 0 where DurationNS bounds the trial
	Warmup     int    `json:"warmup"`      // operations done and not recorded, per client
	KeyBytes   int    `json:"key_bytes"`   // length of every key
	ValueBytes int    `json:"value_bytes"` // length of every value, the longest where ValueSizes is not empty
	Placement  string `json:"placement"`   // SeparatePlacement or EmbeddedPlacement
	Seed       uint64 `json:"seed"`
	Repeat     int    `json:"repeat"` // 0 for the first

	// DurationNS is the length of the measurement: always that of an open loop's
	// window, and of a closed loop where a time was asked for instead of a number of
	// operations. WarmupNS is the same of the warm-up, which ends at Warmup operations
	// or WarmupNS, whichever is reached first; of the two, 0 is no bound.
	DurationNS int64 `json:"duration_ns,omitempty"`
	WarmupNS   int64 `json:"warmup_ns,omitempty"`

	// Workload is the mix of operations: ycsb-a, or shares such as
	// get=95,put=5. Empty: all clients put, then all get, then all delete, each
	// key once.
	Workload   string `json:"workload,omitempty"`
	Keys       string `json:"keys,omitempty"`        // of a mix, how keys are chosen: uniform, zipfian:0.99, latest, sequential
	Records    int    `json:"records,omitempty"`     // of a mix, keys put before the start
	ValueSizes string `json:"value_sizes,omitempty"` // uniform:10-100 or bimodal:32,1024,0.9; empty: all ValueBytes

	// Of the open loop alone.
	RateOpsPerS float64 `json:"rate_ops_per_s,omitempty"` // offered, by all clients together
	Arrivals    string  `json:"arrivals,omitempty"`       // ConstantArrivals or PoissonArrivals
	Inflight    int     `json:"inflight,omitempty"`       // operations that a client can wait for at once
	Pacing      string  `json:"pacing,omitempty"`         // PrecisePacing or TimerPacing
	GraceNS     int64   `json:"grace_ns,omitempty"`       // how long after the window queued operations are still sent and replies awaited

	Breakdown bool `json:"breakdown,omitempty"` // nodes report their part of the service time
	// Stall is an injected fault: for how long, and how often, nodes stop answering,
	// as 20ms/1s. Empty: none.
	Stall string `json:"stall,omitempty"`
	// Fault is the fault that a study of verdicts injected, such as ThiefFault. Empty:
	// none.
	Fault string `json:"fault,omitempty"`
}

// Setting is p without its repeat: what the trials of one point of a figure
// have in common.
func (p Params) Setting() Params {
	p.Repeat = 0
	return p
}

// Open reports whether operations start on a schedule.
func (p Params) Open() bool { return p.Loop == OpenLoop }
