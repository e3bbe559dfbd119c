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
	Nodes     int            `help:"Number of DHT nodes." default:"8"`
	Clients   clientCounts   `help:"Numbers of concurrent clients to measure, as numbers and ranges." default:"1-8"`
	Ops       int            `help:"Operations per client and operation kind." default:"100000"`
	Duration  *time.Duration `help:"Measure for so long instead of --ops; needs --rate or --workload." placeholder:"TIME"`
	Warmup    extent         `help:"Operations per client, time, or both (whichever ends first) before each measurement, not recorded." default:"1000,2s"`
	Trials    int            `help:"Repeats of each setting on fresh nodes; 6 give medians an interval." default:"1"`
	Seed      uint64         `help:"Seed of keys, values, schedules and the order of runs." default:"1"`
	Placement string         `help:"Where clients run: separate (processes of their own) or embedded (in the node processes, no network for local keys)." enum:"separate,embedded" default:"separate"`
	Hosts     string         `help:"Inventory of the hosts to run on, one JSON object a line. Default: this machine." env:"DHTBENCH_HOSTS" placeholder:"FILE"`

	KeyBytes   int            `group:"Workload" help:"Length of a key." default:"16"`
	ValueBytes workload.Sizes `group:"Workload" help:"Length of a value: 32, uniform:10-100, or bimodal:32,1024,0.9 (this share short)." default:"32"`
	Workload   workload.Mix   `group:"Workload" help:"Mix of operations: get=95,put=5 (also del, insert), or ycsb-a, -b, -c, -d, -f. Default: all put, then all get, then all del." placeholder:"MIX"`
	Keys       workload.Keys  `group:"Workload" help:"How a mix chooses keys: uniform, zipfian:0.99 (any above 0), latest, sequential." placeholder:"HOW"`
	Records    int            `group:"Workload" help:"Records loaded before a mixed workload." default:"100000"`

	Rate      rates     `group:"Open loop" help:"Start operations on a schedule at this rate of all clients (or 1000/client): 5000, or a sweep 1000-20000:1000." placeholder:"OPS/S"`
	Arrivals  string    `group:"Open loop" help:"Intervals between intended starts: poisson or constant." enum:"poisson,constant" default:"poisson"`
	Inflight  int       `group:"Open loop" help:"Operations that a client can have in flight, each on its own connection to every node." default:"16"`
	Pacing    string    `group:"Open loop" help:"How a client waits for intended starts: precise, timer (Go's timers, for comparison), or both in turn." enum:"precise,timer,both" default:"precise"`
	Breakdown bool      `group:"Open loop" help:"Split the service time into network, queue and work, as nodes report them."`
	SLO       objective `name:"slo" group:"Open loop" help:"Search between the lowest and highest --rate for the highest at which this holds: p99<1ms." placeholder:"P<TIME"`

	Results  string `group:"Output" help:"Results file, one trial a line." default:"results/loopback.jsonl"`
	Resume   bool   `group:"Output" help:"Continue the results file: do only the trials that it lacks."`
	JSON     bool   `group:"Output" help:"Print the table as JSON, one object a line."`
	Timeline bool   `group:"Output" help:"Record latency over time in a closed loop too."`
	Strict   bool   `group:"Output" help:"Fail if any trial is INVALID."`
	Baseline bool   `group:"Output" help:"Measure null servers first, for comparison." default:"true" negatable:""`

	Stall string `help:"Fault for a test of the harness: nodes stop answering for the first time in every second, as 600ms/1s." placeholder:"D/P" hidden:""`
}

// Defaults of flags that have no effect alone.
const (
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

// Validate returns everything that is wrong with the flags.
func (c *Command) Validate() error {
	var errs []error
	for _, p := range c.sweep().settings() {
		if _, err := newPlan(p); err != nil {
			errs = append(errs, err)
			break // the others have the same
		}
	}
	var stall node.Stall
	if c.Stall != "" {
		errs = append(errs, stall.UnmarshalText([]byte(c.Stall)))
	}
	open, mixed := len(c.Rate.each) > 0, c.Workload != (workload.Mix{})
	errs = append(errs,
		refuse(c.Nodes < 1 || c.Nodes > maxNodes, "--nodes %d: must be 1 to %d", c.Nodes, maxNodes),
		refuse(c.Results == "", "--results: must name a file"),
		refuse(c.Duration != nil && *c.Duration <= 0, "--duration %v: must be above 0", c.duration()),
		refuse(c.Duration != nil && c.Ops != defaultOps, "--duration and --ops are mutually exclusive"),
		refuse(!open && (c.Arrivals != results.PoissonArrivals || c.Inflight != defaultInflight || c.Pacing != results.PrecisePacing),
			"--arrivals, --inflight and --pacing need --rate"),
		refuse(!mixed && c.Records != defaultRecords, "--records needs --workload"),
		refuse(c.Stall != "" && c.Placement == results.EmbeddedPlacement, "--stall needs --placement separate"),
		refuse(c.Trials < 1 || c.Trials > maxTrials, "--trials %d: must be 1 to %d", c.Trials, maxTrials),
		c.checkSearch(mixed))
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
		refuse(len(c.Clients) != 1, "--slo needs one number of --clients"),
		refuse(!mixed, "--slo needs a --workload; ycsb-c is gets alone"),
		refuse(c.Pacing == bothPacings, "--slo cannot be combined with --pacing both"),
		refuse(c.duration() == 0, "--slo needs --duration, the length of each step"))
	if err != nil {
		return err
	}
	least := c.searchOf().shortestStep()
	return refuse(c.duration() < least, "--duration %v: too short for %v at %.6g operations/s; give at least %v",
		c.duration(), c.SLO, c.searchOf().low, least)
}

// duration is how long to measure; 0: as many operations as --ops says.
func (c *Command) duration() time.Duration {
	if c.Duration == nil {
		return 0
	}
	return *c.Duration
}

// sweep is what the flags ask for.
func (c *Command) sweep() sweep {
	p := results.Params{
		Loop:       results.ClosedLoop,
		Nodes:      c.Nodes,
		Operations: c.Ops,
		Warmup:     c.Warmup.operations,
		WarmupNS:   int64(c.Warmup.duration),
		DurationNS: int64(c.duration()),
		KeyBytes:   c.KeyBytes,
		Placement:  c.Placement,
		Seed:       c.Seed,
		ValueBytes: c.ValueBytes.Max(),
		Workload:   c.Workload.String(),
		Breakdown:  c.Breakdown,
		Stall:      c.Stall,
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
	if p.Pacing == bothPacings {
		s.pacings = []string{results.PrecisePacing, results.TimerPacing}
		s.params.Pacing = ""
	}
	return s
}
