package host

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// remote returns a host whose prefix is a shell script on this machine. In it, "$@"
// is the command.
func remote(script string) Host {
	return Host{Name: "far", Addr: "127.0.0.1", Via: []string{"sh", "-c", script, "prefix"}}
}

// joined is a prefix that passes the arguments to a shell, as ssh does.
const joined = `exec sh -c "$*"`

// output runs printf on a host, which prints an argument a line.
func output(t *testing.T, h Host, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	lines, err := h.Run(ctx, "probe", append([]string{"printf", `%s\n`}, args...)...)
	return strings.Join(lines, "|"), err
}

// TestArgumentsAreQuoted: arguments arrive unchanged, whether the prefix passes
// them to a shell or not.
func TestArgumentsAreQuoted(t *testing.T) {
	args := []string{"[::1]:0", "two  words", `a'b"c\d`, "$HOME", "*", "~", "#x", "a;b&c|d", "!1", "{a,b}"}
	for name, h := range map[string]Host{"shell": remote(joined), "exec": remote(`exec "$@"`)} {
		if got, err := output(t, h, args...); err != nil || got != strings.Join(args, "|") {
			t.Errorf("%s: %q, %v, want %q", name, got, err, args)
		}
	}
}

// TestStartupFilesMayPrint: what a shell prints before the command is dropped.
func TestStartupFilesMayPrint(t *testing.T) {
	h := remote(`echo Welcome to far; printf 'no newline\n\n'; ` + joined)
	if got, err := output(t, h, "a"); err != nil || got != "a" {
		t.Errorf("%q, %v, want %q", got, err, "a")
	}
	// So staging works too.
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "with space"))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		paths, err := Stage(t.Context(), []Host{h}, self)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(paths[0]); err != nil || info.Mode().Perm()&0o100 == 0 {
			t.Errorf("staged %q: %v", paths[0], err)
		}
	}
}

// TestPrefixErrors: a prefix that does not connect one command is named.
func TestPrefixErrors(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"no stdin":    {`"$@" </dev/null`, "does not connect standard input; podman exec and kubectl exec need -i"},
		"repeated":    {`line=$(head -n 1); for i in 1 2; do echo "$line" | "$@"; done; sleep 1000`, "runs the command several times; with srun, add -N1 -n1"},
		"labels":      {`"$@" | sed 's/^/0: /'`, "unset SLURM_LABELIO"},
		"terminal":    {`"$@" | sed 's/$/\r/'`, "use -i instead of -it"},
		"ssh":         {`echo "me@far: Permission denied (publickey,password)." >&2; exit 255`, "`ssh -o BatchMode=yes HOST true` must succeed"},
		"queued":      {`echo "srun: job 33 queued and waiting for resources" >&2; exit 1`, "queued and waiting for resources"},
		"read-only":   {`echo "mkdir: cannot create directory: Read-only file system" >&2; exit 1`, "XDG_CACHE_HOME"},
		"no write":    {`echo "mkdir: cannot create directory '/x': Permission denied" >&2; exit 1`, "XDG_CACHE_HOME"},
		"not a shell": {`exit 3`, "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := output(t, remote(c.script), "a"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q, %v, want %q", got, err, c.want)
			}
		})
	}
}

// TestKillReachesGrandchildren: a prefix without exec has the process as its
// child, which holds the pipes. Both end, and the one that started them does not
// wait forever.
func TestKillReachesGrandchildren(t *testing.T) {
	for name, script := range map[string]string{
		"child":         `"$@"; exit`,
		"ignores TERM":  `trap "" TERM; "$@"; exit`,
		"other session": `setsid "$@"; exit`, // the pipes stay open
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := remote(script).Start("node 3", "sh", "-c", "echo $$; exec sleep 1000")
			if err != nil {
				t.Fatal(err)
			}
			line, err := p.Receive(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(string(line))
			if err != nil {
				t.Fatal(err)
			}
			fd, err := unix.PidfdOpen(pid, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(fd)
			p.giveUp(context.DeadlineExceeded)
			select {
			case <-p.Done():
			case <-time.After(20 * time.Second):
				t.Fatal("the process has not ended 20 s after it was killed")
			}
			if name == "other session" {
				unix.Kill(pid, unix.SIGKILL)
			}
			ended := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			for {
				n, err := unix.Poll(ended, 20_000)
				if err == unix.EINTR {
					continue
				}
				if err != nil || n == 0 {
					t.Errorf("the grandchild %d lives, %v", pid, err)
				}
				break
			}
		})
	}
}

// TestSilentProcessIsQuoted: a process that does not start has another error than
// one that is lost, and both have the last lines of standard error.
func TestSilentProcessIsQuoted(t *testing.T) {
	const queue = "srun: job 33 queued and waiting for resources"
	say := `echo "` + queue + `" >&2; `
	for name, c := range map[string]struct {
		prefix, command string
		patience        patience
		want            string
	}{
		"not started":      {say + `exec sleep 1000`, `true`, patience{2 * time.Second, time.Hour}, "has not started within 2s"},
		"no first line":    {`exec "$@"`, say + `exec sleep 1000`, patience{2 * time.Second, time.Hour}, "has not started within 2s"},
		"lost":             {`exec "$@"`, say + `echo up; exec sleep 1000`, patience{time.Hour, 100 * time.Millisecond}, "no sign of life for "},
		"lost in mid-line": {`exec "$@"`, say + `echo up; printf more; exec sleep 1000`, patience{time.Hour, 100 * time.Millisecond}, "no sign of life for "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := remote(c.prefix).start("node 3", []string{"sh", "-c", c.command}, &syscall.SysProcAttr{Setsid: true}, c.patience)
			if err != nil {
				t.Fatal(err)
			}
			p.Watch()
			<-p.Done()
			if err := p.Err(); !strings.Contains(err.Error(), "node 3 on far: "+c.want) || !strings.HasSuffix(err.Error(), "; its last lines were:\n\t"+queue) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestEveryByteIsASignOfLife: a process that prints one line byte by byte is not
// killed. Its start takes longer than it may be silent.
func TestEveryByteIsASignOfLife(t *testing.T) {
	t.Parallel()
	const silence = 2 * time.Second
	command := `sleep 2.5; echo up; for i in 1 2 3 4 5 6 7 8; do printf $i; sleep 0.4; done; echo`
	p, err := remote(`exec "$@"`).start("node 3", []string{"sh", "-c", command}, &syscall.SysProcAttr{Setsid: true}, patience{time.Minute, silence})
	if err != nil {
		t.Fatal(err)
	}
	p.Watch()
	for _, want := range []string{"up", "12345678"} {
		if line, err := p.Receive(t.Context()); err != nil || string(line) != want {
			t.Fatalf("%q, %v, want %q", line, err, want)
		}
		if want == "up" {
			if got := p.Silence(); got < silence {
				t.Errorf("silence of %v, want that of the start", got)
			}
		}
	}
	if got := p.Silence(); got < 400*time.Millisecond || got > silence {
		t.Errorf("silence of %v within the line, want about 400ms", got)
	}
}

// TestPatience: only a network may be silent for a minute, and a process gives up
// later than its parent process.
func TestPatience(t *testing.T) {
	near, far := Local().patience(), remote("").patience()
	if near != (patience{2 * time.Minute, 12 * time.Second}) || far != (patience{2 * time.Minute, time.Minute}) {
		t.Errorf("%v here, %v behind a prefix", near, far)
	}
	if OrphanAfter < far.silence+2*beatEvery {
		t.Errorf("a process ends after %v without a heartbeat, and is waited for for %v", OrphanAfter, far.silence)
	}
}

// TestNoTerminalToAskAt: a process behind a prefix has no terminal, so ssh fails
// instead of being stopped when it wants to ask.
func TestNoTerminalToAskAt(t *testing.T) {
	p, err := remote(`exec "$@"`).Start("node 3", "sh", "-c", `if (: </dev/tty); then echo terminal; else echo none; fi 2>/dev/null`)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := p.Receive(t.Context()); err != nil || string(line) != "none" {
		t.Errorf("%q, %v, want none", line, err)
	}
}

// TestDamagedUploadIsRepeated: an upload with another checksum is sent once more.
func TestDamagedUploadIsRepeated(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("COUNT", filepath.Join(t.TempDir(), "count"))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The second command is the first upload, which loses its end.
	h := remote(`echo >>"$COUNT"; if [ $(wc -l <"$COUNT") = 2 ]; then { dd bs=1 count=100000 2>/dev/null; cat >/dev/null; } | "$@"; else exec "$@"; fi`)
	paths, err := Stage(t.Context(), []Host{h}, self)
	if err != nil {
		t.Fatal(err)
	}
	path := paths[0]
	if text, err := os.ReadFile(os.Getenv("COUNT")); err != nil || len(text) != 3 {
		t.Errorf("%d commands, %v, want find and two uploads", len(text), err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("staged %q: %v", path, err)
	}
	left, err := filepath.Glob(path + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("left are %q, %v", left, err)
	}
}

// TestUploadNeedsProgress: an upload may take longer than the limit on a start, but may
// not stop for as long.
func TestUploadNeedsProgress(t *testing.T) {
	t.Parallel()
	const limit = time.Second
	for script, want := range map[string]string{
		`for i in 1 2 3 4 5 6 7 8 9; do head -c 50000 >/dev/null; sleep 0.25; done; cat >/dev/null; echo done`: "",
		`exec sleep 1000`: "no progress for 1s",
	} {
		p, err := remote(`exec "$@"`).start("staging", []string{"sh", "-c", script}, &syscall.SysProcAttr{Setsid: true}, patience{limit, limit})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		lines, err := p.feed(t.Context(), bytes.NewReader(make([]byte, 500_000)))
		if want == "" && (err != nil || len(lines) != 1 || time.Since(began) < limit) {
			t.Errorf("%q, %v after %v, want success after more than %v", lines, err, time.Since(began), limit)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q, %v, want %q", lines, err, want)
		}
	}
}

// TestUploadsFollowEachOther: hosts share the uplink, so there is one upload at a
// time, and none to a host that shares the home directory of an earlier one.
func TestUploadsFollowEachOther(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("UPLOADS", filepath.Join(dir, "uploads"))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	watch := `export XDG_CACHE_HOME=HOME
exec 3>>"$UPLOADS"
read -r line
read -r second
case $second in umask*) echo begin >&3 ;; esac
{ echo "$line"; echo "$second"; cat; } | "$@"
status=$?
case $second in umask*) echo end >&3 ;; esac
exit $status`
	var hosts []Host
	for _, home := range []string{"a", "b", "a"} {
		hosts = append(hosts, remote(strings.ReplaceAll(watch, "HOME=HOME", "HOME="+filepath.Join(dir, home))))
	}
	paths, err := Stage(t.Context(), append(hosts, Local()), self)
	if err != nil {
		t.Fatal(err)
	}
	if paths[0] != paths[2] || paths[0] == paths[1] || paths[3] != self {
		t.Errorf("paths %q", paths)
	}
	log, err := os.ReadFile(os.Getenv("UPLOADS"))
	if want := "begin\nend\nbegin\nend\n"; err != nil || string(log) != want {
		t.Errorf("uploads %q, %v, want %q", log, err, want)
	}
}

// TestStageNamesEveryHost: the error has all hosts, and the system for which the
// executable was built.
func TestStageNamesEveryHost(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	other := remote(`dir=$(mktemp -d); printf '#!/bin/sh\necho Linux riscv64\n' >"$dir/uname"; chmod +x "$dir/uname"; export PATH="$dir:$PATH"; exec "$@"`)
	broken := remote(`exit 3`)
	broken.Name = "near"
	_, err = Stage(t.Context(), []Host{other, broken}, self)
	for _, want := range []string{"host far is Linux riscv64 and " + self + " was built for ", "on near: ", "exit status 3"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestThisMachineRunsThisProgram: the executable is for hosts behind a prefix only.
func TestThisMachineRunsThisProgram(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	if err := os.WriteFile(other, []byte("for another architecture"), 0o755); err != nil {
		t.Fatal(err)
	}
	if paths, err := Stage(t.Context(), []Host{Local()}, other); err != nil || paths[0] != self {
		t.Errorf("paths %q, %v, want %s", paths, err, self)
	}
}
