package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dhtbench/provision/host"
	"dhtbench/results"

	"golang.org/x/term"
)

// Command is `dhtbench bench`: the sweep over numbers of clients on this
// machine. Its fields are its flags.
type Command struct {
	Nodes      int          `help:"Number of DHT nodes." default:"8"`
	Clients    ClientCounts `help:"Numbers of concurrent clients to measure, as numbers and ranges." default:"1-8"`
	Ops        int          `help:"Operations per client and operation kind." default:"100000"`
	Warmup     int          `help:"Operations per client done before each operation kind and not recorded." default:"1000"`
	Trials     int          `help:"Repeats of each setting, each on fresh nodes; 6 give medians an interval." default:"1"`
	Seed       uint64       `help:"Seed of keys, values and the order of runs." default:"1"`
	KeyBytes   int          `help:"Length of a key." default:"16"`
	ValueBytes int          `help:"Length of a value." default:"32"`
	Placement  string       `help:"Where clients run: separate (outside the node processes) or embedded (inside node processes, no network for local keys)." enum:"separate,embedded" default:"separate"`
	Hosts      string       `help:"Inventory of the hosts to run on, one JSON object a line. Without it: this machine." env:"DHTBENCH_HOSTS" placeholder:"FILE"`
	Results    string       `help:"Results file, one trial a line." default:"results/loopback.jsonl"`
	Resume     bool         `help:"Go on with the results file: do only the trials that it lacks."`
	JSON       bool         `help:"Print the table as JSON, one object a line."`
}

// maxNodes bounds the processes started on one machine.
const maxNodes = 256

// Validate returns all faults of the flags at once.
func (c *Command) Validate() error {
	faults := []error{c.workload().Validate()}
	if c.Nodes < 1 || c.Nodes > maxNodes {
		faults = append(faults, fmt.Errorf("--nodes %d: must be 1 to %d", c.Nodes, maxNodes))
	}
	if c.Trials < 1 {
		faults = append(faults, fmt.Errorf("--trials %d: must be at least 1", c.Trials))
	}
	return errors.Join(faults...)
}

func (c *Command) workload() Workload {
	return Workload{Seed: c.Seed, Operations: c.Ops, Warmup: c.Warmup, KeyBytes: c.KeyBytes, ValueBytes: c.ValueBytes}
}

// sweep is what the flags ask for.
func (c *Command) sweep() Sweep {
	return Sweep{
		Params: results.Params{
			Loop:       "closed",
			Nodes:      c.Nodes,
			Operations: c.Ops,
			Warmup:     c.Warmup,
			KeyBytes:   c.KeyBytes,
			ValueBytes: c.ValueBytes,
			Placement:  c.Placement,
			Seed:       c.Seed,
		},
		Clients: c.Clients,
		Trials:  c.Trials,
	}
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
// that was asked for: what was measured is never mixed or replaced unasked.
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
	return file, trials, nil
}

// measure does the runs that are missing from trials.
func (c *Command) measure(ctx context.Context, sweep Sweep, trials []results.Trial, record func(results.Trial) error) error {
	runs := sweep.Runs(trials)
	if len(runs) == 0 {
		return nil
	}
	fleet, err := c.fleet(ctx)
	if err != nil {
		return err
	}
	coordinator := Coordinator{
		Fleet:    fleet,
		Command:  append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...),
		Progress: newLines(os.Stderr, runs),
	}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		coordinator.Progress = newBar(os.Stderr, runs)
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

// cutShort says what an unfinished sweep leaves and how to go on.
func (c *Command) cutShort(ctx context.Context, err error, done, size int) error {
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	return fmt.Errorf("%w\n%d of %d trials are kept in %s; the same command with --resume does the rest",
		err, done, size, c.Results)
}

// show prints the summaries of trials and returns an error if any operation in
// them went wrong.
func (c *Command) show(trials []results.Trial) error {
	summaries := results.Summarize(trials)
	if c.JSON {
		if err := writeJSON(os.Stdout, summaries); err != nil {
			return err
		}
	} else {
		fmt.Printf("%d nodes, %s clients, %d operations per client, closed loop, trials: %d\n",
			c.Nodes, c.Placement, c.Ops, c.Trials)
		if err := writeTable(os.Stdout, summaries); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
		fmt.Printf("trials are in %s\n", c.Results)
	}
	return wrong(trials)
}

// wrong says how many operations of trials went wrong, and quotes one.
func wrong(trials []results.Trial) error {
	var sum results.Counts
	var first string
	for _, t := range trials {
		sum = sum.Add(t.Counts())
		for _, client := range t.Clients {
			if first == "" {
				first = client.FirstError
			}
		}
	}
	if sum.Bad() == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d operations went wrong: %d not found, %d failed, %d unknown, %d wrong values; the first: %s",
		sum.Bad(), sum.Total(), sum.NotFound, sum.Failed, sum.Unknown, sum.Wrong, first)
}
