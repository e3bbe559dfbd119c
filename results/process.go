package results

// Hiccup is a time in which a process was ready to run and did not. A thread that
// repeatedly sleeps for a few milliseconds woke late by it.
type Hiccup struct {
	AtNS int64 `json:"at_ns"` // its end, on the coordinator's clock from the trial's start
	NS   int64 `json:"ns"`
}

// Runtime is the pauses of one process in the measured phase, as Go's runtime and the
// kernel report them.
type Runtime struct {
	GCs        int64 `json:"gcs"`                    // garbage collections completed
	GCPauseNS  int64 `json:"gc_pause_ns,omitempty"`  // sum of their stop-the-world pauses
	SchedP99NS int64 `json:"sched_p99_ns,omitempty"` // p99 of the wait of runnable goroutines
	// RunDelayNS is the time in which threads were ready to run and had no processor.
	RunDelayNS int64    `json:"run_delay_ns,omitempty"`
	Hiccups    []Hiccup `json:"hiccups,omitempty"` // those of 1 ms and more, at most 1,000
}

// Node is one node process in the measured phase.
type Node struct {
	Node    int     `json:"node"` // id
	Host    string  `json:"host"`
	Runtime Runtime `json:"runtime"`
}

// Agent is one process with clients. All fields but GOMAXPROCS are of the measured
// phase only.
type Agent struct {
	Host       string `json:"host"`
	Clients    []int  `json:"clients"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	WallNS     int64  `json:"wall_ns,omitempty"` // length of the measured phase
	UserNS     int64  `json:"cpu_user_ns"`
	SystemNS   int64  `json:"cpu_system_ns"`
	SpinNS     int64  `json:"cpu_spin_ns,omitempty"` // time spent spinning before intended starts, on the clock: other threads may have had the processor for some of it
	// StealNS is the time that the hypervisor took from the host's processors, summed
	// over all of them. ThrottledNS is the time for which the control group's limit
	// stopped the agent.
	StealNS     int64 `json:"steal_ns,omitempty"`
	ThrottledNS int64 `json:"throttled_ns,omitempty"`
	Runtime
}
