package results

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"strings"
)

// Operations of a trial.
const (
	Put = "put"
	Get = "get"
	Del = "del"
	// Mix: operations of several kinds in random order; see Params.Workload.
	Mix = "mix"
)

// Operations lists the operations of a sweep without a mix, in the order in which
// they are run and shown.
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
	// EmbeddedPlacement: in the node processes. Keys of the client's own node need no
	// network.
	EmbeddedPlacement = "embedded"
)

// Pacings: how the pacer of an open loop waits for an intended start.
const (
	// PrecisePacing sleeps in the kernel until shortly before it, then spins.
	PrecisePacing = "precise"
	// TimerPacing sleeps on the timers of the Go runtime.
	TimerPacing = "timer"
)

// Targets: the stores under load. The target of null servers, which store nothing and
// answer at once, is NullPrefix followed by the target whose protocol they speak.
const (
	DHT        = "dht" // the nodes of package node; Params.Target is empty for it
	NullPrefix = "null:"
)

// Sides of a run that compares two.
const (
	SideA = "a"
	SideB = "b"
)

// Params is the parameters of a trial: everything that was chosen before it ran.
type Params struct {
	Operation  string `json:"operation"` // Put, Get or Del; Mix if Workload is not empty
	Loop       string `json:"loop"`      // ClosedLoop or OpenLoop
	Nodes      int    `json:"nodes"`
	Clients    int    `json:"clients"`
	Operations int    `json:"operations"`  // recorded, per client; 0 if only DurationNS limits the trial
	Warmup     int    `json:"warmup"`      // operations before these, not recorded, per client
	KeyBytes   int    `json:"key_bytes"`   // length of every key
	ValueBytes int    `json:"value_bytes"` // length of every value; the longest if ValueSizes is not empty
	Placement  string `json:"placement"`   // SeparatePlacement or EmbeddedPlacement
	Seed       uint64 `json:"seed"`
	Repeat     int    `json:"repeat"` // 0 for the first
	// RepeatSeed is the seed of the workload and the schedules in this repeat, instead
	// of Seed, so that repeats vary in them too. It is 0 if Seed is used, as in the
	// first repeat and in all repeats of earlier versions.
	RepeatSeed uint64 `json:"repeat_seed,omitempty"`

	// Target is the store: redis, memcached, null:dht and so on. Empty means DHT, the
	// only target of earlier versions.
	Target string `json:"target,omitempty"`
	// Servers are the addresses of running servers, separated by commas and without
	// passwords. Empty: servers were started for each run.
	Servers string `json:"servers,omitempty"`

	// DurationNS is the length of the measurement: the window of an open loop, or the
	// time that limits a closed loop instead of Operations. The warm-up ends at Warmup
	// operations or after WarmupNS, whichever is first; a 0 is no limit if the other is
	// set.
	DurationNS int64 `json:"duration_ns,omitempty"`
	WarmupNS   int64 `json:"warmup_ns,omitempty"`

	// Workload is the mix of operations: ycsb-a, or shares such as get=95,put=5. If
	// it is empty, all clients put, then all get, then all delete, each key once.
	Workload   string `json:"workload,omitempty"`
	Keys       string `json:"keys,omitempty"`        // of a mix, how keys are chosen: uniform, zipfian:0.99, latest, sequential
	Records    int    `json:"records,omitempty"`     // of a mix, keys put before the start
	ValueSizes string `json:"value_sizes,omitempty"` // uniform:10-100 or bimodal:32,1024,0.9; empty: all ValueBytes

	// Of an open loop only.
	RateOpsPerS float64 `json:"rate_ops_per_s,omitempty"` // offered, by all clients together
	Arrivals    string  `json:"arrivals,omitempty"`       // ConstantArrivals or PoissonArrivals
	Inflight    int     `json:"inflight,omitempty"`       // largest number of operations in flight of a client
	Pacing      string  `json:"pacing,omitempty"`         // PrecisePacing or TimerPacing
	GraceNS     int64   `json:"grace_ns,omitempty"`       // time after the window in which queued operations are sent and replies awaited

	// Connections is the number of connections of each client to each server. Pipeline
	// is the largest number of operations in flight on a connection. Both are 0 in open
	// loops of earlier versions. Closed loops of earlier versions had one of each.
	Connections int `json:"connections,omitempty"`
	Pipeline    int `json:"pipeline,omitempty"`

	Breakdown bool `json:"breakdown,omitempty"` // nodes report their part of the service time
	// Stall is an injected fault: 20ms/1s means that nodes answer nothing for 20 ms in
	// every second. It is empty without a fault.
	Stall string `json:"stall,omitempty"`
	// ServiceTimeNS is another injected fault: each node does one operation at a time
	// and takes this long for it. It is 0 without the fault.
	ServiceTimeNS int64 `json:"service_time_ns,omitempty"`
	// Side is SideA or SideB in a run that compares two sides; otherwise empty.
	Side string `json:"side,omitempty"`
	// Fault is the fault that a study of verdicts injected, such as ThiefFault. Empty:
	// none.
	Fault string `json:"fault,omitempty"`
}

// IsNull reports whether a target is null servers.
func IsNull(target string) bool { return strings.HasPrefix(target, NullPrefix) }

// Protocol returns the store whose protocol a target speaks: redis for redis and
// null:redis.
func Protocol(target string) string { return strings.TrimPrefix(target, NullPrefix) }

// ClosedInflight is the number of operations in flight of a client in a closed loop.
func (p Params) ClosedInflight() int { return max(p.Connections*p.Pipeline, 1) }

// fill sets what earlier versions did not record of a closed loop, so that their results
// can be resumed and compared.
func (p *Params) fill() {
	if !p.Open() {
		p.Connections, p.Pipeline = cmp.Or(p.Connections, 1), cmp.Or(p.Pipeline, 1)
	}
}

// Setting returns p without its repeat and the repeat's seed: what the trials of one
// point of a figure have in common.
func (p Params) Setting() Params {
	p.Repeat, p.RepeatSeed = 0, 0
	return p
}

// WorkloadSeed is the seed of the workload and the schedules.
func (p Params) WorkloadSeed() uint64 { return cmp.Or(p.RepeatSeed, p.Seed) }

// Difference names the parameters in which p and q differ, and their values. With the
// places "there" and "here" it is `nodes: 8 there, 4 here; seed: 1 there, 2 here`.
func (p Params) Difference(q Params, placeOfP, placeOfQ string) string {
	var parts []string
	others := maps.Collect(q.Values())
	for name, x := range p.Values() {
		if y := others[name]; x != y {
			parts = append(parts, fmt.Sprintf("%s: %v %s, %v %s", name, x, placeOfP, y, placeOfQ))
		}
	}
	return strings.Join(parts, "; ")
}

// Values yields the parameters by their names in the record, zero ones included.
func (p Params) Values() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for field, value := range reflect.ValueOf(p).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !yield(name, value.Interface()) {
				return
			}
		}
	}
}

// Load describes the operation and the load: put at 8 clients, mix at 10000/s.
func (p Params) Load() string { return Group{Trials: []Params{p}}.Where() }

// Store returns the target: DHT if Target is empty.
func (p Params) Store() string { return cmp.Or(p.Target, DHT) }

// Cluster describes the servers: 8 nodes, 1 redis server, 2 running memcached servers.
func (p Params) Cluster() string {
	kind := "node"
	if p.Store() != DHT {
		kind = p.Target + " server"
	}
	if p.Servers != "" {
		kind = "running " + kind
	}
	if p.Nodes != 1 {
		kind += "s"
	}
	return fmt.Sprintf("%d %s", p.Nodes, kind)
}

// Open reports whether operations start on a schedule.
func (p Params) Open() bool { return p.Loop == OpenLoop }
