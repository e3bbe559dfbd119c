package bench

import (
	"encoding/json"
	"fmt"

	"dhtbench/results"
)

// Order is what a coordinator tells an agent. Exactly one field is set.
type Order struct {
	Probe  *Probe  `json:"probe,omitempty"`
	Clock  *Clock  `json:"clock,omitempty"`
	Listen *Listen `json:"listen,omitempty"`
	Spec   *Spec   `json:"spec,omitempty"`
	WarmUp *Phase  `json:"warm_up,omitempty"`
	Go     *Phase  `json:"go,omitempty"`
}

// Probe orders an agent to look at its host and at the network while nothing
// else runs.
type Probe struct {
	Addr  string   `json:"addr"`  // the host's own address
	Nodes []string `json:"nodes"` // a node on each host
}

// Probed is what a probe found.
type Probed struct {
	Host results.Host `json:"host"` // Name, Nodes and RoundTripNS are the coordinator's to fill in
	// RoundTripsNS are the median times of an operation at each node.
	RoundTripsNS []int64 `json:"round_trips_ns"`
}

// Clock orders an agent to read its host's clock, and is the reply.
type Clock struct {
	NowNS int64 `json:"now_ns"` // nanoseconds of the host's monotonic clock
}

// Listen orders an agent to run a node inside its own process, whose store its
// clients then use without a network for the keys that the node owns.
type Listen struct {
	Addr string `json:"addr"` // host:port; port 0 takes a free one
}

// Spec says what an agent's clients will do. It determines every key and value,
// so that nothing else need be sent.
type Spec struct {
	Params  results.Params `json:"params"`
	Clients []int          `json:"clients"` // numbers of the clients of this agent; may be empty
	Nodes   []string       `json:"nodes"`   // addresses of the cluster's nodes, in order of id
	// Self is the id of the node inside the agent, -1 when there is none.
	Self int `json:"self"`
	// Null says that the nodes keep nothing, so that replies are not judged.
	Null bool `json:"null,omitempty"`
	// Timeline says to tell how latency went over time.
	Timeline bool `json:"timeline,omitempty"`
}

// Phase orders all clients of an agent to do their operations of one kind.
type Phase struct {
	Operation string `json:"operation"` // put, get or del; mix for a mixture
	// At is when to start, in nanoseconds of the agent's host's monotonic clock
	// ([clock]); an instant that has passed means now.
	At int64 `json:"at_ns,omitempty"`
}

// Reply is what an agent tells its coordinator. Exactly one field is set.
type Reply struct {
	Probed    *Probed  `json:"probed,omitempty"`
	Clock     *Clock   `json:"clock,omitempty"`
	Listening *Listen  `json:"listening,omitempty"`
	Ready     *Ready   `json:"ready,omitempty"`
	Warm      *Warm    `json:"warm,omitempty"`
	Progress  *Advance `json:"progress,omitempty"`
	Result    *Result  `json:"result,omitempty"`
}

// Ready says that an agent has connected its clients and, for a mixture, put its
// part of the records.
type Ready struct {
	PID   int           `json:"pid"`
	Build results.Build `json:"build"`
}

// Warm says that the warm-up of a phase is done.
type Warm struct{}

// Advance is how many operations all clients of the agent have done in the
// present phase.
type Advance struct {
	Done int64 `json:"done"`
}

// Result is what an agent measured in one phase. Times are on the monotonic
// clock of its host.
type Result struct {
	Clients []results.Client `json:"clients"`
	Agent   results.Agent    `json:"agent"`
	// Timeline is of all clients of the agent, from the instant of the start.
	Timeline []results.Interval `json:"timeline,omitempty"`
}

// kind names the field of r that is set, for errors.
func (r Reply) kind() string {
	switch {
	case r.Probed != nil:
		return "probed"
	case r.Clock != nil:
		return "clock"
	case r.Listening != nil:
		return "listening"
	case r.Ready != nil:
		return "ready"
	case r.Warm != nil:
		return "warm"
	case r.Progress != nil:
		return "progress"
	case r.Result != nil:
		return "result"
	}
	return "nothing"
}

// parse reads one line of the conversation into an Order or a Reply.
func parse[M Order | Reply](line []byte) (M, error) {
	var m M
	if err := json.Unmarshal(line, &m); err != nil {
		return m, fmt.Errorf("not a line of the agent protocol: %q: %w", clip(line), err)
	}
	return m, nil
}

// clip shortens a line for an error.
func clip(line []byte) []byte {
	const enough = 200
	if len(line) > enough {
		return append(line[:enough:enough], "..."...)
	}
	return line
}
