package results

// Hiccup is a time for which a process that wanted to run did not: a thread that
// sleeps for a few milliseconds, over and over, woke so much too late.
type Hiccup struct {
	AtNS int64 `json:"at_ns"` // its end, on the coordinator's clock from the trial's start
	NS   int64 `json:"ns"`
}

// Runtime is what the runtime and the kernel did to one process in the measured
// phase.
type Runtime struct {
	GCs        int64 `json:"gcs"`                    // garbage collections completed
	GCPauseNS  int64 `json:"gc_pause_ns,omitempty"`  // all stops of the world for them together
	SchedP99NS int64 `json:"sched_p99_ns,omitempty"` // p99 of the wait of runnable goroutines
	// RunDelayNS is how long threads were ready to run and had no processor.
	RunDelayNS int64    `json:"run_delay_ns,omitempty"`
	Hiccups    []Hiccup `json:"hiccups,omitempty"` // those of 1 ms and more, at most 1,000
}

// Node is one node process in the measured phase.
type Node struct {
	Node    int     `json:"node"` // id
	Host    string  `json:"host"`
	Runtime Runtime `json:"runtime"`
}

// Agent is one process that carried clients. All but GOMAXPROCS is of the
// measured phase of the trial alone.
type Agent struct {
	Host       string `json:"host"`
	Clients    []int  `json:"clients"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	WallNS     int64  `json:"wall_ns,omitempty"` // length of the measured phase
	UserNS     int64  `json:"cpu_user_ns"`
	SystemNS   int64  `json:"cpu_system_ns"`
	SpinNS     int64  `json:"cpu_spin_ns,omitempty"` // spent awake waiting for intended starts, by the clock: for some of it others may have had the processor
	// StealNS is the time for which the hypervisor ran others on the host's
	// processors, all of them together, and ThrottledNS for how long the control
	// group's limit held the agent back.
	StealNS     int64 `json:"steal_ns,omitempty"`
	ThrottledNS int64 `json:"throttled_ns,omitempty"`
	Runtime
}
