package results

import (
	"cmp"
	"fmt"
)

// Host is the facts of one host in a trial.
type Host struct {
	Name           string `json:"name"`            // label from the inventory
	Nodes          []int  `json:"nodes"`           // ids of the nodes placed there
	NodeGOMAXPROCS int    `json:"node_gomaxprocs"` // of each node process; 0 when nodes are inside agents
	OS             string `json:"os"`              // "linux"
	Arch           string `json:"arch"`
	Kernel         string `json:"kernel"`
	CPU            string `json:"cpu"`   // model name
	Cores          int    `json:"cores"` // logical processors the process may run on
	MemoryBytes    uint64 `json:"memory_bytes"`
	Virtualization string `json:"virtualization,omitempty"`
	Clocksource    string `json:"clocksource,omitempty"`
	ClockReadNS    int64  `json:"clock_read_ns"`  // median cost of reading the clock
	ClockErrorNS   int64  `json:"clock_error_ns"` // maximum error of the host's clock offset; 0 on the coordinator's host
	// SilenceNS is the longest time in the trial for which the coordinator heard nothing
	// from one of the host's processes. Heartbeats come every 3 s. 0: unknown, as in
	// records of earlier versions.
	SilenceNS int64 `json:"silence_ns,omitempty"`

	// Interface is the network interface that has the host's address, and Driver its
	// driver if the kernel names one.
	Interface string `json:"interface,omitempty"`
	Driver    string `json:"driver,omitempty"`
	// RoundTripNS is the median idle time of an operation from this host at a node of
	// each host, by host name. With more than 16 hosts, it has 16 of them.
	RoundTripNS map[string]int64 `json:"round_trip_ns,omitempty"`
	// Facts is what the provisioner reports about the host: image, zone and type in a
	// cloud, or that it is a namespace.
	Facts map[string]string `json:"facts,omitempty"`
}

// Machine describes the host's hardware and kernel in short.
func (h Host) Machine() string {
	return fmt.Sprintf("%d processors, %s, kernel %s", h.Cores, h.CPU, h.Kernel)
}

// Build is the executable that ran everywhere in the trial.
type Build struct {
	Go       string `json:"go"`       // version of the Go toolchain
	Revision string `json:"revision"` // of the source, empty when unknown
	Dirty    bool   `json:"dirty"`    // source differed from the revision
}

// String returns the build in short: go1.26.8, revision 0123456789ab with changes.
func (b Build) String() string {
	text := b.Go + ", revision " + cmp.Or(b.Revision[:min(len(b.Revision), 12)], "unknown")
	if b.Dirty {
		text += " with changes"
	}
	return text
}

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

// Node is one server process in the measured phase.
type Node struct {
	Node int    `json:"node"` // id
	Host string `json:"host"`
	// Program is the name and the version of a store that is not part of dhtbench:
	// "redis-server 7.0.15". Empty: a node or a null server.
	Program string `json:"program,omitempty"`
	// Runtime is nil if it is unknown, as for other programs.
	Runtime *Runtime `json:"runtime,omitempty"`
	// CPUNS is the processor time in the measured phase. 0: unknown, as in records of
	// earlier versions.
	CPUNS   int64 `json:"cpu_ns,omitempty"`
	Held          // at the end of the measured phase
	AtStart Held  `json:"at_start,omitzero"` // of the measured phase
}

// Held is what a process holds at an instant. A leak shows as a difference between the
// start and the end of a long trial. 0: unknown, as in records of earlier versions.
type Held struct {
	RSSBytes    int64 `json:"rss_bytes,omitempty"`   // resident memory
	Goroutines  int64 `json:"goroutines,omitempty"`  // 0 of programs that are not part of dhtbench
	Descriptors int64 `json:"descriptors,omitempty"` // open file descriptors
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
	SpinNS     int64  `json:"cpu_spin_ns,omitempty"` // processor time spent spinning before intended starts, estimated
	// StealNS is the time that the hypervisor took from the host's processors, summed
	// over all of them. ThrottledNS is the time for which the control group's limit
	// stopped the agent.
	StealNS     int64 `json:"steal_ns,omitempty"`
	ThrottledNS int64 `json:"throttled_ns,omitempty"`
	Held              // at the end
	AtStart     Held  `json:"at_start,omitzero"`
	Runtime
}
