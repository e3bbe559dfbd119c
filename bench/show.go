package bench

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"dhtbench/results"
)

// ShowCommand is `dhtbench show`: the table of a results file and all its warnings.
type ShowCommand struct {
	File        string              `arg:"" help:"Results file."`
	JSON        bool                `help:"Print the table as JSON, one object a line."`
	Percentiles results.Percentiles `help:"Percentiles of the table: p50,p95,p99.9. Default: as many of p50, p90, p95, p99 and p99.9 as fit 80 columns." placeholder:"LIST"`
}

// Run prints the table of the file.
func (c *ShowCommand) Run() error {
	trials, err := results.ReadFile(c.File)
	if err != nil {
		return err
	}
	if len(trials) == 0 {
		return fmt.Errorf("%s: it holds no trials", c.File)
	}
	if c.JSON {
		return writeJSON(os.Stdout, results.Summarize(trials, c.Percentiles...), c.Percentiles)
	}
	return display{file: c.File, program: os.Args[0], percentiles: c.Percentiles, all: true}.write(os.Stdout, trials)
}

// show prints the summaries of trials. It returns an error if any operation went
// wrong or, with --strict, any trial is INVALID.
func (c *Command) show(trials []results.Trial) error {
	var err error
	if c.JSON {
		err = writeJSON(os.Stdout, results.Summarize(trials, c.Percentiles...), c.Percentiles)
	} else {
		err = display{file: c.Results, program: os.Args[0], percentiles: c.Percentiles}.write(os.Stdout, trials)
	}
	return errors.Join(err, wrong(trials), c.invalid(trials))
}

// display prints trials as text.
type display struct {
	file        string              // results file of the trials
	program     string              // how the user calls dhtbench
	percentiles results.Percentiles // chosen; none: the default
	all         bool                // write every warning
}

// write writes a table for each sweep among the trials, then verdicts and warnings:
// the end is what a terminal shows.
func (d display) write(w io.Writer, trials []results.Trial) error {
	sweeps := sweepsOf(trials)
	for i, sweep := range sweeps {
		if i > 0 {
			fmt.Fprintln(w)
		}
		summaries := results.Summarize(sweep, d.percentiles...)
		heading := headline(sweep, summaries)
		if i == len(sweeps)-1 {
			heading += ", trials are in " + d.file
		}
		fmt.Fprintln(w, wrap(heading))
		if err := writeTable(w, summaries, d.percentiles); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	d.writeVerdicts(w, trials)
	return nil
}

// sweepsOf groups trials that share a table: they differ only in what has a column,
// in what follows from that, and in their repeat.
func sweepsOf(trials []results.Trial) [][]results.Trial {
	var sweeps [][]results.Trial
	at := make(map[results.Params]int)
	for _, t := range trials {
		p := t.Params.Setting()
		p.Operation, p.Clients, p.RateOpsPerS, p.Pacing, p.Seed = "", 0, 0, "", 0
		p.Warmup, p.WarmupNS, p.GraceNS = 0, 0, 0
		if p.Open() { // can depend on the number of clients
			p.Connections = 0
		}
		if p.DurationNS > 0 { // schema 2 recorded rate x duration
			p.Operations = 0
		}
		i, seen := at[p]
		if !seen {
			i = len(sweeps)
			at[p] = i
			sweeps = append(sweeps, nil)
		}
		sweeps[i] = append(sweeps[i], t)
	}
	slices.SortStableFunc(sweeps, func(a, b []results.Trial) int {
		return cmp.Or(cmp.Compare(a[0].Params.Side, b[0].Params.Side), cmp.Compare(a[0].Params.Target, b[0].Params.Target))
	})
	return sweeps
}

// headline describes the setting of a table.
func headline(trials []results.Trial, summaries []results.Summary) string {
	p := trials[0].Params
	parts := []string{p.Cluster(), p.Placement + " clients"}
	if p.Side != "" {
		parts = append([]string{"side " + strings.ToUpper(p.Side)}, parts...)
	}
	if p.Workload != "" {
		parts = append(parts, p.Workload, p.Keys+" keys")
	}
	if p.DurationNS > 0 {
		parts = append(parts, fmt.Sprint(time.Duration(p.DurationNS)))
	} else {
		parts = append(parts, fmt.Sprintf("%d operations per client", p.Operations))
	}
	if p.Open() {
		parts = append(parts, p.Arrivals+" open loop")
	} else {
		parts = append(parts, "closed loop")
	}
	if n := p.ClosedInflight(); n > 1 && !p.Open() {
		parts = append(parts, fmt.Sprintf("%d operations in flight per client", n))
	}
	repeats := 0
	for _, s := range summaries {
		repeats = max(repeats, len(s.Trials))
	}
	parts = append(parts, fmt.Sprintf("trials: %d", repeats))
	if p.Open() && !severalClients(summaries) {
		parts = append(parts, plural(p.Clients, "client"))
	}
	values := fmt.Sprintf("values of %s", plural(p.ValueBytes, "byte"))
	if p.ValueSizes != "" {
		values = fmt.Sprintf("values of %s bytes", p.ValueSizes)
	}
	return strings.Join(append(parts, "keys of "+plural(p.KeyBytes, "byte"), values, warmups(trials)), ", ")
}

// warmups describes the warm-up, the longest if settings differ.
func warmups(trials []results.Trial) string {
	var operations int
	var length int64
	for _, t := range trials {
		operations, length = max(operations, t.Params.Warmup), max(length, t.Params.WarmupNS)
	}
	switch {
	case operations > 0 && length > 0:
		return fmt.Sprintf("warm-up %d operations or %v", operations, time.Duration(length))
	case length > 0:
		return fmt.Sprintf("warm-up %v", time.Duration(length))
	}
	return fmt.Sprintf("warm-up %d operations", operations)
}

// plural returns n with a noun: 1 node, 2 nodes.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// wrap breaks a list at its commas into lines of at most width columns.
func wrap(list string) string {
	parts := strings.SplitAfter(list, ", ")
	lines := []string{parts[0]}
	for _, part := range parts[1:] {
		if last := len(lines) - 1; len(lines[last])+len(strings.TrimRight(part, " ")) <= width {
			lines[last] += part
		} else {
			lines[last] = strings.TrimRight(lines[last], " ")
			lines = append(lines, part)
		}
	}
	return strings.Join(lines, "\n")
}

// wrong returns an error with the number of operations that went wrong and the
// first error.
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
		sum.Bad(), sum.Total(), sum.NotFound-sum.Absent, sum.Failed, sum.Unknown, sum.Wrong-sum.Missing, first)
}

// invalid returns an error if a trial is INVALID and --strict is given.
func (c *Command) invalid(trials []results.Trial) error {
	isInvalid := func(t results.Trial) bool { return t.Verdict == results.Invalid }
	i := slices.IndexFunc(trials, isInvalid)
	if !c.Strict || i < 0 {
		return nil
	}
	n := 0
	for _, t := range trials {
		if isInvalid(t) {
			n++
		}
	}
	first := "no reason is recorded"
	if len(trials[i].Warnings) > 0 {
		first = trials[i].Warnings[0].String()
	}
	return fmt.Errorf("%d of %d trials are INVALID; the first: %s", n, len(trials), first)
}

// worst is the worst verdict of the trials of a setting.
func worst(s results.Summary) results.Verdict {
	switch {
	case s.Invalid > 0:
		return results.Invalid
	case s.Suspect > 0:
		return results.Suspect
	case s.Valid > 0:
		return results.Valid
	}
	return ""
}
