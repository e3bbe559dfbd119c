package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program provision for the tests that run
// it and for the processes that it starts, and the programs that tests run with
// it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"provision": main, "look": look})
}
