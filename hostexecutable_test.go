package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dhtbench/provision/host"
	"dhtbench/results"
)

// variant returns the path of a copy of this executable in which new replaces old,
// which must be as long.
func variant(t *testing.T, old, new string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if len(old) != len(new) || !bytes.Contains(program, []byte(old)) {
		t.Fatalf("%q cannot be replaced by %q", old, new)
	}
	name := filepath.Join(t.TempDir(), "variant")
	if err := os.WriteFile(name, bytes.ReplaceAll(program, []byte(old), []byte(new)), 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

// machine returns this machine as a host that reports another system, such as "Linux
// aarch64".
func machine(t *testing.T, name, kind string) host.Host {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "uname"), []byte("#!/bin/sh\necho "+kind+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return host.Host{Name: name, Addr: "127.0.0.1", Via: []string{"env", "PATH=" + dir + ":" + os.Getenv("PATH"), "XDG_CACHE_HOME=" + dir}}
}

// TestHostExecutable: hosts of another architecture get the executable that was built
// for it, and this machine runs its own. The executable for arm64 is a copy of this one
// with another description, so that hosts can run it.
func TestHostExecutable(t *testing.T) {
	if runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" {
		t.Skip("needs linux/amd64")
	}
	arm64 := variant(t, "GOARCH=amd64", "GOARCH=arm64")
	arm, amd := machine(t, "arm", "Linux aarch64"), machine(t, "amd", "Linux x86_64")
	for _, c := range []struct {
		name  string
		hosts []host.Host
		flags []string
		want  string // part of the error; "" for none
	}{
		{"missing", []host.Host{arm}, nil, "was built for Linux x86_64: both must be the same; build one for the host and give it with --host-executable"},
		{"fits", []host.Host{arm, host.Local()}, []string{"--host-executable", arm64}, ""},
		{"does not fit", []host.Host{arm, amd}, []string{"--host-executable", arm64}, "host amd is Linux x86_64 and " + arm64 + " was built for Linux aarch64"},
		{"not a program", []host.Host{arm}, []string{"--host-executable", "README.md"}, "--host-executable: could not read Go build info from README.md: unrecognized file format; give an executable of dhtbench"},
		{"other program", []host.Host{arm}, []string{"--host-executable", tool(t, "go", "golang")}, "is the program cmd/go: must be dhtbench"},
		{"other build", []host.Host{arm}, []string{"--host-executable", variant(t, runtime.Version(), strings.Repeat("0", len(runtime.Version())))}, "both must be the same; run make"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.jsonl")
			args := append([]string{"bench", "--hosts", inventory(t, c.hosts...), "--share-hosts", "--nodes", "2", "--clients", "2", "--ops", "500", "--no-baseline", "--results", file}, c.flags...)
			out, err := exec.Command("dhtbench", args...).CombinedOutput()
			switch {
			case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(string(out), c.want)):
				t.Fatalf("%v, want %q\n%s", err, c.want, out)
			case c.want == "":
				trials, err := results.ReadFile(file)
				if err != nil || len(trials) != 3 || trials[0].Counts().OK != 1000 {
					t.Errorf("%d trials, %v, want 3 with 1,000 operations\n%s", len(trials), err, out)
				}
			}
		})
	}
}
