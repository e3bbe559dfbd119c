package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// onHosts is a script that says on each host in the inventory what it is.
const onHosts = `
config=$(dirname "$DHTBENCH_HOSTS")/ssh_config
for h in h1 h2 h3; do
	ssh -F "$config" $h 'echo "$(hostname)|$(ls -A /tmp)|$(ls /sys/class/net | tr "\n" " ")|$(tail -n +2 /proc/net/route | cut -f 1,2,8 | tr "\t\n" ", ")|$SSH_CONNECTION"; touch /tmp/mine'
done
`

// TestLab looks at a lab from inside: from where COMMAND is, and on each host.
func TestLab(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	l := startLab(t, "--nodes", "3", "--", "sh", "-c", "look && "+onHosts)
	var v view
	if err := json.Unmarshal([]byte(l.line()), &v); err != nil {
		t.Fatal(err)
	}
	output, message, status := l.end()
	if status != 0 || !strings.Contains(message, "lab: 3 hosts, round trip measured p50 ") {
		t.Errorf("exit status %d, message:\n%s", status, message)
	}
	if seen, err := os.ReadFile("seen"); err != nil || string(seen) != "yes" || v.Dir != dir {
		t.Errorf("COMMAND ran in %s and left %q, %v", v.Dir, seen, err)
	}
	if !slices.Equal(v.Devices, []string{"lo", "eth0"}) || !slices.Equal(v.Nowhere, elsewhere()) {
		t.Errorf("COMMAND has devices %v, and no way to %v, want none to %v", v.Devices, v.Nowhere, elsewhere())
	}
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(v.Hosts) != 3 || len(lines) != 3 {
		t.Fatalf("hosts %v, which said:\n%s", v.Hosts, output)
	}
	for i, h := range v.Hosts {
		name, addr := fmt.Sprintf("h%d", i+1), fmt.Sprintf("10.77.0.%d", i+1)
		if h.Name != name || h.Addr != addr || len(h.Via) != 4 || !strings.HasSuffix(h.Via[0], "/ssh") || h.Via[3] != name {
			t.Errorf("host %d is %+v", i, h)
		}
		// A route has device, destination and mask: the three others', in the
		// byte order of the machine.
		routes := ""
		for _, last := range []int{1, 2, 3, 254} {
			if last != i+1 {
				routes += fmt.Sprintf("eth0,%02X004D0A,FFFFFFFF ", last)
			}
		}
		want := name + "||eth0 lo |" + routes + "|10.77.0.254 "
		if !strings.HasPrefix(lines[i], want) || !strings.HasSuffix(lines[i], " "+addr+" 22") {
			t.Errorf("%s said %q, want %q...", name, lines[i], want)
		}
	}
	if left := l.left(); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

var statedMedian = regexp.MustCompile(`round trip requested 2ms, measured p50 (\d+) µs`)

// TestLabRoundTrip: hosts have the round trip requested, or the lab ends because the
// machine is too busy to keep it. Other work makes round trips longer, never shorter.
func TestLabRoundTrip(t *testing.T) {
	t.Chdir(t.TempDir())
	seen, message, status := startLab(t, "--nodes", "2", "--rtt", "2ms", "--", "look").end()
	if status == 1 && strings.Contains(message, "stop other work on this machine") {
		return
	}
	var v view
	if err := json.Unmarshal([]byte(seen), &v); err != nil || status != 0 {
		t.Fatalf("exit status %d, %v, message:\n%s", status, err, message)
	}
	stated := statedMedian.FindStringSubmatch(message)
	if stated == nil || !strings.Contains(message, "lab: the switch forwarded ") || !strings.Contains(message, " dropped 0;") {
		t.Fatalf("message:\n%s", message)
	}
	median, _ := strconv.ParseFloat(stated[1], 64)
	refused := float64(v.Refused) / float64(time.Microsecond)
	if math.Abs(median-2000) > 200 || refused < 1800 {
		t.Errorf("stated %v µs, being refused takes %v µs, want 2000 ± 200 and at least 1800", median, refused)
	}
	t.Logf("being refused takes %v µs\n%s", refused, message)
}

func TestLabPassesTheExitStatusOn(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 3": 3, "kill -9 $$": 137} {
		l := startLab(t, "--nodes", "1", "--", "sh", "-c", script)
		if _, message, status := l.end(); status != want {
			t.Errorf("%s: exit status %d, message:\n%s", script, status, message)
		}
	}
}

func TestInterruptedLab(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			l := startLab(t, "--nodes", "2", "--", "sh", "-c", `trap 'echo bye; exit 7' INT; sleep 1000 & echo up; wait`)
			l.line()
			r := l.alive()
			if err := l.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			output, message, status := l.end()
			l.awaitGone(r)
			if status != 7 || output != "bye\n" || len(l.left()) != 0 {
				t.Errorf("exit status %d, COMMAND said %q, left %v, message:\n%s", status, output, l.left(), message)
			}
		})
	}
}

// TestKilledLab kills one process of each kind.
func TestKilledLab(t *testing.T) {
	for _, c := range []struct {
		kind    string
		argv    string // a regular expression
		rtt     []string
		goesOn  bool // the lab does not need it
		status  int
		message string
	}{
		{kind: "provision", argv: "^provision lab --nodes", rtt: []string{"--rtt", "1ms"}, status: -1},
		{kind: "init", argv: "lab-stage init", rtt: []string{"--rtt", "1ms"}, status: 1, message: "the lab's first process ended without a report: signal: killed"},
		{kind: "switch", argv: "lab-stage switch", rtt: []string{"--rtt", "1ms"}, status: 1, message: "lab: switch on this machine ended: signal: killed"},
		{kind: "bridge", argv: "lab-stage switch", status: 1, message: "lab: switch on this machine ended: signal: killed"},
		{kind: "sshd", argv: `sshd.*\[listener\]`, status: 1, message: " ended, and its sessions did not"},
		{kind: "COMMAND", argv: "^sleep 1000|^sh -c", status: 137},
		{kind: "login", argv: "ssh -F.*ControlMaster", goesOn: true, status: 130},
		{kind: "session", argv: "^sshd: root", goesOn: true, status: 130},
	} {
		t.Run(c.kind, func(t *testing.T) {
			l := startLab(t, append(append([]string{"--nodes", "2"}, c.rtt...), "--", "sh", "-c", "echo up; exec sleep 1000")...)
			l.line()
			r := l.alive()
			if len(r.namespaces) != 1+4+3+2 { // pid; net of all; mnt of init and hosts; uts of hosts
				t.Errorf("namespaces %v", r.namespaces)
			}
			if err := syscall.Kill(r.find(t, c.argv).pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			if c.goesOn {
				if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			_, message, status := l.end()
			l.awaitGone(r)
			if status != c.status || !strings.Contains(message, c.message) {
				t.Errorf("exit status %d, message:\n%s", status, message)
			}
			left := l.left()
			if c.kind != "provision" {
				if len(left) != 0 {
					t.Errorf("left %v", left)
				}
				return
			}
			if len(left) != 1 {
				t.Errorf("left %v, want the lab's empty directory", left)
			}
			if out := l.clean(); !strings.HasPrefix(out, "removed "+l.temp) || len(l.left()) != 0 {
				t.Errorf("--clean said %q and left %v", out, l.left())
			}
		})
	}
}

func TestCleanSparesTheLiving(t *testing.T) {
	l := startLab(t, "--nodes", "1", "--", "sh", "-c", `echo up; sleep 1000 & wait`)
	l.line()
	if out := l.clean(); !strings.HasSuffix(out, " is in use\n") || len(l.left()) != 1 {
		t.Errorf("--clean said %q and left %v", out, l.left())
	}
	if err := l.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	l.end()
	if out := l.clean(); out != "" || len(l.left()) != 0 {
		t.Errorf("--clean said %q and left %v", out, l.left())
	}
}

func TestUsage(t *testing.T) {
	for args, want := range map[string]string{
		"lab":                             "no command: give one after --",
		"lab --nodes 0 --rtt=-1s -- true": "--nodes 0: must be 1 to 64\n--rtt -1s: must be above 0",
		"lab --clean -- true":             "--clean cannot be combined with a command",
		"lab --rtt fast -- true":          "fast",
		"lab --nodes 8 true --rtt":        "see provision lab",
		"elsewhere":                       "unexpected argument elsewhere",
	} {
		out, err := exec.Command("provision", strings.Fields(args)...).CombinedOutput()
		exit, ok := err.(*exec.ExitError)
		if !ok || exit.ExitCode() != 2 || !strings.Contains(string(out), want) || !strings.Contains(string(out), "--help") {
			t.Errorf("%s: %v: %s", args, err, out)
		}
	}
}

// TestLabLacks runs the program where it may not make a lab: all that is
// lacking is said at once.
func TestLabLacks(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "lab", "--nodes", "2", "--", "/no/such/command")
	cmd.Args[0] = "provision" // which this binary then is
	cmd.Env = []string{"PATH=/nowhere"}
	wants := []string{"provision lab needs root (try sudo)", "ssh is missing; install openssh-client", "find command: ", "/no/such/command"}
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 1 {
		t.Errorf("error %v", err)
	}
	for _, want := range wants {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s\ndoes not say %q", out, want)
		}
	}
}
