package ec2

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// bootSystemd boots the real systemd in new namespaces on the boot commands of a
// host, with minutes of a second each, and runs driver on it until the host powers
// itself off. It returns what driver wrote to the file that is its argument.
func bootSystemd(t *testing.T, lifetime, lease time.Duration, driver string) (log string) {
	t.Helper()
	if os.Getenv(rootVariable) == "" {
		skip(t, "systemd needs root: run the tests as root")
	}
	systemd := "/lib/systemd/systemd"
	if _, err := os.Stat(systemd); err != nil {
		skip(t, "%s is missing: install systemd", systemd)
	}
	r := run{ID: "20260131-235959-abcdefgh", Expires: time.Now().Add(time.Hour)}
	data, err := userData(r, keys{}, lifetime, lease, nil)
	if err != nil {
		t.Fatal(err)
	}
	boot := strings.ReplaceAll(parseUserData(t, data).Bootcmd[0][2], "Sec=60\n", "Sec=1\n")
	boot = strings.ReplaceAll(boot, "AccuracySec=1\n", "AccuracySec=10ms\n")
	dir := t.TempDir()
	for name, text := range map[string]string{"bootcmd": boot, "driver": driver, "log": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "sh", "testdata/systemd.sh")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "DIR=" + dir, "SYSTEMD=" + systemd}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWNET | unix.CLONE_NEWCGROUP,
		Pdeathsig:  syscall.SIGKILL,
	}
	console := new(lockedBuffer)
	cmd.Stdout, cmd.Stderr = console, console
	t.Cleanup(func() { // systemd leaves its control groups
		exec.Command("unshare", "--mount", "--cgroup", "sh", "-c", `mount -t cgroup2 cgroup2 /sys/fs/cgroup && cd /sys/fs/cgroup &&
			rmdir system.slice/dhtbench-* system.slice/bootcmd.service system.slice/driver.service system.slice init.scope`).Run()
	})
	limit := time.AfterFunc(2*time.Minute, func() { cmd.Process.Kill() })
	defer limit.Stop()
	err = cmd.Run()
	// The kernel reports the power-off of a process namespace as SIGINT.
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGINT {
		t.Errorf("systemd ended with %v, want a power-off; its console:\n%s", err, indent(console.String()))
	}
	text, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSystemdCountsTheLease: under the real systemd, the lease is counted each
// minute, a heartbeat resets the count, and the host powers itself off at its end.
func TestSystemdCountsTheLease(t *testing.T) {
	log := bootSystemd(t, time.Hour, 4*time.Minute, `
exec >"$1"
missed() { cat /run/dhtbench/missed 2>/dev/null || echo none; }
while [ "$(missed)" != 2 ]; do sleep 0.05; done
sh /run/dhtbench/armed
touch /run/dhtbench/beat/heartbeat
while [ "$(missed)" != 0 ]; do sleep 0.05; done
echo "reset by a heartbeat"
while :; do echo "missed $(missed)"; sleep 0.05; done
`)
	for _, want := range []string{
		"run 20260131-235959-abcdefgh\nlifetime active\nlease active\nlease counts\n",
		"reset by a heartbeat\n", "missed 1\n", "missed 2\n", "missed 3\n",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("no %q in %s", want, log)
		}
	}
	if past := regexp.MustCompile(`missed ([5-9]|\d\d)`).FindString(log); past != "" {
		t.Errorf("%s: the host outlived its lease of 4", past)
	}
}

// TestSystemdEndsTheLifetime: heartbeats come, and the host powers itself off.
func TestSystemdEndsTheLifetime(t *testing.T) {
	began := time.Now()
	log := bootSystemd(t, 6*time.Second, 4*time.Minute, `
exec >"$1"
while :; do touch /run/dhtbench/beat/heartbeat; echo "missed $(cat /run/dhtbench/missed)"; sleep 0.05; done
`)
	if took := time.Since(began); took < 6*time.Second || strings.Contains(log, "missed 4") {
		t.Errorf("the host powered off after %v, want its lifetime of 6 s:\n%s", took, log)
	}
}

// TestCloudInitAcceptsTheUserData: cloud-init's schema accepts the user data.
func TestCloudInitAcceptsTheUserData(t *testing.T) {
	path, err := exec.LookPath("cloud-init")
	if err != nil {
		skip(t, "cloud-init is not on PATH: install cloud-init")
	}
	r := run{ID: "20260131-235959-abcdefgh", Expires: time.Now()}
	k, err := makeKeys(folder(t.TempDir()), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, packages := range [][]string{nil, {"redis-server", "memcached"}} {
		data, err := userData(r, k, 90*time.Minute, 15*time.Minute, packages)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "user-data")
		if err := os.WriteFile(file, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(path, "schema", "--config-file", file).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Valid") {
			t.Errorf("cloud-init schema with packages %q: %v: %s", packages, err, fmt.Sprintf("%.2000s", out))
		}
	}
}
