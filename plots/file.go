package plots

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dhtbench/results"
)

// drawing is a file to be: its path and content.
type drawing struct {
	path    string // relative to the working directory, or absolute
	content []byte
}

// drawAll draws all figures of a results file below folder.
func drawAll(t typesetter, folder string, sweeps []sweep) ([]drawing, error) {
	var all []drawing
	for _, s := range sweeps {
		for _, f := range s.figures() {
			svg, err := f.svg(t)
			if err != nil {
				return nil, err
			}
			all = append(all, drawing{filepath.Join(folder, s.label, f.name+".svg"), svg})
		}
	}
	return all, nil
}

// figures are the figures of a sweep, in the order of the report.
func (s sweep) figures() []figure {
	return []figure{s.responseTime(), s.throughput(), s.percentiles(), s.distribution()}
}

// readSweeps reads a results file. One without trials is an error: there is
// nothing to draw.
func readSweeps(path string) ([]sweep, error) {
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

// sameBase finds two files whose figures would overwrite each other.
func sameBase(files []string) error {
	seen := make(map[string]string)
	for _, f := range files {
		base := baseName(f)
		if other, taken := seen[base]; taken && filepath.Clean(other) != filepath.Clean(f) {
			return fmt.Errorf("%s and %s would be drawn into one folder, %s", other, f, base)
		}
		seen[base] = f
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
