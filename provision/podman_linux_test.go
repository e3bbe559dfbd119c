package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dhtbench/provision/host"
)

// hostOfREADME returns the host in README's example of an inventory by its name.
func hostOfREADME(t *testing.T, name string) host.Host {
	t.Helper()
	var inventory []string
	for line := range strings.Lines(readme(t)) {
		if line, ok := strings.CutPrefix(line, "    {"); ok {
			inventory = append(inventory, "{"+line)
		}
	}
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte(strings.Join(inventory, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	hosts, err := host.ReadInventory(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hosts {
		if h.Name == name {
			return h
		}
	}
	t.Fatalf("README has no host %s", name)
	return host.Host{}
}

// TestPodmanPrefixOfREADME runs a benchmark in two read-only containers of a user
// without privileges, through the prefix in README.
func TestPodmanPrefixOfREADME(t *testing.T) {
	needRoot(t, map[string]string{"podman": "podman", "crun": "crun", "busybox": "busybox-static", "ip": "iproute2"})
	dir := t.TempDir()
	buildBenchmark(t, dir)
	var hosts []host.Host
	for n := 1; n <= 2; n++ {
		h := hostOfREADME(t, "c1")
		h.Name, h.Addr = fmt.Sprintf("c%d", n), fmt.Sprintf("10.78.0.%d", n)
		h.Via[len(h.Via)-1] = h.Name
		hosts = append(hosts, h)
	}
	if err := host.WriteInventory(filepath.Join(dir, "hosts"), hosts); err != nil {
		t.Fatal(err)
	}
	out := inNamespaces(t, dir, "podman.sh", strings.Fields("./dhtbench bench --hosts hosts --results trial.jsonl"+small)...)
	checkSmall(t, filepath.Join(dir, "trial.jsonl"), hosts, out)
}
