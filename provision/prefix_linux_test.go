package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"dhtbench/provision/host"
	"dhtbench/results"
)

// namespacesLimit is the time limit of hosts in namespaces and their command.
const namespacesLimit = 2 * time.Minute

// small are the flags of a benchmark of one trial on two hosts.
const small = " --nodes 2 --clients 2 --workload ycsb-a --records 100 --ops 200 --warmup 0 --no-baseline"

// readme returns README.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// needRoot skips the test without root or without one of the programs, which are
// given with their Debian packages; in CI there must be all.
func needRoot(t *testing.T, programs map[string]string) {
	t.Helper()
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	missing := ""
	if os.Geteuid() != 0 {
		missing = "needs root to make namespaces: run the tests with sudo"
	}
	for program, debianPackage := range programs {
		if _, err := exec.LookPath(program); err != nil {
			missing = "needs " + program + ": apt-get install " + debianPackage
		}
	}
	switch {
	case missing == "":
	case os.Getenv("CI") == "true":
		t.Fatal(missing)
	default:
		t.Skip(missing)
	}
}

// buildBenchmark puts dhtbench into dir.
func buildBenchmark(t *testing.T, dir string) {
	t.Helper()
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", filepath.Join(dir, "dhtbench"), "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build dhtbench: %v\n%s", err, out)
	}
}

// inNamespaces runs a script of testdata in dir and in its own namespaces, and
// returns what it prints. All its processes end with it.
func inNamespaces(t *testing.T, dir, script string, args ...string) string {
	t.Helper()
	script, err := filepath.Abs(filepath.Join("testdata", script))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), namespacesLimit)
	defer cancel()
	unshare := []string{"--net", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", script}
	cmd := exec.CommandContext(ctx, "unshare", append(unshare, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DIR="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return string(out)
	}
	logs, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	for _, name := range logs {
		text, _ := os.ReadFile(name)
		out = fmt.Appendf(out, "\n%s:\n%s", filepath.Base(name), text)
	}
	t.Fatalf("%s: %v\n%s", filepath.Base(script), err, out)
	return ""
}

// checkSmall checks that a benchmark with the flags small ran on the hosts, and
// returns its trial. out is what it printed.
func checkSmall(t *testing.T, file string, hosts []host.Host, out string) results.Trial {
	t.Helper()
	trials, err := results.ReadFile(file)
	if err != nil || len(trials) != 1 {
		t.Fatalf("%d trials, %v, want 1; it printed:\n%s", len(trials), err, out)
	}
	trial := trials[0]
	if c := trial.Counts(); c.OK != 400 || c.Bad() != 0 {
		t.Errorf("outcomes %+v, want 400 ok", c)
	}
	if len(trial.Hosts) != len(hosts) {
		t.Fatalf("%d hosts in the record, want %d", len(trial.Hosts), len(hosts))
	}
	for i, h := range trial.Hosts {
		if h.Name != hosts[i].Name || trial.Clients[i].Host != h.Name || len(h.Nodes) != 1 {
			t.Errorf("host %d of the record is %+v, want %s with one node and client", i, h, hosts[i].Name)
		}
	}
	return trial
}
