package results

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

	// Interface is the network interface that has the host's address, and Driver its
	// driver if the kernel names one.
	Interface string `json:"interface,omitempty"`
	Driver    string `json:"driver,omitempty"`
	// RoundTripNS is the median idle time of an operation from this host at a node of
	// each host, by host name.
	RoundTripNS map[string]int64 `json:"round_trip_ns,omitempty"`
	// Facts is what the provisioner reports about the host: image, zone and type in a
	// cloud, or that it is a namespace.
	Facts map[string]string `json:"facts,omitempty"`
}

// Build is the executable that ran everywhere in the trial.
type Build struct {
	Go       string `json:"go"`       // version of the Go toolchain
	Revision string `json:"revision"` // of the source, empty when unknown
	Dirty    bool   `json:"dirty"`    // source differed from the revision
}
