package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// goneWithin is how long after a kill anything of a lab may live.
const goneWithin = 2 * time.Second

// labRun is a `provision lab` under way.
type labRun struct {
	t       *testing.T
	cmd     *exec.Cmd
	stdout  *bufio.Reader
	stderr  bytes.Buffer
	temp    string // where it makes its directory
	mounts  string // of this process, before it started
	devices []string
}

// needLab skips the test where no lab can be made; in CI it must be possible.
func needLab(t *testing.T) {
	t.Helper()
	var missing string
	if os.Geteuid() != 0 {
		missing = "needs root to make namespaces: run the tests with sudo"
	} else if _, err := os.Stat("/usr/sbin/sshd"); err != nil {
		missing = "needs sshd: apt-get install openssh-server"
	} else {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// startLab starts a lab with arguments of `provision lab`.
func startLab(t *testing.T, args ...string) *labRun {
	t.Helper()
	needLab(t)
	temp, err := os.MkdirTemp("", "lab")
	if err != nil {
		t.Fatal(err)
	}
	l := &labRun{t: t, cmd: exec.Command("provision", append([]string{"lab"}, args...)...), temp: temp}
	l.mounts, l.devices = mounts(t), devices(t)
	l.cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	l.cmd.Stderr = &l.stderr
	stdout, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.stdout = bufio.NewReader(stdout)
	t.Cleanup(func() {
		l.cmd.Process.Kill()
		l.cmd.Wait()
		os.RemoveAll(temp)
	})
	return l
}

// line is the next line that COMMAND wrote.
func (l *labRun) line() string {
	l.t.Helper()
	line, err := l.stdout.ReadString('\n')
	if err != nil {
		l.cmd.Wait()
		l.t.Fatalf("COMMAND wrote %q, %v; standard error:\n%s", line, err, &l.stderr)
	}
	return strings.TrimSuffix(line, "\n")
}

// end waits for the program and returns the rest of what COMMAND wrote, what
// the program and COMMAND wrote to standard error, and the exit status.
func (l *labRun) end() (output, message string, status int) {
	l.t.Helper()
	rest, err := io.ReadAll(l.stdout)
	if err != nil {
		l.t.Fatal(err)
	}
	l.cmd.Wait()
	return string(rest), l.stderr.String(), l.cmd.ProcessState.ExitCode()
}

// process is one of a lab's, as /proc tells.
type process struct {
	pid, parent int
	argv        string   // with spaces
	namespaces  []string // "net:[4026532001]"
}

// processes are all that can be seen.
func processes(t *testing.T) map[int]process {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[int]process)
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state ppid ...
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if fields[0] == "Z" {
			continue
		}
		var p process
		p.pid, _ = strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		p.parent, _ = strconv.Atoi(fields[1])
		argv, _ := os.ReadFile(filepath.Join(filepath.Dir(stat), "cmdline"))
		p.argv = strings.TrimSpace(string(bytes.ReplaceAll(argv, []byte{0}, []byte{' '})))
		for _, kind := range []string{"net", "mnt", "pid", "uts"} {
			if name, err := os.Readlink(filepath.Join(filepath.Dir(stat), "ns", kind)); err == nil {
				p.namespaces = append(p.namespaces, name)
			}
		}
		all[p.pid] = p
	}
	return all
}

// remains is what exists of a lab while it lives, and must not afterwards.
type remains struct {
	processes  []process
	pidfds     []int
	namespaces map[string]bool
}

// alive finds all of the lab: the program, and what descends from it.
func (l *labRun) alive() remains {
	l.t.Helper()
	all := processes(l.t)
	own := make(map[string]bool)
	for _, name := range all[os.Getpid()].namespaces {
		own[name] = true
	}
	r := remains{namespaces: make(map[string]bool)}
	for _, p := range all {
		ancestor := p
		for ancestor.pid != 0 && ancestor.pid != l.cmd.Process.Pid {
			ancestor = all[ancestor.parent]
		}
		if ancestor.pid == 0 {
			continue
		}
		fd, err := unix.PidfdOpen(p.pid, 0)
		if err == unix.ESRCH {
			continue
		}
		if err != nil {
			l.t.Fatalf("watch process %d: %v", p.pid, err)
		}
		l.t.Cleanup(func() { unix.Close(fd) })
		r.processes, r.pidfds = append(r.processes, p), append(r.pidfds, fd)
		for _, name := range p.namespaces {
			if !own[name] {
				r.namespaces[name] = true
			}
		}
	}
	return r
}

// find is a process whose argv matches. Give it an expression that none of
// another kind matches: COMMAND's words, too, are in the argv of the program.
func (r remains) find(t *testing.T, argv string) process {
	t.Helper()
	expression := regexp.MustCompile(argv)
	for _, p := range r.processes {
		if expression.MatchString(p.argv) {
			return p
		}
	}
	t.Fatalf("no process with argv %s among %v", argv, r.processes)
	return process{}
}

// awaitGone fails the test if anything of a lab lives on: a process, or a
// namespace that any process is in; or if this process sees a mount or a
// network device that it did not see before.
func (l *labRun) awaitGone(r remains) {
	l.t.Helper()
	deadline := time.Now().Add(goneWithin)
	for i, fd := range r.pidfds {
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		for {
			n, err := unix.Poll(poll, int(max(time.Until(deadline), 0).Milliseconds()))
			if err == unix.EINTR {
				continue
			}
			if err != nil || n == 0 {
				l.t.Fatalf("%q lives %v after the end (%v)", r.processes[i].argv, goneWithin, err)
			}
			break
		}
	}
	for _, p := range processes(l.t) {
		for _, name := range p.namespaces {
			if r.namespaces[name] {
				l.t.Errorf("%q is in the lab's namespace %s", p.argv, name)
			}
		}
	}
	if after := mounts(l.t); after != l.mounts {
		l.t.Errorf("mounts before:\n%s\nand after:\n%s", l.mounts, after)
	}
	for _, name := range devices(l.t) {
		if !strings.Contains(" "+strings.Join(l.devices, " ")+" ", " "+name+" ") {
			l.t.Errorf("network device %s is new", name)
		}
	}
}

// left are the names in the directory where the lab made its own.
func (l *labRun) left() []string {
	l.t.Helper()
	entries, err := os.ReadDir(l.temp)
	if err != nil {
		l.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// clean runs `provision lab --clean` and returns what it wrote.
func (l *labRun) clean() string {
	l.t.Helper()
	cmd := exec.Command("provision", "lab", "--clean")
	cmd.Env = l.cmd.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		l.t.Errorf("clean: %v: %s", err, out)
	}
	return string(out)
}

func mounts(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func devices(t *testing.T) (names []string) {
	t.Helper()
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}
