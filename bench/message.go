package bench

import (
	"encoding/json"
	"fmt"

	"dhtbench/node"
	"dhtbench/results"
)

// order is what a coordinator sends to an agent. Exactly one field is set.
type order struct {
	Probe  *probeOrder   `json:"probe,omitempty"`
	Clock  *clockReading `json:"clock,omitempty"`
	Listen *listenAddr   `json:"listen,omitempty"`
	Spec   *spec         `json:"spec,omitempty"`
	WarmUp *phaseOrder   `json:"warm_up,omitempty"`
	Go     *phaseOrder   `json:"go,omitempty"`
	// Stop ends the phase in progress, which then replies with what it measured.
	// It has no reply of its own.
	Stop *struct{} `json:"stop,omitempty"`
}

// probeOrder asks an agent for the facts of its host and for idle round trips.
type probeOrder struct {
	Addr    string   `json:"addr"` // the host's own address
	Target  string   `json:"target"`
	Servers []string `json:"servers"` // one on each host, or running ones
}

// probed is the reply to a probe.
type probed struct {
	Host   results.Host `json:"host"`   // without Name, Nodes and RoundTripNS
	Limits limits       `json:"limits"` // of processes on the host
	// RoundTripsNS are the median times of an operation at each server.
	RoundTripsNS []int64 `json:"round_trips_ns"`
}

// clockReading asks an agent for its host's clock, and is the reply.
type clockReading struct {
	NowNS int64 `json:"now_ns"` // of the host's monotonic clock
}

// listenAddr orders an agent to run a node inside its own process. For keys that
// the node owns, its clients use the node's table without a network. It is the
// reply too.
type listenAddr struct {
	Addr string `json:"addr"` // host:port; port 0 takes a free one
}

// spec describes the work of an agent's clients. It determines every key and value.
type spec struct {
	Params  results.Params `json:"params"`
	Host    string         `json:"host"`    // name of the agent's host, for the record
	Clients []int          `json:"clients"` // numbers of the clients of this agent; may be empty
	Servers []string       `json:"servers"` // addresses, by number, with passwords
	// Salt makes keys differ from those of other runs, see [workload.Options].
	Salt uint64 `json:"salt,omitempty"`
	// Self is the number of the node inside the agent, -1 without one.
	Self int `json:"self"`
	// Null says that the servers store nothing, so that replies are not checked.
	Null bool `json:"null,omitempty"`
	// Timeline asks for latency over time.
	Timeline bool `json:"timeline,omitempty"`
}

// phaseOrder orders all clients of an agent to do their operations of one kind.
type phaseOrder struct {
	Operation string `json:"operation"` // put, get, del or mix
	// AtNS is when to start, on the monotonic clock of the agent's host; an instant
	// that has passed means now. Times in the result count from it.
	AtNS int64 `json:"at_ns,omitempty"`
}

// reply is what an agent sends to its coordinator. Exactly one field is set.
type reply struct {
	Probed    *probed       `json:"probed,omitempty"`
	Clock     *clockReading `json:"clock,omitempty"`
	Listening *listenAddr   `json:"listening,omitempty"`
	Ready     *ready        `json:"ready,omitempty"`
	Warm      *struct{}     `json:"warm,omitempty"`
	Progress  *progressMade `json:"progress,omitempty"`
	Result    *result       `json:"result,omitempty"`
}

// ready says that an agent has connected its clients and, for a mix, loaded its
// part of the records.
type ready struct {
	PID   int           `json:"pid"`
	Build results.Build `json:"build"`
}

// progressMade is how many operations all clients of the agent have done in the
// present phase.
type progressMade struct {
	Done int64 `json:"done"`
}

// result is what an agent measured in one phase.
type result struct {
	Clients []results.Client `json:"clients"`
	Agent   results.Agent    `json:"agent"` // without Runtime
	Vitals  node.Vitals      `json:"vitals"`
	// Timeline is of all clients of the agent, in slices of IntervalNS.
	Timeline   []results.Interval `json:"timeline,omitempty"`
	IntervalNS int64              `json:"interval_ns,omitempty"`
}

// kind names the field of r that is set, for errors.
func (r reply) kind() string {
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

// parse reads one line of the conversation into an order or a reply.
func parse[M order | reply](line []byte) (M, error) {
	var m M
	whole, err := unpack(line)
	if err == nil {
		err = json.Unmarshal(whole, &m)
	}
	if err != nil {
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
