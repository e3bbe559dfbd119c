package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program dhtbench for the tests that run
// it, and for the nodes and agents that the program then starts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dhtbench": main})
}

// TestCommands runs the scripts in testdata of each package: the program as its
// users run it.
func TestCommands(t *testing.T) {
	scripts, err := filepath.Glob("*/testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{Files: scripts, RequireExplicitExec: true, RequireUniqueNames: true})
}
