package main

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dhtbench/results"
)

// TestStudyInjectsFaults looks at what the faults do whatever else the machine does.
func TestStudyInjectsFaults(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.jsonl")
	args := []string{"study", "--repeats", "1", "--length", "300ms", "--results", file,
		"--cases", "closed with 1 client,start skew,slow client,stopped agent"}
	out, err := exec.Command("dhtbench", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"closed with 1 client ", "stopped agent ", "all healthy ", "all with a fault "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	trials, err := results.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []string
	for _, trial := range trials {
		cases = append(cases, trial.Params.Case())
		switch trial.Params.Fault {
		case results.StartSkewFault:
			if start := time.Duration(trial.Clients[1].StartNS); start < 300*time.Millisecond {
				t.Errorf("the late client began after %v", start)
			}
		case results.SlowClientFault:
			const most = 1501 // operations with 200 µs between them in 300 ms
			if n := trial.Clients[1].Counts.Total(); n > most {
				t.Errorf("the slow client did %d operations", n)
			}
		}
	}
	slices.Sort(cases)
	if want := []string{"closed with 1 client", "slow client", "start skew", "stopped agent"}; !slices.Equal(cases, want) {
		t.Errorf("cases %q, want %q", cases, want)
	}
	if again, err := exec.Command("dhtbench", append(args, "--resume")...).Output(); err != nil || string(again) != string(out) {
		t.Errorf("resume of a whole study printed, with error %v:\n%s\nwant\n%s", err, again, out)
	}
}

// TestStudyUndoesFaults ends a study while it injects a fault.
func TestStudyUndoesFaults(t *testing.T) {
	for _, fault := range []string{results.ThiefFault, results.StoppedNodeFault} {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
			t.Run(fault+", "+signal.String(), func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(t.TempDir(), "x.jsonl")
				b := &benchRun{t: t, results: file, cmd: exec.Command("dhtbench", "study", "--length", "1h", "--cases", fault, "--results", file)}
				stderr, err := b.cmd.StderrPipe()
				if err != nil {
					t.Fatal(err)
				}
				b.stderr = bufio.NewReader(stderr)
				if err := b.cmd.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { b.cmd.Process.Kill() })
				pids := b.children()
				for deadline := time.Now().Add(time.Minute); len(pids["-c"]) == 0; pids = b.children() {
					if time.Now().After(deadline) {
						t.Fatalf("no fault was injected: %v", pids)
					}
					time.Sleep(10 * time.Millisecond)
				}
				children := b.watch(pids)
				if err := b.cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				message, _ := b.end()
				b.awaitGone(children, 5*time.Second)
				for _, helper := range pids["-c"] { // what it started is in its group
					for syscall.Kill(-helper, 0) != syscall.ESRCH {
						time.Sleep(10 * time.Millisecond) // until the test times out
					}
				}
				if signal == syscall.SIGINT && !strings.Contains(message, "interrupted") {
					t.Errorf("message %q", message)
				}
			})
		}
	}
}
