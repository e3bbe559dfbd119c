package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dhtbench/node"
	"dhtbench/provision/host"
	"dhtbench/results"
)

// StudyCommand is "dhtbench study", which measures how often verdicts are wrong on
// this machine: healthy trials that are not VALID, and trials with an injected fault
// that are, or that have no warning that is right for the fault. Its fields are its
// flags.
type StudyCommand struct {
	Repeats int           `help:"Trials of each case." default:"20"`
	Length  time.Duration `help:"Length of each trial." default:"1s"`
	Cases   []string      `help:"Measure only these cases: \"thief,closed with 2 clients\". Default: all." placeholder:"CASE"`
	Seed    uint64        `help:"Seed of the workload of the first repeat and of the order of trials." default:"1"`
	Results string        `help:"Results file, one trial a line." default:"results/verdict.jsonl"`
	Resume  bool          `help:"Continue the results file: do only the trials that it lacks."`
}

// Validate returns everything that is wrong with the flags.
func (c *StudyCommand) Validate() error {
	errs := []error{
		refuse(c.Repeats < 1, "--repeats %d: must be at least 1", c.Repeats),
		refuse(c.Length < shortestStudy, "--length %v: must be at least %v", c.Length, shortestStudy),
		refuse(c.Results == "", "--results: must name a file"),
	}
	var names []string
	for _, p := range c.all() {
		names = append(names, p.Case())
	}
	for _, name := range c.Cases {
		errs = append(errs, refuse(!slices.Contains(names, name), "--cases %q: must be among %s", name, strings.Join(names, ", ")))
	}
	return errors.Join(errs...)
}

// shortestStudy is the shortest trial in which every fault is injected.
const shortestStudy = 300 * time.Millisecond

// Run measures what the results file lacks, keeping each trial as it ends, and
// prints how the cases were judged.
func (c *StudyCommand) Run(ctx context.Context) (err error) {
	cases := c.possible(os.Stderr)
	file, trials, err := openResults(c.Results, c.Resume, c.checkSame)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	runs := c.runs(cases, trials)
	if len(runs) > 0 {
		co, err := c.coordinator(ctx, runs)
		if err != nil {
			return err
		}
		defer co.progress.close()
		for _, run := range runs {
			err := co.run(ctx, run, func(t results.Trial) error {
				trials = append(trials, t)
				co.progress.end(t)
				return file.Append(t)
			})
			if err != nil {
				return fmt.Errorf("%s, repeat %d: %w\n%d trials are kept in %s; the same command with --resume does the rest",
					run.params.Case(), run.params.Repeat, interrupted(ctx, err), len(trials), c.Results)
			}
		}
	}
	return writeStudy(os.Stdout, trials)
}

// coordinator is what runs the trials, without baselines: no verdict needs them.
func (c *StudyCommand) coordinator(ctx context.Context, runs []sweepRun) (*coordinator, error) {
	f, err := newFleet(ctx, []host.Host{host.Local()}, "")
	if err != nil {
		return nil, err
	}
	command := append([]string{filepath.Base(os.Args[0])}, os.Args[1:]...)
	return &coordinator{fleet: f, command: command, progress: newProgress(os.Stderr, terminal(os.Stderr), runs), clock: node.NewClock()}, nil
}

// possible are the cases that were asked for and that this machine allows. It says
// on w which are left out.
func (c *StudyCommand) possible(w io.Writer) []results.Params {
	return slices.DeleteFunc(c.all(), func(p results.Params) bool {
		if len(c.Cases) > 0 && !slices.Contains(c.Cases, p.Case()) {
			return true
		}
		if p.Fault != results.QuotaFault {
			return false
		}
		q, err := newQuota("/")
		if err == nil {
			err = q.remove()
		}
		if err != nil {
			fmt.Fprintf(w, "dhtbench: left out %s: %v\n", p.Case(), err)
		}
		return err != nil
	})
}

// all are the parameters of all cases, in order, of the first repeat.
func (c *StudyCommand) all() []results.Params {
	base := results.Params{
		Operation: results.Mix, Nodes: 2, KeyBytes: 16, ValueBytes: 32, Placement: results.SeparatePlacement,
		Workload: "ycsb-c", Keys: "zipfian:0.99", Records: 1000,
		DurationNS: int64(c.Length), Warmup: 1000, WarmupNS: int64(2 * time.Second), Seed: c.Seed,
	}
	closed := func(clients int, fault string) results.Params {
		s := sweep{params: base}
		s.params.Loop, s.params.Fault = results.ClosedLoop, fault
		return s.at(clients, 0, "")
	}
	open := func(clients int, rate float64, fault string) results.Params {
		s := sweep{params: base}
		s.params.Loop, s.params.Arrivals, s.params.Inflight, s.params.Fault = results.OpenLoop, results.PoissonArrivals, defaultInflight, fault
		return s.at(clients, rate, results.PrecisePacing)
	}
	timers := open(1, 2000, results.TimersFault)
	timers.Pacing = results.TimerPacing
	fewSlots := open(1, 500, results.FewSlotsFault)
	fewSlots.Inflight, fewSlots.Stall = 1, "50ms/250ms"
	return []results.Params{
		closed(1, ""), closed(2, ""), closed(8, ""),
		open(1, 500, ""), open(4, 500, ""), open(1, 5000, ""), open(4, 5000, ""), open(1, 20000, ""), open(4, 20000, ""),
		open(1, 2000, results.ThiefFault),
		open(1, 2000, results.StoppedNodeFault),
		open(1, 2000, results.StoppedAgentFault),
		timers,
		fewSlots,
		open(1, 1_000_000, results.RateFault),
		closed(2, results.SlowClientFault),
		open(1, 2000, results.GCStormFault),
		open(1, 2000, results.QuotaFault),
		closed(2, results.StartSkewFault),
	}
}

// repeat is the parameters of a case in one repeat, which has a workload of its own.
func (c *StudyCommand) repeat(p results.Params, n int) results.Params {
	p.Repeat, p.Seed = n, c.Seed+uint64(n)
	return p
}

// runs are those of the cases that done lacks. Within each repeat they are in a
// random order that follows from the seed: what changes on the machine meanwhile
// meets all cases alike.
func (c *StudyCommand) runs(cases []results.Params, done []results.Trial) []sweepRun {
	have := make(map[results.Params]bool)
	for _, t := range done {
		have[t.Params] = true
	}
	random := rand.New(rand.NewPCG(c.Seed, 0))
	var runs []sweepRun
	for n := range c.Repeats {
		for _, i := range random.Perm(len(cases)) {
			if p := c.repeat(cases[i], n); !have[p] {
				runs = append(runs, sweepRun{params: p, missing: []string{results.Mix}})
			}
		}
	}
	return runs
}

// checkSame returns an error if any of trials is of another study.
func (c *StudyCommand) checkSame(trials []results.Trial) error {
	for _, t := range trials {
		same := func(p results.Params) bool { return c.repeat(p, t.Params.Repeat) == t.Params }
		if t.Params.Repeat >= c.Repeats || !slices.ContainsFunc(c.all(), same) {
			return fmt.Errorf("it holds trials of another study (%s)", setting(t.Params))
		}
	}
	return nil
}

// writeStudy writes how the cases of trials were judged, a line each, and then all
// healthy ones together and all with a fault.
func writeStudy(w io.Writer, trials []results.Trial) error {
	cases := results.Confusion(trials)
	lines := []string{studyLine("case", "trials", "not VALID", "right code", "warnings (%)")}
	row := func(name string, c results.Case) {
		right := "-"
		if c.Fault != "" || c.Right > 0 {
			right = shareText(c.RightCode())
		}
		var fired []string
		for _, code := range c.Fired() {
			fired = append(fired, fmt.Sprintf("%s %.0f", code, 100*results.Share{Of: c.Codes[code], All: c.Trials}.Value()))
		}
		low, high := c.NotValid().Interval()
		notValid := fmt.Sprintf("%s [%.0f, %.0f]", shareText(c.NotValid()), 100*low, 100*high)
		lines = append(lines, studyLine(name, fmt.Sprint(c.Trials), notValid, right, strings.Join(fired, ", ")))
	}
	for _, c := range cases {
		row(c.Name, c)
	}
	row("all healthy", results.Pool(cases, true))
	row("all with a fault", results.Pool(cases, false))
	_, err := fmt.Fprintf(w, "%s\n", strings.Join(lines, "\n"))
	return err
}

// studyLine is one line of the table, cut to the width of a terminal.
func studyLine(name, trials, notValid, right, warnings string) string {
	line := []rune(strings.TrimRight(fmt.Sprintf("%-22s %6s %16s %10s  %s", name, trials, notValid, right, warnings), " "))
	if len(line) > width {
		return string(line[:width-1]) + "…"
	}
	return string(line)
}

// shareText writes a share in percent; one of nothing is a dash.
func shareText(s results.Share) string {
	if s.All == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*s.Value())
}
