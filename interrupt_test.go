package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dhtbench/results"

	"golang.org/x/sys/unix"
)

// goneWithin is the time after its coordinator's end within which a process must end.
const goneWithin = 2 * time.Second

// benchRun is a running `dhtbench bench`.
type benchRun struct {
	t       *testing.T
	cmd     *exec.Cmd
	stderr  *bufio.Reader
	results string
}

// startBench starts a sweep of 3 nodes, 1 and 2 clients: 6 trials, each long enough
// to be interrupted.
func startBench(t *testing.T, results string, args ...string) *benchRun {
	t.Helper()
	args = append([]string{"bench", "--nodes", "3", "--clients", "1,2", "--ops", "4000", "--results", results}, args...)
	b := &benchRun{t: t, cmd: exec.Command("dhtbench", args...), results: results}
	stderr, err := b.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b.stderr = bufio.NewReader(stderr)
	t.Cleanup(func() { b.cmd.Process.Kill() })
	return b
}

// awaitTrial returns when the first trial is in the file.
func (b *benchRun) awaitTrial() {
	b.t.Helper()
	for {
		line, err := b.stderr.ReadString('\n')
		if err == nil && strings.Contains(line, "operations so far") { // on a busy machine
			continue
		}
		if err != nil || !strings.HasPrefix(line, "trial 1 of 6") {
			b.t.Fatalf("%q, %v, want the first trial", line, err)
		}
		return
	}
}

// children returns the processes that the coordinator started, by kind: "node",
// "server" or "agent".
func (b *benchRun) children() map[string][]int {
	b.t.Helper()
	return childrenOf(b.t, b.cmd.Process.Pid)
}

// childrenOf returns the children of a process, by their first argument.
func childrenOf(t *testing.T, parent int) map[string][]int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("finds child processes in /proc: run on Linux")
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string][]int)
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state ppid ...
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if fields[1] != strconv.Itoa(parent) {
			continue
		}
		args, err := os.ReadFile(filepath.Join(filepath.Dir(stat), "cmdline"))
		if parts := strings.Split(string(args), "\x00"); err == nil && len(parts) > 1 {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
			found[parts[1]] = append(found[parts[1]], pid)
		}
	}
	return found
}

// watch opens a handle on each process, to wait for its end whatever its parent is.
func (b *benchRun) watch(children map[string][]int) (fds []unix.PollFd) {
	b.t.Helper()
	for _, pids := range children {
		for _, pid := range pids {
			fd, err := unix.PidfdOpen(pid, 0)
			if err == unix.ESRCH {
				continue
			}
			if err != nil {
				b.t.Fatalf("watch process %d: %v", pid, err)
			}
			b.t.Cleanup(func() { unix.Close(fd) })
			fds = append(fds, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
		}
	}
	return fds
}

// awaitGone fails the test if a watched process does not end in time.
func (b *benchRun) awaitGone(fds []unix.PollFd, within time.Duration) {
	b.t.Helper()
	deadline := time.Now().Add(within)
	for len(fds) > 0 {
		left := time.Until(deadline)
		n, err := unix.Poll(fds[:1], int(max(left, 0).Milliseconds()))
		if err == unix.EINTR {
			continue
		}
		if err != nil || n == 0 {
			b.t.Fatalf("%d processes live %v after their coordinator (%v)", len(fds), within, err)
		}
		fds = fds[1:]
	}
}

// end waits for the program and returns what else it wrote to standard error.
func (b *benchRun) end() (message string, status int) {
	b.t.Helper()
	rest, err := io.ReadAll(b.stderr)
	if err != nil {
		b.t.Fatal(err)
	}
	b.cmd.Wait()
	return string(rest), b.cmd.ProcessState.ExitCode()
}

// kept reads the trials in the file and checks each. Only the last one may be
// interrupted: incomplete and INVALID.
func (b *benchRun) kept() []results.Trial {
	b.t.Helper()
	trials, err := results.ReadFile(b.results)
	if err != nil {
		b.t.Fatal(err)
	}
	seen := make(map[results.Params]bool)
	for _, trial := range trials {
		if seen[trial.Params] {
			b.t.Errorf("trial %+v is there twice", trial.Params)
		}
		seen[trial.Params] = true
		if trial.Ended() == results.Interrupted && trial.Verdict == results.Invalid && len(seen) == len(trials) {
			continue
		}
		if c := trial.Counts(); c.Total() != int64(4000*trial.Params.Clients) || c.Bad() != 0 || trial.Service().Count() != c.Total() {
			b.t.Errorf("trial %+v: %+v", trial.Params, c)
		}
	}
	return trials
}

// resume resumes the sweep and checks that it is complete.
func (b *benchRun) resume() {
	b.t.Helper()
	before := len(b.kept())
	again := startBench(b.t, b.results, "--resume")
	if message, status := again.end(); status != 0 {
		b.t.Fatalf("resume: exit status %d: %s", status, message)
	}
	if trials := again.kept(); len(trials) != 6 {
		b.t.Errorf("%d trials after the resume, %d before, want 6", len(trials), before)
	}
}

func TestInterruptedBench(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			b := startBench(t, filepath.Join(t.TempDir(), "x.jsonl"))
			b.awaitTrial()
			children := b.watch(b.children())
			if err := b.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			message, status := b.end()
			b.awaitGone(children, goneWithin)
			kept := len(b.kept())
			if status != 1 || !strings.Contains(message, "interrupted") ||
				!strings.Contains(message, fmt.Sprintf("%d of 6 trials are kept in", kept)) || !strings.Contains(message, "--resume") {
				t.Errorf("exit status %d, %d trials kept, message:\n%s", status, kept, message)
			}
			b.resume()
		})
	}
}

// TestInterruptedTrialIsPartlyKept interrupts a trial of an hour.
func TestInterruptedTrialIsPartlyKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.jsonl")
	args := []string{"--clients", "1", "--rate", "200", "--workload", "ycsb-c", "--records", "100", "--warmup", "20", "--no-baseline"}
	b := startBench(t, file, append(args, "--ops", "720000")...)
	if line, err := b.stderr.ReadString('\n'); err != nil || !strings.Contains(line, "operations so far") {
		t.Fatalf("%q, %v, want the progress of the trial", line, err)
	}
	if err := b.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if message, status := b.end(); status != 1 || !strings.Contains(message, "interrupted") {
		t.Errorf("exit status %d: %s", status, message)
	}
	trials, err := results.ReadFile(file)
	if err != nil || len(trials) != 1 {
		t.Fatalf("%d trials, %v", len(trials), err)
	}
	trial := trials[0]
	if c := trial.Counts(); trial.Ended() != results.Interrupted || trial.Verdict != results.Invalid || c.Total() < 1000 || c.Total() > 10_000 ||
		trial.Response().Count() != c.Replied() {
		t.Errorf("%s after %q: %+v", trial.Verdict, trial.Ended(), c)
	}
	again := startBench(t, file, append(args, "--ops", "720000", "--resume")...)
	if line, _ := again.stderr.ReadString('\n'); !strings.Contains(line, "measuring the interrupted last trial again") {
		t.Errorf("resume says %q", line)
	}
	again.cmd.Process.Signal(syscall.SIGINT)
	again.end()
	trials, err = results.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) { // a file without trials is removed
		return
	}
	if err != nil || len(trials) > 1 {
		t.Errorf("%d trials after the resume, %v: want the interrupted one replaced", len(trials), err)
	}
}

func TestKilledBench(t *testing.T) {
	t.Parallel()
	b := startBench(t, filepath.Join(t.TempDir(), "x.jsonl"))
	b.awaitTrial()
	children := b.watch(b.children())
	if err := b.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	b.end()
	b.awaitGone(children, goneWithin)
	if n := len(b.kept()); n < 1 || n > 5 {
		t.Errorf("%d trials were kept", n)
	}
	b.resume()
}

func TestBenchLeavesOutASettingWhoseProcessEnded(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"node", "agent"} {
		t.Run(kind, func(t *testing.T) {
			b := startBench(t, filepath.Join(t.TempDir(), "x.jsonl"))
			b.awaitTrial()
			pids := b.children()
			if len(pids[kind]) == 0 {
				t.Fatalf("no %s among %v", kind, pids)
			}
			children := b.watch(pids)
			if err := syscall.Kill(pids[kind][0], syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			message, status := b.end()
			b.awaitGone(children, goneWithin)
			if status != 1 || !strings.Contains(message, kind+" ") || !strings.Contains(message, "on local ended: signal: killed") ||
				!strings.Contains(message, "left out 1 of 2 settings:\n  clients ") || !strings.Contains(message, "--resume") {
				t.Errorf("exit status %d, message:\n%s", status, message)
			}
			measured := make(map[int]int) // trials, by number of clients
			for _, trial := range b.kept() {
				measured[trial.Params.Clients]++
			}
			if max(measured[1], measured[2]) != 3 || min(measured[1], measured[2]) == 3 {
				t.Errorf("trials by number of clients: %v; want all of one setting and not all of the other", measured)
			}
			b.resume()
		})
	}
}

func TestFrozenNodeEndsWithTheRun(t *testing.T) {
	t.Parallel()
	b := startBench(t, filepath.Join(t.TempDir(), "x.jsonl"))
	b.awaitTrial()
	pids := b.children()
	if len(pids["node"]) == 0 {
		t.Fatalf("no node among %v", pids)
	}
	children := b.watch(pids)
	if err := syscall.Kill(pids["node"][0], syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	message, status := b.end()
	b.awaitGone(children, goneWithin)
	if status != 1 || !strings.Contains(message, "interrupted") {
		t.Errorf("exit status %d, message:\n%s", status, message)
	}
}
