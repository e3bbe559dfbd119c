package plots

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dhtbench/results"
)

// drawing is a file to be: its path and content.
type drawing struct {
	path    string // relative to the working directory, or absolute
	content []byte
}

// sketch is a figure that can be made.
type sketch struct {
	name string
	make func() figure
}

// figures are the figures of a file rather than of one of its sweeps, because what
// they compare lies in several.
func (all sweeps) figures() []sketch {
	var list []sketch
	if len(all.byPacing()) > 0 {
		list = append(list, sketch{"lag", all.lag})
	}
	if len(all.stalls()) > 0 {
		list = append(list, sketch{"truth", all.truth})
	}
	return list
}

// figures are the figures that a sweep has the data for, in the order of the
// report.
func (s sweep) figures() []sketch {
	list := []sketch{{"response-time", s.responseTime}, {"throughput", s.throughput},
		{"percentiles", s.percentiles}, {"distribution", s.distribution}}
	switch {
	case s.axis == byRate: // the mean of a queue that may grow without end says little
		list = []sketch{{"rate", s.rate}, {"throughput", s.throughput}, {"distribution", s.distribution}}
	case s.params.Open():
		list[2].make = s.rate
	}
	if slices.ContainsFunc(s.trials, hasAnatomy) {
		list = append(list, sketch{"anatomy", s.anatomy})
	}
	if slices.ContainsFunc(s.trials, hasTimeline) {
		list = append(list, sketch{"timeline", s.latencyOverTime})
	}
	return list
}

// drawAll draws all figures of a results file below folder.
func drawAll(t typesetter, folder string, all sweeps) ([]drawing, error) {
	var drawn []drawing
	add := func(folder string, list []sketch) error {
		for _, k := range list {
			svg, err := k.make().svg(t)
			if err != nil {
				return err
			}
			drawn = append(drawn, drawing{filepath.Join(folder, k.name+".svg"), svg})
		}
		return nil
	}
	if err := add(folder, all.figures()); err != nil {
		return nil, err
	}
	labels := make(map[string]string)
	for _, s := range all {
		if other, taken := labels[s.folder()]; taken {
			return nil, fmt.Errorf("%s: sweeps %s and %s would be drawn into one folder: split the results file", folder, other, s.label)
		}
		labels[s.folder()] = s.label
		if err := add(filepath.Join(folder, s.folder()), s.figures()); err != nil {
			return nil, err
		}
	}
	return drawn, nil
}

// readSweeps reads a results file. One without trials is an error: there is
// nothing to draw.
func readSweeps(path string) (sweeps, error) {
	trials, err := results.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(trials) == 0 {
		return nil, fmt.Errorf("%s holds no trials", path)
	}
	return sweepsOf(trials), nil
}

// baseName is the name of the folder that the figures of a results file are
// drawn into.
func baseName(file string) string {
	return strings.TrimSuffix(filepath.Base(file), ".jsonl")
}

// folderFor is where the figures of a results file are drawn: in a folder of its
// name below out. Where out is empty that is plots/x for results/x.jsonl, and a
// folder x beside any other file x.jsonl: it follows from where the file is and not
// from where the command runs, so that no file's figures overwrite those of another
// file of the same name.
func folderFor(file, out string) (string, error) {
	base := baseName(file)
	if strings.Trim(base, ".") == "" || base == string(filepath.Separator) {
		return "", fmt.Errorf("%s: its figures would lie in a folder called %q: rename it", file, base)
	}
	if out != "" {
		return filepath.Join(out, base), nil
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find the folder of %s: %w", file, err)
	}
	beside := filepath.Dir(file) // as it was given, for who reads what was written
	switch filepath.Base(filepath.Dir(absolute)) {
	case "results":
		return filepath.Join(beside, "..", "plots", base), nil
	case "plots": // where figures of results/*.jsonl are
		return "", fmt.Errorf("%s lies among figures: move it, or say with --out where to draw", file)
	}
	return filepath.Join(beside, base), nil
}

// checkFolders finds two files whose figures would overwrite each other.
func checkFolders(files []string, out string) error {
	seen := make(map[string]string)
	for _, f := range files {
		folder, err := folderFor(f, out)
		if err != nil {
			return err
		}
		if other, taken := seen[folder]; taken && filepath.Clean(other) != filepath.Clean(f) {
			return fmt.Errorf("%s and %s would be drawn into one folder, %s", other, f, folder)
		}
		seen[folder] = f
	}
	return nil
}

// replace writes a file whole or not at all: a reader sees the old content or
// the new. Folders above it are made.
func replace(path string, content []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // gone already, after the rename
	// The first error is the one worth telling; Close must happen in any case.
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644) // CreateTemp makes files for their owner alone
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// holds reports whether the file has exactly this content.
func holds(path string, content []byte) bool {
	old, err := os.ReadFile(path)
	return err == nil && bytes.Equal(old, content)
}
