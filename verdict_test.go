package main

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dhtbench/results"
)

// judged measures and returns the trials with their verdicts. While it runs,
// meddle is called again and again with the ids of the node processes.
func judged(t *testing.T, meddle func(nodes []int), args ...string) []results.Trial {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.jsonl")
	args = append([]string{"bench", "--clients", "1", "--no-baseline", "--results", file}, args...)
	b := &benchRun{t: t, cmd: exec.Command("dhtbench", args...), results: file}
	stderr, err := b.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	b.stderr = bufio.NewReader(stderr)
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.cmd.Process.Kill() })
	ended := make(chan string)
	go func() {
		text, _ := io.ReadAll(b.stderr)
		ended <- string(text)
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if meddle != nil {
				meddle(b.children()["node"])
			}
			continue
		case text := <-ended:
			if err := b.cmd.Wait(); err != nil {
				t.Fatalf("dhtbench %s: %v: %s", strings.Join(args, " "), err, text)
			}
		}
		break
	}
	trials, err := results.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

// warningsOf are all warnings of trials, a line each.
func warningsOf(trials []results.Trial) string {
	var all []string
	for _, trial := range trials {
		for _, w := range trial.Warnings {
			all = append(all, w.Code+": "+w.String())
		}
	}
	return strings.Join(all, "\n")
}

// TestFaultsCauseWarnings injects one fault at a time into a real run. It holds on a
// busy machine too, which only adds warnings. How often a healthy trial has any is
// for a study on a quiet machine to measure.
func TestFaultsCauseWarnings(t *testing.T) {
	open := []string{"--nodes", "2", "--workload", "ycsb-c", "--records", "1000", "--warmup", "100", "--duration", "1s", "--rate"}
	for _, c := range []struct {
		fault  string
		args   []string
		inject func(t *testing.T) (meddle func(nodes []int))
		wants  []string // any of them is right
	}{
		{fault: "a thief of processor time", args: append(open, "2000"), inject: thieves,
			wants: []string{"hiccups: ", "lag: ", "lag-tail: "}},
		{fault: "nodes that are stopped", args: append(open, "500"), inject: stops,
			wants: []string{"hiccups: "}},
		{fault: "too few slots", args: append(open, "500", "--inflight", "1", "--stall", "50ms/100ms"), wants: []string{"queued: "}},
		{fault: "more than a store can do", args: append(open, "1000000"), wants: []string{"unsent: ", "not-sustained: ", "hopeless: "}},
		{fault: "a client that is slow itself", args: []string{"--nodes", "1", "--workload", "put=1", "--records", "10", "--ops", "500", "--value-bytes", "1048576"},
			wants: []string{"littles-law: "}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			var meddle func([]int)
			if c.inject != nil {
				meddle = c.inject(t)
			}
			warnings := warningsOf(judged(t, meddle, c.args...))
			if !slices.ContainsFunc(c.wants, func(want string) bool { return strings.Contains(warnings, want) }) {
				t.Errorf("warnings %q, want one of %q", warnings, c.wants)
			}
		})
	}
}

// thieves start processes that want all processors, until the test ends.
func thieves(t *testing.T) (meddle func([]int)) {
	for range 4 {
		thief := exec.Command("sh", "-c", "while :; do :; done")
		if err := thief.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			thief.Process.Kill()
			thief.Wait()
		})
	}
	return nil
}

// stops has nodes stop and go on, in turn.
func stops(t *testing.T) (meddle func([]int)) {
	stop := false
	return func(nodes []int) {
		stop = !stop
		for _, pid := range nodes {
			signal := syscall.SIGCONT
			if stop {
				signal = syscall.SIGSTOP
			}
			syscall.Kill(pid, signal)
		}
	}
}
