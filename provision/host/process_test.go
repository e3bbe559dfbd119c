package host

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// shell starts a script on this machine.
func shell(t *testing.T, script string) *Process {
	t.Helper()
	p, err := Local().Start("script", "sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(0) })
	return p
}

func TestConversation(t *testing.T) {
	p := shell(t, `while read line; do echo "got $line"; done`)
	for _, word := range []string{"one", "two"} {
		if err := p.Send([]byte(word)); err != nil {
			t.Fatal(err)
		}
		line, err := p.Receive(t.Context())
		if err != nil || string(line) != "got "+word {
			t.Errorf("%q, %v", line, err)
		}
	}
	if err := p.Stop(10 * time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := p.Stop(10 * time.Second); err != nil {
		t.Errorf("stop again: %v", err)
	}
}

func TestDeathIsQuoted(t *testing.T) {
	p := shell(t, `echo the disk is full >&2; exit 3`)
	_, err := p.Receive(t.Context())
	want := "script on local ended: exit status 3; its last lines were:\n\tthe disk is full"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	<-p.Done()
	if err := p.Stop(0); err == nil || err.Error() != want {
		t.Errorf("stop: error %v, want %q", err, want)
	}
}

func TestSilentDeathIsSaid(t *testing.T) {
	_, err := shell(t, `kill -9 $$`).Receive(t.Context())
	if want := "script on local ended: signal: killed, with nothing on standard error"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	p := shell(t, `trap "" TERM; echo up; exec sleep 1000`)
	if _, err := p.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := p.Stop(10 * time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "script on local did not end within 10ms") {
		t.Errorf("error %v", err)
	}
	select {
	case <-p.Done():
	default:
		t.Error("it lives")
	}
}

// TestStopReadsAFullPipe: the process prints more than the pipe holds, and nothing
// receives it.
func TestStopReadsAFullPipe(t *testing.T) {
	p := shell(t, `(yes talk & echo $!; read end; kill $!) 2>/dev/null`)
	if _, err := p.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(10 * time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestReceiveEndsWithItsContext(t *testing.T) {
	p := shell(t, `read end`)
	reason := errors.New("node 3 died")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if _, err := p.Receive(ctx); !errors.Is(err, reason) {
		t.Errorf("error %v, want %v", err, reason)
	}
}

func TestHostIsAnArgvPrefix(t *testing.T) {
	h := Host{Name: "far", Addr: "127.0.0.1", Via: []string{"sh", "-c", `exec "$@"`, "prefix"}}
	p, err := h.Start("probe", "echo", "hello there")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop(0)
	if line, err := p.Receive(t.Context()); err != nil || string(line) != "hello there" {
		t.Errorf("%q, %v, want %q", line, err, "hello there")
	}
	if p.Label() != "probe on far" {
		t.Errorf("label %q", p.Label())
	}
}

func TestStartOfWhatIsNotThere(t *testing.T) {
	_, err := Local().Start("node 0", "/no/such/program", "node")
	if err == nil || !strings.Contains(err.Error(), "start node 0 on local: /no/such/program node:") {
		t.Errorf("error %v", err)
	}
}

func TestTailKeepsTheLastWholeLines(t *testing.T) {
	var tail tail
	for range 1000 {
		tail.Write([]byte("a line of words\n"))
	}
	tail.Write([]byte("the last\n"))
	text := tail.String()
	if len(text) > 2*tailBytes || !strings.HasPrefix(text, "\ta line of words\n") || !strings.HasSuffix(text, "\n\tthe last") {
		t.Errorf("%d bytes, %.40q ... %q", len(text), text, text[len(text)-20:])
	}
}

func TestLocalProcessStaysInSession(t *testing.T) {
	p := shell(t, `read line`)
	own, err := unix.Getpgid(0)
	if err != nil {
		t.Fatal(err)
	}
	pid := p.cmd.Process.Pid
	session, err := unix.Getsid(0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := unix.Getsid(pid); err != nil || got != session {
		t.Errorf("session %d, %v, want %d: Linux would divide the processors between sessions", got, err, session)
	}
	if group, err := unix.Getpgid(pid); err != nil || group == own {
		t.Errorf("process group %d, %v: a terminal's interrupt would reach the process", group, err)
	}
}
