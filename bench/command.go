package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dhtbench/node"
	"dhtbench/provision/host"
	"dhtbench/results"

	"golang.org/x/term"
)

// Command is `dhtbench bench`: a sweep over numbers of clients, and over rates.
// Its fields are its flags.
type Command struct {
	Nodes     int            `help:"Number of DHT nodes." default:"8"`
	Clients   ClientCounts   `help:"Numbers of concurrent clients to measure, as numbers and ranges." default:"1-8"`
	Ops       int            `help:"Operations per client and operation kind." default:"100000"`
	Duration  *time.Duration `help:"Measure for so long instead of --ops; with --rate or --workload." placeholder:"TIME"`
	Warmup    Extent         `help:"Operations per client, or time, before each measurement and not recorded." default:"1000"`
	Trials    int            `help:"Repeats of each setting, the same operations on fresh nodes; 6 give medians an interval." default:"1"`
	Seed      uint64         `help:"Seed of keys, values, schedules and the order of runs." default:"1"`
	Placement string         `help:"Where clients run: separate (outside the node processes) or embedded (inside node processes, no network for local keys)." enum:"separate,embedded" default:"separate"`
	Hosts     string         `help:"Inventory of the hosts to run on, one JSON object a line. Without it: this machine." env:"DHTBENCH_HOSTS" placeholder:"FILE"`

	KeyBytes   int   `group:"Workload" help:"Length of a key." default:"16"`
	ValueBytes Sizes `group:"Workload" help:"Length of a value: 32, uniform:10-100, or bimodal:32,1024,0.9 (this share short)." default:"32"`
	Workload   Mix   `group:"Workload" help:"Mixture of operations: get=95,put=5 (also del, insert), or ycsb-a, -b, -c, -d, -f. Without it: all put, then all get, then all del." placeholder:"MIX"`
	Keys       Keys  `group:"Workload" help:"How a mixture chooses keys: uniform, zipfian:0.99 (any above 0), latest, sequential." placeholder:"HOW"`
	Records    int   `group:"Workload" help:"Keys that a mixture finds." default:"100000"`

	Rate     Rates     `group:"Open loop" help:"Start operations on a schedule, at so many per second of all clients (or 1000/client): 5000, or a sweep 1000-20000:1000." placeholder:"OPS/S"`
	Arrivals string    `group:"Open loop" help:"How intended starts lie: poisson or constant." enum:"poisson,constant" default:"poisson"`
	Inflight int       `group:"Open loop" help:"Connections of a client to each node, and operations it can wait for at once." default:"16"`
	Pacing   string    `group:"Open loop" help:"How a client wakes: precise, timer (as other load generators in Go do), or both in turn." enum:"precise,timer,both" default:"precise"`
	Anatomy  bool      `group:"Open loop" help:"Have nodes tell how long they took, to split the response time."`
	SLO      Objective `name:"slo" group:"Open loop" help:"Search for the highest rate at which this holds and the generator keeps up, between the least and the largest --rate: p99<1ms." placeholder:"P<TIME"`

	Results   string `group:"Output" help:"Results file, one trial a line." default:"results/loopback.jsonl"`
	Resume    bool   `group:"Output" help:"Go on with the results file: do only the trials that it lacks."`
	JSON      bool   `group:"Output" help:"Print the table as JSON, one object a line."`
	Timeline  bool   `group:"Output" help:"Record how latency goes over time in a closed loop, too."`
	Strict    bool   `group:"Output" help:"Fail if any trial is INVALID."`
	Calibrate bool   `group:"Output" help:"Measure servers that answer at once first, as floor and ceiling." default:"true" negatable:""`

	Stall string `help:"Fault for a test of the harness: nodes stop answering for the first time in every second, as 600ms/1s." placeholder:"D/P" hidden:""`
}

// Defaults of flags that have no effect alone.
const (
	defaultOps      = 100_000
	defaultInflight = 16
	defaultRecords  = 100_000
)

// maxNodes bounds the processes started on one machine.
const maxNodes = 256

// Validate returns all faults of the flags at once.
func (c *Command) Validate() error {
	var faults []error
	for _, p := range c.sweep().settings() {
		if _, err := newWorkload(p); err != nil {
			faults = append(faults, err) // of the first setting; the others have the same
			break
		}
	}
	var stall node.Stall
	if c.Stall != "" {
		faults = append(faults, stall.UnmarshalText([]byte(c.Stall)))
	}
	faults = append(faults,
		fault(c.Nodes < 1 || c.Nodes > maxNodes, "--nodes %d: must be 1 to %d", c.Nodes, maxNodes),
		fault(c.Results == "", "--results: name a file"),
		fault(c.Duration != nil && *c.Duration <= 0, "--duration %v: must be above 0", c.duration()),
		fault(c.Duration != nil && c.Ops != defaultOps, "--duration, --ops: say one of them"),
		fault(len(c.Rate.Each) == 0 && (c.Arrivals != Poisson || c.Inflight != defaultInflight || c.Pacing != Precise),
			"--arrivals, --inflight, --pacing: need --rate"),
		fault(c.Workload == (Mix{}) && c.Records != defaultRecords, "--records: needs --workload"),
		fault(c.Stall != "" && c.Placement == Embedded, "--stall: needs nodes of their own, --placement separate"),
		fault(c.SLO.set() && c.Trials > 1, "--trials: a search has none"),
		fault(c.Trials < 1, "--trials %d: must be at least 1", c.Trials),
		fault(c.SLO.set() && (len(c.Rate.Each) < 2 || c.Workload == (Mix{}) || len(c.Clients) != 1),
			"--slo: needs a --rate with the least and the largest to try (as 1000-20000:1000), one number of --clients, and a --workload (ycsb-c is gets alone)"),
		fault(c.SLO.set() && c.Pacing == bothPacings, "--slo: search with one --pacing"),
		fault(c.SLO.set() && c.duration() == 0, "--slo: needs --duration, of each step of the search"))
	return errors.Join(faults...)
}

// duration is how long to measure; 0: as many operations as --ops says.
func (c *Command) duration() time.Duration {
	if c.Duration == nil {
		return 0
	}
	return *c.Duration
}

// sweep is what the flags ask for.
func (c *Command) sweep() Sweep {
	p := results.Params{
		Loop:       Closed,
		Nodes:      c.Nodes,
		Operations: c.Ops,
		Warmup:     c.Warmup.Operations,
		WarmupNS:   int64(c.Warmup.Duration),
		DurationNS: int64(c.duration()),
		KeyBytes:   c.KeyBytes,
		Placement:  c.Placement,
		Seed:       c.Seed,
		ValueBytes: c.ValueBytes.Max(),
		Workload:   c.Workload.String(),
		Breakdown:  c.Anatomy,
		Stall:      c.Stall,
	}
	if c.duration() > 0 {
		p.Operations = 0
	}
	if c.ValueBytes != FixedSizes(p.ValueBytes) {
		p.ValueSizes = c.ValueBytes.String()
	}
	if c.Keys != (Keys{}) {
		p.Keys = c.Keys.String()
	}
	if p.Workload != "" {
		p.Operation, p.Records = mixture, c.Records
		if p.Keys == "" {
			p.Keys = c.Workload.defaultKeys().String()
		}
	}
	if len(c.Rate.Each) > 0 {
		p.Loop, p.Arrivals, p.Inflight, p.Pacing = Open, c.Arrivals, c.Inflight, c.Pacing
	}
	s := Sweep{Params: p, Clients: c.Clients, Rates: c.Rate, Trials: c.Trials}
	if p.Pacing == bothPacings {
		s.Pacings = []string{Precise, Timer}
		s.Params.Pacing = ""
	}
	return s
}

// Run measures what the results file lacks, keeping each trial as it ends, and
// prints the table of the whole sweep.
func (c *Command) Run(ctx context.Context) (err error) {
	file, trials, err := c.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sweep := c.sweep()
	if c.SLO.set() {
		return c.search(ctx, file, trials)
	}
	trials = sweep.Own(trials)

	err = c.measure(ctx, sweep, trials, func(t results.Trial) error {
		if err := file.Append(t); err != nil {
			return err
		}
		trials = append(trials, t)
		return nil
	})
	if err != nil {
		return c.cutShort(ctx, err, len(trials), sweep.Size())
	}
	return c.show(trials)
}

// open opens the results file. One that holds trials is only gone on with when
// that was asked for, and never with another sweep: what was measured is not
// mixed or replaced unasked.
func (c *Command) open() (*results.File, []results.Trial, error) {
	file, trials, torn, err := results.Open(c.Results)
	if err != nil {
		return nil, nil, err
	}
	if len(trials) > 0 && !c.Resume {
		file.Close()
		return nil, nil, fmt.Errorf("%s already holds %d trials: give --resume to do what it lacks, or another file with --results",
			c.Results, len(trials))
	}
	if torn {
		fmt.Fprintf(os.Stderr, "dhtbench: %s: removed a last line that was cut short\n", c.Results)
	}
	own := trials
	if c.SLO.set() {
		own = c.steps(trials)
	}
	if err := c.sweep().joins(own); err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("go on with %s: %w: give the flags it was begun with, or another file with --results", c.Results, err)
	}
	return file, trials, nil
}

// measure does the runs that are missing from trials.
func (c *Command) measure(ctx context.Context, sweep Sweep, trials []results.Trial, record func(results.Trial) error) error {
	runs := sweep.Runs(trials)
	if len(runs) == 0 {
		return nil
	}
	coordinator, err := c.coordinator(ctx, trials, runs)
	if err != nil {
		return err
	}
	defer coordinator.Progress.Close()
	for _, run := range runs {
		err := coordinator.Run(ctx, run, func(t results.Trial) error {
			if err := record(t); err != nil {
				return err
			}
			coordinator.Progress.End(t)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// coordinator makes the hosts ready, and what runs the given runs on them after
// trials that are there already.
func (c *Command) coordinator(ctx context.Context, trials []results.Trial, runs []Run) (*Coordinator, error) {
	fleet, err := c.fleet(ctx)
	if err != nil {
		return nil, err
	}
	c.compare(trials, fleet)
	coordinator := &Coordinator{
		Fleet:     fleet,
		Command:   append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...),
		Progress:  newLines(os.Stderr, runs),
		Calibrate: c.Calibrate,
		Timeline:  c.Timeline,
	}
	counted := len(runs) > 0 && runs[0].Params.Operations > 0 // else nobody knows how many operations there will be
	if counted && term.IsTerminal(int(os.Stderr.Fd())) {
		coordinator.Progress = newBar(os.Stderr, runs)
	}
	return coordinator, nil
}

// fleet makes the hosts ready that the flags name.
func (c *Command) fleet(ctx context.Context) (*Fleet, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the executable to start nodes and agents with: %w", err)
	}
	hosts := []host.Host{host.Local()}
	if c.Hosts != "" {
		if hosts, err = host.ReadInventory(c.Hosts); err != nil {
			return nil, err
		}
	}
	return NewFleet(ctx, hosts, executable)
}

// compare says where what is gone on with was measured by another build or on
// other hosts than what follows will be.
func (c *Command) compare(trials []results.Trial, fleet *Fleet) {
	if len(trials) == 0 {
		return
	}
	last := trials[len(trials)-1]
	if here := buildFacts(); last.Build != here {
		fmt.Fprintf(os.Stderr, "dhtbench: %s: measured so far by another build (revision %.12s), what follows by this one (%.12s)\n",
			c.Results, last.Build.Revision, here.Revision)
	}
	if then, now := names(last.Hosts), names(fleet.facts(c.Nodes, 1)); then != now {
		fmt.Fprintf(os.Stderr, "dhtbench: %s: measured so far on hosts %s, what follows on %s\n", c.Results, then, now)
	}
}

// names lists hosts by what they are.
func names(hosts []results.Host) (list string) {
	for i, h := range hosts {
		if i > 0 {
			list += ", "
		}
		list += fmt.Sprintf("%s (%s, %s)", h.Name, h.CPU, h.Kernel)
	}
	return list
}

// interrupted is err, or a plain word where it is but the user's own signal.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	return err
}

// cutShort says what an unfinished sweep leaves and how to go on.
func (c *Command) cutShort(ctx context.Context, err error, done, size int) error {
	err = interrupted(ctx, err)
	if done == 0 {
		return err
	}
	return fmt.Errorf("%w\n%d of %d trials are kept in %s; the same command with --resume does the rest",
		err, done, size, c.Results)
}
