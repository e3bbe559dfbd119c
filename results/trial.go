package results

import (
	"encoding/json"
	"time"
)

// Schema is the schema number that this build writes, and the highest it reads.
const Schema = 1

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
	// Command is the coordinator's command line without its path.
	Command []string `json:"command"`
	// Warnings are doubts about the trial, in words. Nil means none.
	Warnings []string `json:"warnings,omitempty"`
}

// Params is the setting of a trial: everything that was chosen before it ran.
// Two trials with equal Params measured the same thing.
type Params struct {
	Operation  string `json:"operation"` // put, get or del
	Loop       string `json:"loop"`      // closed
	Nodes      int    `json:"nodes"`
	Clients    int    `json:"clients"`
	Operations int    `json:"operations"`  // recorded, per client
	Warmup     int    `json:"warmup"`      // operations done and not recorded, per client
	KeyBytes   int    `json:"key_bytes"`   // length of every key
	ValueBytes int    `json:"value_bytes"` // length of every value
	Placement  string `json:"placement"`   // separate or embedded
	Seed       uint64 `json:"seed"`
	Repeat     int    `json:"repeat"` // 0 for the first
}

// Setting is p without its repeat: what the trials of one point of a figure
// have in common.
func (p Params) Setting() Params {
	p.Repeat = 0
	return p
}

// Client is what one client measured. Start and End are on the coordinator's
// clock, counted from the instant at which it gave the start signal; on one
// host they are exact, across hosts as good as Host.ClockErrorNS.
type Client struct {
	Client  int    `json:"client"` // 0 to Params.Clients-1
	Host    string `json:"host"`
	StartNS int64  `json:"start_ns"` // send of the first recorded operation
	EndNS   int64  `json:"end_ns"`   // completion of the last
	Counts  Counts `json:"counts"`
	// MarksNS[i] is when a share (i+1)/len(MarksNS) of the client's operations
	// were complete, counted from StartNS. From them the number of operations
	// inside a window is known to one part in len(MarksNS).
	MarksNS []int64 `json:"marks_ns"`
	// Service is completion - send of each operation that got a reply.
	Service *Histogram `json:"service"`
	// FirstError is the text of the first operation that went wrong, if any.
	FirstError string `json:"first_error,omitempty"`
}

// Agent is one process that carried clients. CPU counts the measured phase of
// the trial alone.
type Agent struct {
	Host       string `json:"host"`
	Clients    []int  `json:"clients"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	UserNS     int64  `json:"cpu_user_ns"`
	SystemNS   int64  `json:"cpu_system_ns"`
	GCs        int64  `json:"gcs"` // garbage collections completed in the measured phase
}

// Host is what a trial's numbers depend on besides the program.
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
	ClockErrorNS   int64  `json:"clock_error_ns"` // bound on the error of the host's offset to the coordinator; 0 on its own host

	// Interface is the network interface that has the host's address, and
	// Driver its driver, where the kernel names one.
	Interface string `json:"interface,omitempty"`
	Driver    string `json:"driver,omitempty"`
	// RoundTripNS is the median time of an operation from this host at a node
	// of each host, by its name, when nothing else was running.
	RoundTripNS map[string]int64 `json:"round_trip_ns,omitempty"`
}

// Build is the executable that ran everywhere in the trial.
type Build struct {
	Go       string `json:"go"`       // version of the Go toolchain
	Revision string `json:"revision"` // of the source, empty when unknown
	Dirty    bool   `json:"dirty"`    // source differed from the revision
}

// UnmarshalJSON gives a client without a histogram an empty one, so that a
// client that was read can be used without looking. Reading the trial then
// fails if the client's counts say that there should have been more.
func (c *Client) UnmarshalJSON(data []byte) error {
	type plain Client
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	if p.Service == nil {
		p.Service = NewHistogram()
	}
	*c = Client(p)
	return nil
}
