package export

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"dhtbench/results"
)

// MergeCommand is `dhtbench merge`: it merges results files into a new one.
type MergeCommand struct {
	Out   string   `arg:"" help:"Results file to create."`
	Files []string `arg:"" help:"Results files of one sweep, such as those of several machines."`
}

// Run merges the files and writes notes to standard error.
func (c *MergeCommand) Run() error {
	if _, err := os.Stat(c.Out); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("merge: %s exists; name a file that does not", c.Out)
	}
	var files []File
	for _, name := range c.Files {
		trials, err := results.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, File{name, trials})
	}
	trials, notes, err := Merge(files)
	if err != nil {
		return fmt.Errorf("merge: %w", err)
	}
	for _, note := range notes {
		fmt.Fprintln(os.Stderr, note)
	}
	return create(c.Out, trials)
}

// create writes a new results file. It removes the file if writing fails.
func create(name string, trials []results.Trial) error {
	out, _, _, err := results.Open(name)
	if err != nil {
		return err
	}
	for _, t := range trials {
		if err = out.Append(t); err != nil {
			break
		}
	}
	if err = errors.Join(err, out.Close()); err != nil {
		os.Remove(name)
	}
	return err
}

// File is a results file to merge.
type File struct {
	Name   string
	Trials []results.Trial
}

// identity identifies a trial.
type identity struct {
	setting results.Params
	started int64
}

// Merge returns the trials of all files, and notes on what a reader must know. A trial
// that is in two files is kept once. If files have other trials of the same repeat,
// those of the later file get the repeats after the last one. It returns an error if a
// file belongs to another sweep than the first: if parameters other than the load
// differ.
func Merge(files []File) (trials []results.Trial, notes []string, err error) {
	seen := make(map[identity]bool)
	for _, f := range files {
		if err := fits(f, files[0]); err != nil {
			return nil, nil, err
		}
		var fresh []results.Trial
		for _, t := range f.Trials {
			id := identity{t.Params.Setting(), t.Started.UnixNano()}
			if !seen[id] {
				fresh = append(fresh, t)
			}
			seen[id] = true
		}
		if n := len(f.Trials) - len(fresh); n > 0 {
			notes = append(notes, fmt.Sprintf("%s: %d trials are there twice or in an earlier file, and left out", f.Name, n))
		}
		if shift := shift(trials, fresh); shift > 0 {
			notes = append(notes, fmt.Sprintf("%s: its repeats are numbered from %d on, after those of earlier files", f.Name, shift))
			for i := range fresh {
				fresh[i].Params.Repeat += shift
			}
		}
		trials = append(trials, fresh...)
	}
	return trials, append(notes, machines(trials)...), nil
}

// fits returns an error if a trial of f has parameters, the load aside, that no trial of
// the first file has.
func fits(f, first File) error {
	var sweep []results.Params
	for _, t := range first.Trials {
		if p := sweepOf(t.Params); !slices.Contains(sweep, p) {
			sweep = append(sweep, p)
		}
	}
	for _, t := range f.Trials {
		switch p := sweepOf(t.Params); {
		case t.Schema != results.Schema:
			return fmt.Errorf("%s: a record of schema %d; only schema %d can be merged", f.Name, t.Schema, results.Schema)
		case len(sweep) == 0:
			return fmt.Errorf("%s holds no trials", first.Name)
		case !slices.Contains(sweep, p):
			return fmt.Errorf("%s is of another sweep: %s", f.Name, p.Difference(sweep[0], "there", "in "+first.Name))
		}
	}
	return nil
}

// sweepOf is the parameters that do not differ within a sweep over the load.
func sweepOf(p results.Params) results.Params {
	p.Operation, p.Target, p.Clients, p.RateOpsPerS, p.Pacing, p.Side = "", "", 0, 0, "", ""
	p.Repeat, p.RepeatSeed = 0, 0
	return p
}

// shift is what to add to the repeats of fresh trials so that none of them is the same
// repeat of a setting as an earlier trial.
func shift(earlier, fresh []results.Trial) int {
	taken, next := make(map[results.Params]bool), 0
	for _, t := range earlier {
		taken[t.Params] = true
		next = max(next, t.Params.Repeat+1)
	}
	if slices.ContainsFunc(fresh, func(t results.Trial) bool { return taken[t.Params] }) {
		return next
	}
	return 0
}

// machines notes different hosts and builds.
func machines(trials []results.Trial) []string {
	var hosts, builds []string
	for _, t := range trials {
		build := fmt.Sprintf("%.12s %s", t.Build.Revision, t.Build.Go)
		if !slices.Contains(builds, build) {
			builds = append(builds, build)
		}
		for _, h := range t.Hosts {
			host := h.Name + " with " + h.Machine()
			if !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	var notes []string
	if len(hosts) > 1 {
		notes = append(notes, fmt.Sprintf("%d hosts; medians over trials mix them:", len(hosts)))
		notes = append(notes, hosts...)
	}
	if len(builds) > 1 {
		notes = append(notes, fmt.Sprintf("%d builds of dhtbench: %q", len(builds), builds))
	}
	return notes
}
