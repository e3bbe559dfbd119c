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
// prints the table of the whole sweep. It leaves out settings that need more memory,
// open files or threads than the hosts have, and settings that fail. Its error names
// them.
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

	left, err := c.measure(ctx, sweep, trials, func(t results.Trial) error {
		if err := file.Append(t); err != nil {
			return err
		}
		trials = append(trials, t)
		return nil
	})
	short := c.cutShort(ctx, errors.Join(left, interrupted(ctx, err)), len(trials), sweep.size())
	if err != nil || len(trials) == 0 {
		return short
	}
	err = errors.Join(c.show(trials), short)
	if c.comparing() && short == nil {
		err = errors.Join(err, c.compare(trials))
	}
	return err
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

// measure does the runs that are missing from trials and passes each new trial to
// record. left is an error that names the settings that were left out. Both errors may
// be set.
func (c *Command) measure(ctx context.Context, s sweep, trials []results.Trial, record func(results.Trial) error) (left, err error) {
	runs := s.runs(trials)
	if len(runs) == 0 {
		return nil, nil
	}
	co, err := c.coordinator(ctx, trials)
	if err != nil {
		return nil, err
	}
	var out omissions
	runs = out.fitting(co.fleet, runs, os.Stderr)
	co.progress = newProgress(os.Stderr, terminal(os.Stderr), runs)
	defer co.progress.close()
	failed := false
	for i, run := range runs {
		if (i == 0 || runs[i-1].params.Repeat < run.params.Repeat) && c.settled(trials) {
			break
		}
		if out.has(run.params) {
			continue
		}
		if failed { // because of its setting, or because a host failed: the preflight decides
			if _, err := c.fleet(ctx); err != nil {
				return out.err(len(s.settings())), err
			}
		}
		var recorded error
		err := co.run(ctx, run, func(t results.Trial) error {
			if recorded = record(t); recorded == nil {
				trials = append(trials, t)
				co.progress.end(t)
			}
			return recorded
		})
		if failed = err != nil; failed {
			if ctx.Err() != nil || recorded != nil || errors.Is(err, host.ErrLost) {
				return out.err(len(s.settings())), err
			}
			co.progress.note(out.add(run.params, err))
		}
	}
	return out.err(len(s.settings())), nil
}

// settled reports whether these trials satisfy --until, so that the sweep can end
// early.
func (c *Command) settled(trials []results.Trial) bool {
	if c.Until == 0 || len(trials) == 0 {
		return false
	}
	for _, s := range results.Summarize(trials) {
		e := s.Throughput
		if s.Setting.Open() {
			e = s.Latency().Quantile(0.5)
		}
		if !e.HasInterval() || !(e.High-e.Low <= 2*float64(c.Until)*e.Median) {
			return false
		}
	}
	return true
}

// coordinator prepares the hosts and returns a coordinator without progress. trials are
// those already measured.
func (c *Command) coordinator(ctx context.Context, trials []results.Trial) (*coordinator, error) {
	f, err := c.fleet(ctx)
	if err != nil {
		return nil, err
	}
	c.warnOther(trials, f)
	servers := make(map[string][]string)
	for _, side := range c.each() {
		servers[serverNames(side.running())] = side.running()
	}
	return &coordinator{
		fleet:    f,
		servers:  servers,
		command:  append([]string{filepath.Base(os.Args[0])}, recorded(os.Args[1:], c.each())...),
		clock:    node.NewClock(),
		baseline: c.Baseline,
		timeline: c.Timeline,
	}, nil
}

// terminal returns a function that returns the number of columns of the terminal f. It
// returns nil if f is not a terminal.
func terminal(f *os.File) (columns func() int) {
	if !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return func() int {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
			return columns
		}
		return width
	}
}

// fleet prepares the hosts that the flags name.
func (c *Command) fleet(ctx context.Context) (*fleet, error) {
	hosts := []host.Host{host.Local()}
	if len(c.Hosts) > 0 {
		hosts = c.Hosts
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
	for _, side := range c.each() {
		if running := side.running(); len(running) > 0 {
			err = f.tryRunning(ctx, side.Target[0], running)
		} else {
			err = f.tryServers(ctx, side.Target)
		}
		if err != nil {
			return nil, fmt.Errorf("preflight: %w", err)
		}
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

// cutShort adds to err how many trials were kept and how to resume the sweep. It
// returns nil if err is nil.
func (c *Command) cutShort(ctx context.Context, err error, done, size int) error {
	if err == nil {
		return nil
	}
	if done == 0 {
		return err
	}
	part := ""
	if ctx.Err() != nil {
		part = ", the last one in part if it was interrupted"
	}
	return fmt.Errorf("%w\n%d of %d trials are kept in %s%s; run the same command with --resume to measure the rest",
		err, done, size, c.Results, part)
}
