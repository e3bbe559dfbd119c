package ec2

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// bootScript is the script that arms a host, for a run of 90 min and a lease of
// 15.
func bootScript(t *testing.T) string {
	t.Helper()
	r := run{ID: "20260131-235959-abcdefgh", Expires: time.Date(2026, 2, 1, 1, 30, 0, 0, time.UTC)}
	data, err := userData(r, keys{}, 90*time.Minute, 15*time.Minute, nil)
	if err != nil {
		t.Fatal(err)
	}
	config := parseUserData(t, data)
	return config.Bootcmd[0][2]
}

// machineRoom is a root folder for scripts that think that they own a machine,
// with a systemctl that writes down what it is told.
func machineRoom(t *testing.T) (root string, run func(script string)) {
	t.Helper()
	root = t.TempDir()
	bin := filepath.Join(root, "bin")
	stub := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>%s/systemctl.log\ncase $1 in is-active) echo active;; esac\n", root)
	for _, dir := range []string{bin} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(stub), 0o700); err != nil {
		t.Fatal(err)
	}
	return root, func(script string) {
		t.Helper()
		cmd := exec.Command("sh", "-euc", script)
		cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH")}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

// inRoot moves the absolute paths of a script into root.
func inRoot(script, root string) string {
	return regexp.MustCompile(`(^|[\s>=])/(run)\b`).ReplaceAllString(script, "${1}"+root+"/$2")
}

// TestLease: minutes without a heartbeat are counted, a heartbeat resets the
// count, and the host powers itself off after 15.
func TestLease(t *testing.T) {
	script := bootScript(t)
	root, do := machineRoom(t)
	do(inRoot(script, root))
	log := func() string {
		text, err := os.ReadFile(filepath.Join(root, "systemctl.log"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if want := "daemon-reload\nstart --no-block dhtbench-lifetime.timer dhtbench-lease.timer dhtbench-lease.service\n"; log() != want {
		t.Errorf("arming says %q, want %q", log(), want)
	}
	tick := "sh " + filepath.Join(root, "run/dhtbench/lease")
	do(tick) // at once
	if missed, err := os.ReadFile(filepath.Join(root, "run/dhtbench/missed")); string(missed) != "0\n" {
		t.Errorf("%q minutes are counted at once, %v", missed, err)
	}
	for minute := range 40 {
		if minute%10 == 0 {
			do("touch " + filepath.Join(root, "run/dhtbench/beat/heartbeat"))
		}
		do(tick)
	}
	if strings.Contains(log(), "poweroff") {
		t.Fatal("powered off in spite of a heartbeat every 10 minutes")
	}
	minutes := 0 // the last heartbeat was 9 minutes ago
	for ; !strings.Contains(log(), "poweroff") && minutes < 60; minutes++ {
		do(tick)
	}
	if minutes+9 != 15 {
		t.Errorf("powered off after %d minutes without a heartbeat, want 15", minutes+9)
	}
}

// TestArmedIsReadBack: a host reports its timers.
func TestArmedIsReadBack(t *testing.T) {
	script := bootScript(t)
	root, do := machineRoom(t)
	do(inRoot(script, root))
	out := filepath.Join(root, "out")
	for _, counts := range []string{"", "lease counts\n"} {
		do("sh " + filepath.Join(root, "run/dhtbench/armed") + " >" + out)
		text, err := os.ReadFile(out)
		if want := "run 20260131-235959-abcdefgh\nlifetime active\nlease active\n" + counts + "fires \n"; err != nil || string(text) != want {
			t.Errorf("%q, %v, want %q", text, err, want)
		}
		do("sh " + filepath.Join(root, "run/dhtbench/lease"))
	}
	timer, err := os.ReadFile(filepath.Join(root, "run/systemd/system/dhtbench-lifetime.timer"))
	if want := "OnBootSec=5400\nOnCalendar=2026-02-01 01:30:00 UTC\n"; err != nil || !strings.Contains(string(timer), want) {
		t.Errorf("the timer is %q, %v, want %q in it", timer, err, want)
	}
}

// TestSystemdVerifiesTheUnits: systemd-analyze accepts the units.
func TestSystemdVerifiesTheUnits(t *testing.T) {
	path, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not on PATH: install systemd")
	}
	root, do := machineRoom(t)
	do(inRoot(bootScript(t), root))
	units, err := filepath.Glob(filepath.Join(root, "run/systemd/system/*"))
	if err != nil || len(units) != 4 {
		t.Fatalf("units %q, %v, want two timers and their services", units, err)
	}
	cmd := exec.Command(path, append([]string{"verify", "--man=no"}, units...)...)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+filepath.Join(root, "run/systemd/system")+":")
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}
