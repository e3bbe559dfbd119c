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

// Run measures the trials that the results file lacks, appends each as it ends, and
// prints the table of the whole sweep.
func (c *Command) Run(ctx context.Context) (err error) {
	if c.Results == "" {
		c.Results = datedName(time.Now())
	}
	file, trials, err := c.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sweep := c.sweep()
	if c.SLO.set() {
		return c.search(ctx, file, trials)
	}
	trials = sweep.own(trials)

	err = c.measure(ctx, sweep, trials, func(t results.Trial) error {
		if err := file.Append(t); err != nil {
			return err
		}
		trials = append(trials, t)
		return nil
	})
	if err != nil {
		return c.cutShort(ctx, err, len(trials), sweep.size())
	}
	return c.show(trials)
}

// datedName is the default name of a results file.
func datedName(now time.Time) string {
	return "results/bench-" + now.UTC().Format("20060102T150405Z") + ".jsonl"
}

// open opens the results file. If it holds trials, --resume must be given and they
// must be of the same sweep, so that results are never mixed or replaced.
func (c *Command) open() (*results.File, []results.Trial, error) {
	return openResults(c.Results, c.Resume, c.sweep().checkSame)
}

// openResults opens a results file to add trials. It continues one that holds trials
// only if resume is set, and only those that checkSame accepts.
func openResults(name string, resume bool, checkSame func([]results.Trial) error) (*results.File, []results.Trial, error) {
	file, trials, torn, err := results.Open(name)
	if err != nil {
		return nil, nil, err
	}
	if torn {
		fmt.Fprintf(os.Stderr, "dhtbench: %s: removed an incomplete last line\n", name)
	}
	if len(trials) > 0 && !resume {
		file.Close()
		return nil, nil, fmt.Errorf("%s already holds %d trials: give --resume to measure the rest, or another file with --results",
			name, len(trials))
	}
	err = checkSame(trials)
	if err == nil {
		trials, err = dropInterrupted(name, file, trials)
	}
	if err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("resume %s: %w; give the flags of its trials, or another file with --results", name, err)
	}
	return file, trials, nil
}

// dropInterrupted removes a last trial that was interrupted, which is measured
// again.
func dropInterrupted(name string, file *results.File, trials []results.Trial) ([]results.Trial, error) {
	n := len(trials)
	if n == 0 || trials[n-1].Ended() != results.Interrupted {
		return trials, nil
	}
	fmt.Fprintf(os.Stderr, "dhtbench: %s: measuring the interrupted last trial again\n", name)
	return trials[:n-1], file.DropLast()
}

// measure does the runs that are missing from trials.
func (c *Command) measure(ctx context.Context, s sweep, trials []results.Trial, record func(results.Trial) error) error {
	runs := s.runs(trials)
	if len(runs) == 0 {
		return nil
	}
	co, err := c.coordinator(ctx, trials, runs)
	if err != nil {
		return err
	}
	defer co.progress.close()
	for _, run := range runs {
		err := co.run(ctx, run, func(t results.Trial) error {
			if err := record(t); err != nil {
				return err
			}
			co.progress.end(t)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// coordinator prepares the hosts and returns the coordinator of the given runs.
// trials are those already measured.
func (c *Command) coordinator(ctx context.Context, trials []results.Trial, runs []sweepRun) (*coordinator, error) {
	f, err := c.fleet(ctx)
	if err != nil {
		return nil, err
	}
	c.warnOther(trials, f)
	co := &coordinator{
		fleet:    f,
		servers:  c.running(),
		command:  append([]string{filepath.Base(os.Args[0])}, recorded(os.Args[1:], c.running())...),
		progress: newLines(os.Stderr, runs),
		clock:    node.NewClock(),
		baseline: c.Baseline,
		timeline: c.Timeline,
	}
	counted := len(runs) > 0 && operations(runs[0].params) > 0 // else the number of operations is not known
	if counted && term.IsTerminal(int(os.Stderr.Fd())) {
		co.progress = newBar(os.Stderr, runs)
	}
	return co, nil
}

// fleet prepares the hosts that the flags name.
func (c *Command) fleet(ctx context.Context) (*fleet, error) {
	hosts := []host.Host{host.Local()}
	if c.Hosts != "" {
		var err error
		if hosts, err = host.ReadInventory(c.Hosts); err != nil {
			return nil, err
		}
	}
	if c.HostExecutable != "" {
		if err := checkBuild(c.HostExecutable); err != nil {
			return nil, fmt.Errorf("--host-executable: %w", err)
		}
	}
	f, err := newFleet(ctx, hosts, c.HostExecutable)
	if err != nil {
		return nil, err
	}
	if running := c.running(); len(running) > 0 {
		err = f.tryRunning(ctx, c.Target[0], running)
	} else {
		err = f.tryServers(ctx, c.Target)
	}
	if err != nil {
		return nil, fmt.Errorf("preflight: %w", err)
	}
	return f, nil
}

// warnOther warns if the trials measured so far are of another build or of other
// hosts.
func (c *Command) warnOther(trials []results.Trial, f *fleet) {
	if len(trials) == 0 {
		return
	}
	last := trials[len(trials)-1]
	if here := buildFacts(); last.Build != here {
		fmt.Fprintf(os.Stderr, "dhtbench: %s: the trials so far are of another build (revision %.12s) than the rest (%.12s)\n",
			c.Results, last.Build.Revision, here.Revision)
	}
	if then, now := names(last.Hosts), names(f.facts(len(last.Hosts), 1)); then != now {
		fmt.Fprintf(os.Stderr, "dhtbench: %s: the trials so far are of other hosts (%s) than the rest (%s)\n", c.Results, then, now)
	}
}

// names lists hosts with processor and kernel.
func names(hosts []results.Host) (list string) {
	for i, h := range hosts {
		if i > 0 {
			list += ", "
		}
		list += fmt.Sprintf("%s (%s, %s)", h.Name, h.CPU, h.Kernel)
	}
	return list
}

// interrupted returns err, or a short error if a signal ended ctx.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	return err
}

// cutShort adds to err how many trials were kept and how to resume the sweep.
func (c *Command) cutShort(ctx context.Context, err error, done, size int) error {
	err = interrupted(ctx, err)
	if done == 0 {
		return err
	}
	return fmt.Errorf("%w\n%d of %d trials are kept in %s, the last one in part if it was interrupted; run the same command with --resume to measure the rest",
		err, done, size, c.Results)
}
