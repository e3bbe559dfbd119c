package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary run as dhtbench, for tests and for the nodes and
// agents that it starts, and as a slow link.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dhtbench": main, "slowlink": slowLink})
}

// TestCommands runs the program in the scripts in testdata of each package.
func TestCommands(t *testing.T) {
	scripts, err := filepath.Glob("*/testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{Files: scripts, RequireExplicitExec: true, RequireUniqueNames: true})
}
