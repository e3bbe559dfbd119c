package main

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors are the levels of the packages. A package imports only lower levels, so that
// it can be read and changed with only what is below it.
func floors() map[string]int {
	return map[string]int{
		"dhtbench":                 3,
		"dhtbench/provision":       3,
		"dhtbench/bench":           2,
		"dhtbench/plots":           2,
		"dhtbench/bench/target":    1,
		"dhtbench/results/compare": 1,
		"dhtbench/results/export":  1,
		"dhtbench/provision/ec2":   1,
		"dhtbench/provision/lab":   1,
		"dhtbench/provision/slurm": 1,
		"dhtbench/bench/workload":  0,
		"dhtbench/node":            0,
		"dhtbench/plots/chart":     0,
		"dhtbench/provision/host":  0,
		"dhtbench/results":         0,
	}
}

// owners lists, for some libraries, the only packages that may import them.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/HdrHistogram/hdrhistogram-go": {"dhtbench/results"},
		"gonum.org/v1/plot":                       {"dhtbench/plots", "dhtbench/plots/chart"},
		"github.com/aws":                          {"dhtbench/provision/ec2"},
	}
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsGoDown(t *testing.T) {
	all := packages(t)
	if len(all) != len(floors()) {
		t.Errorf("%d packages, and %d floors", len(all), len(floors()))
	}
	for _, p := range all {
		floor, known := floors()[p.ImportPath]
		if !known {
			t.Errorf("%s has no floor: say in floors where it belongs", p.ImportPath)
		}
		for _, imported := range p.Imports {
			below, ours := floors()[imported]
			if ours && below >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", p.ImportPath, floor, imported, below)
			}
			for library, allowed := range owners() {
				if strings.HasPrefix(imported, library) && !slices.Contains(allowed, p.ImportPath) {
					t.Errorf("%s imports %s, which only %s may import", p.ImportPath, imported, strings.Join(allowed, " and "))
				}
			}
		}
	}
	for _, owner := range slices.Concat(slices.Collect(maps.Values(owners()))...) {
		if !slices.ContainsFunc(all, func(p goPackage) bool { return p.ImportPath == owner }) {
			t.Errorf("owner %s does not exist", owner)
		}
	}
}
