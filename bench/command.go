package bench

import (
	"errors"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/node"
	"dhtbench/results"
)

// Command is "dhtbench bench": a sweep over numbers of clients, and over rates.
// Its fields are its flags.
type Command struct {
	Target         []string       `help:"Stores to measure in turn: dht, redis, memcached, null:dht, null:redis, null:memcached." default:"dht" placeholder:"STORE"`
	Nodes          *int           `help:"Number of servers to start for each target. Default: one on each host of --hosts, or 8 on this machine." placeholder:"N"`
	Servers        []string       `help:"Running servers to measure: host:port, or redis://:password@host:port/database. Records may stay in them." placeholder:"ADDR"`
	Cluster        clusterFile    `help:"File that lists running servers to measure, one host:port a line." placeholder:"FILE"`
	Clients        clientCounts   `help:"Numbers of concurrent clients, as numbers and ranges." default:"1-8"`
	Ops            int            `help:"Operations per client and operation kind." default:"100000"`
	Duration       *time.Duration `help:"Length of each measurement, instead of --ops; needs --rate or --workload." placeholder:"TIME"`
	Warmup         extent         `help:"Warm-up before each measurement: operations per client, time, or both (the shorter counts)." default:"1000,2s"`
	Trials         int            `help:"Repeats of each setting, each on newly started servers; intervals of medians need 6." default:"1"`
	Until          percentage     `help:"Stop before --trials when, in every setting, the interval of throughput (closed loop) or p50 (open loop) is within this share of the median, such as 2%." placeholder:"PERCENT"`
	Seed           uint64         `help:"Seed of keys, values, schedules and the order of runs." default:"1"`
	Pipeline       int            `help:"Largest number of operations in flight on a connection. Default: 1 in a closed loop, --inflight in an open one." placeholder:"N"`
	Connections    int            `help:"Connections of each client to each server. Default: 1 in a closed loop, enough for --inflight in an open one." placeholder:"N"`
	Placement      string         `help:"Where clients run: separate (own processes) or embedded (in node processes, without network for local keys)." enum:"separate,embedded" default:"separate"`
	Hosts          inventory      `help:"Inventory of the hosts to run on, one JSON object a line. Default: this machine." env:"DHTBENCH_HOSTS" placeholder:"FILE"`
	ShareHosts     bool           `help:"Allow more servers of a target than hosts, several on a host."`
	HostExecutable string         `help:"Executable of dhtbench for the hosts, if their system or architecture differs from this machine's. Default: this one." placeholder:"FILE"`

	KeyBytes   int            `group:"Workload" help:"Length of a key in bytes." default:"16"`
	ValueBytes workload.Sizes `group:"Workload" help:"Length of a value in bytes: 32, uniform:10-100, or bimodal:32,1024,0.9 (32 with probability 0.9)." default:"32"`
	Workload   workload.Mix   `group:"Workload" help:"Mix of operations: get=95,put=5 (also del, insert, rmw), or ycsb-a, -b, -c, -d, -f. Default: all put, then all get, then all del." placeholder:"MIX"`
	Keys       workload.Keys  `group:"Workload" help:"Key distribution of a mix: uniform, zipfian:0.99 (any exponent above 0), latest, sequential." placeholder:"HOW"`
	Records    int            `group:"Workload" help:"Records loaded before a mixed workload." default:"100000"`

	Rate      rates     `group:"Open loop" help:"Offered operations per second of all clients together: 5000, or a sweep 1000-20000:1000. For each client: 1000/client." placeholder:"OPS/S"`
	Arrivals  string    `group:"Open loop" help:"Intervals between intended starts: poisson or constant." enum:"poisson,constant" default:"poisson"`
	Inflight  int       `group:"Open loop" help:"Largest number of operations in flight of a client." default:"16"`
	Pacing    string    `group:"Open loop" help:"How agents wait for intended starts: precise, timer (Go's timers, for comparison), or both in turn." enum:"precise,timer,both" default:"precise"`
	Breakdown bool      `group:"Open loop" help:"Split service time into network, queue and work, as reported by the nodes."`
	SLO       objective `name:"slo" group:"Open loop" help:"Search the range of --rate for the highest rate at which this holds: p99<1ms." placeholder:"P<TIME"`

	Results  string `group:"Output" help:"Results file, one trial a line. Default: a new file in results/, named by the date." placeholder:"FILE"`
	Resume   bool   `group:"Output" help:"Resume the results file: measure only the trials that it lacks."`
	JSON     bool   `group:"Output" help:"Print the table as JSON, one object a line."`
	Timeline bool   `group:"Output" help:"Record latency over time in a closed loop too."`
	Strict   bool   `group:"Output" help:"Fail if any trial is INVALID."`
	Baseline bool   `group:"Output" help:"Measure null servers first, for comparison." default:"true" negatable:""`

	Percentiles results.Percentiles `group:"Output" help:"Percentiles of the table: p50,p95,p99.9. Default: as many of p50, p90, p95, p99 and p99.9 as fit 80 columns." placeholder:"LIST"`

	A  *string `group:"Comparison" name:"a" help:"Flags of side A, such as --a='--target redis'. All other flags apply to both sides." placeholder:"FLAGS"`
	B  *string `group:"Comparison" name:"b" help:"Flags of side B." placeholder:"FLAGS"`
	AA bool    `group:"Comparison" name:"aa" help:"Compare two equal sides, to see which differences can be found on this machine."`

	side string // in a comparison, results.SideA or SideB

	Stall string `help:"Fault for tests of the harness: nodes answer nothing for D at the start of every period P, such as 600ms/1s." placeholder:"D/P" hidden:""`

	ServiceTime time.Duration `help:"Fault for tests of the harness: nodes do one operation at a time and take this long for each." placeholder:"TIME" hidden:""`
}

// Defaults of flags that need or exclude other flags.
const (
	defaultNodes    = 8
	defaultOps      = 100_000
	defaultInflight = 16
	defaultRecords  = 100_000
)

const (
	// maxNodes bounds the processes started on one machine.
	maxNodes = 256
	// maxTrials bounds the runs of a sweep, which are planned before the first.
	maxTrials = 10_000
)

// Validate returns all errors of the flags.
func (c *Command) Validate() error {
	var errs []error
	for _, p := range c.sweep().settings() {
		if _, err := newPlan(p); err != nil {
			errs = append(errs, err)
			break // other settings have the same errors
		}
	}
	var stall node.Stall
	if c.Stall != "" {
		errs = append(errs, stall.UnmarshalText([]byte(c.Stall)))
	}
	open, mixed := len(c.Rate.each) > 0, c.Workload != (workload.Mix{})
	errs = append(errs,
		refuse(c.nodes() < 1 || c.nodes() > maxNodes, "--nodes %d: must be 1 to %d", c.nodes(), maxNodes),
		refuse(len(c.Hosts) > 0 && c.Nodes != nil && c.nodes() > len(c.Hosts) && !c.ShareHosts,
			"--nodes %d: more than the %s of --hosts; give --nodes %[3]d, or --share-hosts to start several on a host",
			c.nodes(), plural(len(c.Hosts), "host"), len(c.Hosts)),
		refuse(c.ShareHosts && len(c.Hosts) == 0, "--share-hosts needs --hosts"),
		refuse(c.Resume && c.Results == "", "--resume needs --results"),
		refuse(c.HostExecutable != "" && len(c.Hosts) == 0, "--host-executable needs --hosts"),
		refuse(c.Duration != nil && *c.Duration <= 0, "--duration %v: must be above 0", c.duration()),
		refuse(c.Duration != nil && c.Ops != defaultOps, "--duration and --ops are mutually exclusive"),
		refuse(!open && (c.Arrivals != results.PoissonArrivals || c.Inflight != defaultInflight || c.Pacing != results.PrecisePacing),
			"--arrivals, --inflight and --pacing need --rate"),
		refuse(!mixed && c.Records != defaultRecords, "--records needs --workload"),
		refuse(c.Stall != "" && c.Placement == results.EmbeddedPlacement, "--stall needs --placement separate"),
		refuse(c.Placement == results.EmbeddedPlacement && max(c.Connections, 1)*max(c.Pipeline, 1) > 1,
			"--connections and --pipeline above 1 need --placement separate"),
		refuse(c.ServiceTime < 0, "--service-time %v: must not be negative", c.ServiceTime),
		refuse(c.ServiceTime > 0 && c.Placement == results.EmbeddedPlacement, "--service-time needs --placement separate"),
		refuse(c.ServiceTime > 0 && c.Stall != "", "--stall and --service-time are mutually exclusive"),
		refuse(c.Trials < 1 || c.Trials > maxTrials, "--trials %d: must be 1 to %d", c.Trials, maxTrials),
		refuse(c.Until > 0 && c.Trials < fewestTrials, "--until needs --trials, the largest number of repeats, of at least %d", fewestTrials),
		c.checkTargets(),
		c.checkRunning(),
		c.checkSearch(mixed),
		c.checkSides())
	return errors.Join(errs...)
}

// checkSearch checks the flags of a search.
func (c *Command) checkSearch(mixed bool) error {
	if !c.SLO.set() {
		return nil
	}
	err := errors.Join(
		refuse(c.Trials > 1, "--trials cannot be combined with --slo"),
		refuse(len(c.Rate.each) < 2, "--slo needs the lowest and the highest rate to try, such as --rate 1000-20000:1000"),
		refuse(len(c.Clients) != 1, "--slo needs exactly one number of clients; give one with --clients"),
		refuse(!mixed, "--slo needs --workload; for gets only, give ycsb-c"),
		refuse(len(c.Target) != 1, "--slo needs exactly one target; give one with --target"),
		refuse(c.Pacing == bothPacings, "--slo cannot be combined with --pacing both"),
		refuse(c.duration() == 0, "--slo needs --duration, the length of each step"))
	if err != nil {
		return err
	}
	least := c.searchOf().shortestStep()
	return refuse(c.duration() < least, "--duration %v: too short for %v at %.6g operations/s; give at least %v",
		c.duration(), c.SLO, c.searchOf().low, least)
}

// nodes is the number of servers to start for each target.
func (c *Command) nodes() int {
	switch {
	case c.Nodes != nil:
		return *c.Nodes
	case len(c.Hosts) > 0:
		return len(c.Hosts)
	}
	return defaultNodes
}

// duration is the length of a measurement; 0 means that --ops limits it.
func (c *Command) duration() time.Duration {
	if c.Duration == nil {
		return 0
	}
	return *c.Duration
}

// sweep returns the sweep that the flags describe.
func (c *Command) sweep() sweep {
	if c.comparing() {
		return c.comparison()
	}
	p := results.Params{
		Side:          c.side,
		Loop:          results.ClosedLoop,
		Nodes:         c.nodes(),
		Operations:    c.Ops,
		Warmup:        c.Warmup.operations,
		WarmupNS:      int64(c.Warmup.duration),
		DurationNS:    int64(c.duration()),
		KeyBytes:      c.KeyBytes,
		Placement:     c.Placement,
		Seed:          c.Seed,
		ValueBytes:    c.ValueBytes.Max(),
		Workload:      c.Workload.String(),
		Connections:   c.Connections,
		Pipeline:      c.Pipeline,
		Breakdown:     c.Breakdown,
		Stall:         c.Stall,
		ServiceTimeNS: int64(c.ServiceTime),
	}
	if running := c.running(); len(running) > 0 {
		p.Nodes, p.Servers = len(running), serverNames(running)
	}
	if c.duration() > 0 {
		p.Operations = 0
	}
	if c.ValueBytes != workload.FixedSizes(p.ValueBytes) {
		p.ValueSizes = c.ValueBytes.String()
	}
	if c.Keys != (workload.Keys{}) {
		p.Keys = c.Keys.String()
	}
	if p.Workload != "" {
		p.Operation, p.Records = results.Mix, c.Records
		if p.Keys == "" {
			p.Keys = c.Workload.Keys().String()
		}
	}
	if len(c.Rate.each) > 0 {
		p.Loop, p.Arrivals, p.Inflight, p.Pacing = results.OpenLoop, c.Arrivals, c.Inflight, c.Pacing
	}
	s := sweep{params: p, clients: c.Clients, rates: c.Rate, trials: c.Trials}
	for _, name := range c.Target {
		if name == results.DHT {
			name = "" // as in records before targets
		}
		s.targets = append(s.targets, name)
	}
	if len(s.targets) == 1 {
		s.params.Target = s.targets[0]
	}
	if p.Pacing == bothPacings {
		s.pacings = []string{results.PrecisePacing, results.TimerPacing}
		s.params.Pacing = ""
	}
	return s
}
