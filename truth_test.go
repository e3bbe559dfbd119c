package main

import (
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// The fault that makes the truth known: a node answers nothing in the first
// stalled of every period. An operation that is due x after such a stretch began
// waits for what is left of it, and one that is due otherwise does not wait at
// all. Operations due at instants spread evenly over the period therefore take
// more than r with probability (stalled-r)/period: in closed form, whatever else
// the node and the machine do in less than r.
const (
	stalled = 360 * time.Millisecond
	period  = 600 * time.Millisecond
)

// truthAt returns the true quantile q of the response time.
func truthAt(q float64) time.Duration {
	return stalled - time.Duration((1-q)*float64(period))
}

// stallRun measures a stalling node with more arguments of `dhtbench bench`.
func stallRun(t *testing.T, args ...string) results.Trial {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stall.jsonl")
	args = append([]string{"bench", "--nodes", "1", "--clients", "1", "--workload", "ycsb-c", "--records", "10", "--warmup", "0",
		"--no-baseline", "--stall", stalled.String() + "/" + period.String(), "--results", file}, args...)
	if out, err := exec.Command("dhtbench", args...).CombinedOutput(); err != nil {
		t.Fatalf("dhtbench %s: %v: %s", strings.Join(args, " "), err, out)
	}
	trials, err := results.ReadFile(file)
	if err != nil || len(trials) != 1 {
		t.Fatalf("%d trials, %v", len(trials), err)
	}
	return trials[0]
}

// TestTruth compares an open loop and a closed loop on the same node with the known
// truth.
func TestTruth(t *testing.T) {
	// Starts at a rate of a whole number and a golden section in a period come at
	// other instants of each; over a whole number of periods they are spread
	// evenly, better than chance would.
	starts := (40 + (math.Sqrt(5)-1)/2) / period.Seconds()
	length := 34 * period
	closed := stallRun(t, "--duration", "5s")
	for attempt := 1; ; attempt++ { // a machine has bad moments
		open := stallRun(t, "--rate", strconv.FormatFloat(starts, 'f', 6, 64), "--arrivals", "constant", "--inflight", "64", "--duration", length.String())
		faults := untruths(t, open, closed)
		if len(faults) == 0 {
			return
		}
		if attempt == 3 {
			t.Fatal(strings.Join(faults, "\n"))
		}
	}
}

// untruths lists where an open loop is more than 2 % off the truth, and where a closed
// loop does not omit the stall.
func untruths(t *testing.T, open, closed results.Trial) (faults []string) {
	t.Helper()
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
		truth, got, missed := truthAt(q), open.Response().Quantile(q), closed.Service().Quantile(q)
		off := float64(got)/float64(truth) - 1
		t.Logf("p%v: truth %v, open loop %v (%+.2f %%), closed loop %v (%+.2f %%)",
			100*q, truth, got, 100*off, missed, 100*(float64(missed)/float64(truth)-1))
		if math.Abs(off) > 0.02 {
			faults = append(faults, fmt.Sprintf("p%v is %v, which is %.1f %% off the truth, %v", 100*q, got, 100*off, truth))
		}
		// Each stall is charged to one operation of the thousands around it.
		if q < 0.999 && missed > truth/10 {
			faults = append(faults, fmt.Sprintf("the closed loop's p%v is %v: it does not omit what it should, or the node does not stall", 100*q, missed))
		}
	}
	if open.Verdict == results.Invalid || !open.Sustained() {
		faults = append(faults, fmt.Sprintf("the open loop is %s: %v", open.Verdict, open.Warnings))
	}
	return faults
}
