package ec2

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dhtbench/provision/host"
)

// lease of simulated hosts, in their time.
const lease = minLease

// realFlags are those of a run with the system's ssh, on simulated hosts, whose
// only user is root.
func (s *stage) realFlags(nodes int, lease time.Duration, argv ...string) []string {
	flags := []string{"--nodes", fmt.Sprint(nodes), "--user", "root", "--lifetime", "4h", "--lease", lease.String()}
	return append(flags, s.launchFlags(argv...)...)
}

// realChild is the program under test with the system's ssh.
func (s *stage) realChild(args ...string) *exec.Cmd {
	cmd := s.child(args...)
	cmd.Env = append(cmd.Env, sshVariable+"=1")
	return cmd
}

// buildProgram builds a program of this module and returns its path.
func buildProgram(t *testing.T, pkg string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), filepath.Base(pkg))
	build := exec.Command("go", "build", "-o", program, pkg)
	build.Env = append(os.Environ(), "GOAMD64=v1", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	return program
}

// benchEC2 is what `make bench-ec2` runs with few operations, once it has built
// its programs.
func benchEC2(t *testing.T, flags, file string) (script string) {
	t.Helper()
	cmd := exec.Command("make", "--no-print-directory", "-n", "-C", "../..", "bench-ec2", "NODES=8", "CLIENTS=1,8", "OPS=50", "RESULTS="+file, "EC2="+flags)
	cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=")
	out, err := cmd.CombinedOutput()
	_, script, ok := strings.Cut(string(out), "\nprovision/provision ec2 ")
	if err != nil || !ok {
		t.Fatalf("make -n bench-ec2: %v: %s", err, out)
	}
	return "provision/provision ec2 " + script
}

// furnishCheckout puts the programs of a checkout where `make` does: the
// benchmark, and the program under test, which is this one.
func furnishCheckout(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\nshift # ec2\n%s=%s %s=1 exec %s \"$@\"\n", roleVariable, roleProvision, sshVariable, self)
	err = errors.Join(
		os.Symlink(buildProgram(t, "dhtbench"), filepath.Join(dir, "dhtbench")),
		os.Mkdir(filepath.Join(dir, "provision"), 0o700),
		os.WriteFile(filepath.Join(dir, "provision/provision"), []byte(script), 0o700),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// TestEndToEnd is `make bench-ec2` with few operations: provision and the
// benchmark, from launch to teardown, with ssh to simulated hosts.
func TestEndToEnd(t *testing.T) {
	m := startMoto(t)
	newDatacentre(t, m, false)
	s := newStage(t, m, swift, "benchmark")
	defer s.tell()
	if _, err := exec.LookPath("make"); err != nil {
		skip(t, "make is not on PATH: install make")
	}
	dir := t.TempDir()
	furnishCheckout(t, dir)
	flags := append([]string{"--user", "root", "--lifetime", "4h", "--lease", (3 * lease).String(), "--yes", "--ssh-cidr", "203.0.113.7"}, s.flags()...)
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", benchEC2(t, strings.Join(flags, " "), "ec2.jsonl"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &s.words, &s.words
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	s.mustBeEmpty()
	text, err := os.ReadFile(filepath.Join(dir, "ec2.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	trials := 0
	for line := range bytes.Lines(text) {
		var trial struct {
			Hosts []struct{ Facts map[string]string }
		}
		if err := json.Unmarshal(line, &trial); err != nil || len(trial.Hosts) != 8 {
			t.Fatalf("a trial with %d hosts, %v, want 8", len(trial.Hosts), err)
		}
		for n, h := range trial.Hosts {
			if !strings.HasPrefix(h.Facts["image"], "ami-") || h.Facts["run"] != s.runs()[0] {
				t.Errorf("the record of host %d does not say what it was made of: %v", n, h.Facts)
			}
		}
		trials++
	}
	if trials != 6 {
		t.Errorf("%d trials, want put, get and del for 1 and 8 clients", trials)
	}
}

// TestHosts: ssh reaches the hosts of the inventory at their addresses, and they
// reach each other.
func TestHosts(t *testing.T) {
	m := startMoto(t)
	newDatacentre(t, m, false)
	s := newStage(t, m, swift, "visitor")
	defer s.tell()
	dir := t.TempDir()
	script := `set -e
cp "$DHTBENCH_HOSTS" ` + dir + `/hosts
for h in h0 h1; do ssh -F "$(dirname "$DHTBENCH_HOSTS")/ssh_config" $h "ip -4 -o addr show dev eth0; cat /run/dhtbench/run" >` + dir + `/$h; done`
	if err := s.realChild(s.realFlags(2, lease, "sh", "-c", script)...).Run(); err != nil {
		t.Fatal(err)
	}
	hosts, err := host.ReadInventory(filepath.Join(dir, "hosts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hosts {
		text, err := os.ReadFile(filepath.Join(dir, h.Name))
		if err != nil || !bytes.Contains(text, []byte(" "+h.Addr+"/16 ")) || !bytes.HasSuffix(text, []byte("\n"+s.runs()[0]+"\n")) {
			t.Errorf("host %s at %s says %q, %v", h.Name, h.Addr, text, err)
		}
	}
	s.mustBeEmpty()
}

// launchSleeper starts a run of two hosts whose command sleeps, and waits until it
// does.
func (s *stage) launchSleeper(t *testing.T, flags ...string) *exec.Cmd {
	t.Helper()
	args := append([]string{"--nodes", "2", "--user", "root"}, flags...)
	cmd := s.realChild(append(args, s.launchFlags("sh", "-c", "echo up; exec sleep 1000")...)...)
	cmd.Stdout, cmd.Stderr = nil, nil // which the command would hold open
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "up\n" {
		t.Fatalf("the command said %q, %v; the program ended with %v", line, err, cmd.Wait())
	}
	return cmd
}

// awaitNoInstance waits until there is no instance of the stage's owner.
func (s *stage) awaitNoInstance(t *testing.T) {
	t.Helper()
	limit := time.Now().Add(60 * time.Second)
	for {
		left, err := s.left()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(left, "instance") {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("60 s (%v of the hosts' time) later there is still %q", 60*time.Second*scale, left)
		}
		pause(t.Context(), 50*time.Millisecond)
	}
}

// TestLeaseEndsHostsOfAKilledRun: hosts end after their lease if provision is
// killed.
func TestLeaseEndsHostsOfAKilledRun(t *testing.T) {
	m := startMoto(t)
	newDatacentre(t, m, false)
	s := newStage(t, m, swift, "victim")
	defer s.tell()
	cmd := s.launchSleeper(t, "--lifetime", "4h", "--lease", lease.String())
	// Longer than a lease, in the hosts' time: heartbeats keep them up.
	pause(t.Context(), 3*lease/2/scale)
	if left, err := s.left(); strings.Count(left, "instance") != 2 {
		t.Fatalf("with heartbeats, there is %q, %v: want 2 instances", left, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	s.awaitNoInstance(t)
	s.destroyAll()
	s.mustBeEmpty()
}

// TestLifetimeEndsHosts: hosts end after their lifetime, also with heartbeats.
func TestLifetimeEndsHosts(t *testing.T) {
	m := startMoto(t)
	newDatacentre(t, m, false)
	s := newStage(t, m, swift, "lingerer")
	defer s.tell()
	cmd := s.launchSleeper(t, "--lifetime", minLifetime.String(), "--lease", lease.String())
	s.awaitNoInstance(t)
	if calls := s.proxy.log(); slices.Contains(calls, "TerminateInstances") {
		t.Errorf("provision ended the hosts: %q", calls)
	}
	cmd.Process.Signal(syscall.SIGINT)
	if err := cmd.Wait(); exitCode(err) != 130 {
		t.Errorf("ended with %v, want the command's status 130", err)
	}
	s.mustBeEmpty()
}

// TestOtherHostKeyIsRefused: ssh does not connect to a machine with another host
// key.
func TestOtherHostKeyIsRefused(t *testing.T) {
	m := startMoto(t)
	newDatacentre(t, m, true)
	s := newStage(t, m, swift, "wary")
	defer s.tell()
	cmd := s.realChild(s.realFlags(2, lease, "true")...)
	cmd.Env = append(cmd.Env, hasteVariable+"=10s")
	if err := cmd.Run(); exitCode(err) != 1 {
		t.Errorf("ended with %v", err)
	}
	if !strings.Contains(s.words.String(), "Host key verification failed") {
		t.Error("it is not said why")
	}
	s.mustBeEmpty()
}
