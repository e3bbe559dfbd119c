package node

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestCommandValidate(t *testing.T) {
	id, negative := 1, -1
	for _, test := range []struct {
		name string
		c    Command
		want string
	}{
		{"cluster", Command{Cluster: "f"}, ""},
		{"cluster and id", Command{Cluster: "f", ID: &id, Listen: ":1"}, ""},
		{"listen", Command{Listen: "127.0.0.1:0", UntilEOF: true}, ""},
		{"nothing", Command{}, "--cluster or --listen is required; --listen alone starts a cluster of one node"},
		{"id without cluster", Command{Listen: ":1", ID: &id}, "--id requires --cluster"},
		{"negative id", Command{Cluster: "f", ID: &negative}, "--id -1: must not be negative"},
		{"negative share", Command{Cluster: "f", Share: -1}, "--share -1: must be at least 1"},
		{"null of no bytes", Command{Listen: ":1", Null: []int{0}, Stall: Stall{1, 2}}, ""},
		{"null of too many", Command{Listen: ":1", Null: []int{8, MaxValue + 1}}, "--null 1048577: must be 0 to 1048576"},
		{"null of fewer than none", Command{Listen: ":1", Null: []int{-1}}, "--null -1: must be 0 to 1048576"},
		{"negative service time", Command{Listen: ":1", ServiceTime: -1}, "--service-time -1ns: must not be negative"},
		{"two errors", Command{Listen: ":1", ID: &id, Shell: true, UntilEOF: true},
			"--id requires --cluster\n--shell and --until-eof are mutually exclusive"},
		{"negative silence", Command{Listen: ":1", UntilEOF: true, OrphanAfter: -1}, "--orphan-after -1ns: must not be negative"},
		{"silence without until-eof", Command{Listen: ":1", OrphanAfter: 1}, "--orphan-after requires --until-eof"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if err := test.c.Validate(); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("errors are %q, want %q", got, test.want)
			}
		})
	}
}

// writeFile writes a temporary file and returns its path.
func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nodes.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// runNode runs c on the given input and returns what it wrote.
func runNode(t *testing.T, c Command, in io.Reader) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = c.run(testContext(t), in, &out, &errs)
	return out.String(), errs.String(), err
}

func TestCommandReady(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0") // its port is free once it is closed
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	id := 1
	file := writeFile(t, "10.255.255.1:7000\n"+free.Addr().String()+"\n")
	for name, c := range map[string]Command{
		"by id":      {Cluster: file, ID: &id, UntilEOF: true},
		"by address": {Cluster: file, UntilEOF: true},
		"listen":     {Cluster: file, ID: &id, Listen: "127.0.0.1:0", UntilEOF: true},
	} {
		stdout, stderr, err := runNode(t, c, strings.NewReader(""))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var ready Ready
		if err := json.Unmarshal([]byte(stdout), &ready); err != nil || strings.Count(stdout, "\n") != 1 {
			t.Errorf("%s: printed %q (%v), want one line of JSON", name, stdout, err)
		}
		if ready.Ready.ID != 1 || ready.Ready.PID != os.Getpid() || strings.HasSuffix(ready.Ready.Addr, ":0") {
			t.Errorf("%s: ready is %+v", name, ready.Ready)
		}
		if stderr != "" {
			t.Errorf("%s: logged %q", name, stderr)
		}
	}
}

func TestCommandReadyLine(t *testing.T) {
	line, err := json.Marshal(Ready{ReadyNode{ID: 0, Addr: "127.0.0.1:40001", PID: 123, GOMAXPROCS: 2}})
	if want := `{"ready":{"id":0,"addr":"127.0.0.1:40001","pid":123,"gomaxprocs":2}}`; string(line) != want || err != nil {
		t.Errorf("ready line is %s, %v; want %s", line, err, want)
	}
}

func TestCommandRefuses(t *testing.T) {
	two := 2
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	loopback := writeFile(t, "127.0.0.1:7001\n127.0.0.1:7002\n")
	for _, test := range []struct {
		name string
		c    Command
		want string
	}{
		{"no file", Command{Cluster: "absent.txt"}, "read cluster: open absent.txt"},
		{"no such id", Command{Cluster: loopback, ID: &two}, loopback + ": --id 2: must be 0 to 1"},
		{"two of this machine", Command{Cluster: loopback}, loopback + ":2: nodes 0 (127.0.0.1:7001) and 1 (127.0.0.1:7002) are both this machine"},
		{"taken", Command{Listen: taken.Addr().String()}, "start node 0: listen tcp " + taken.Addr().String()},
	} {
		t.Run(test.name, func(t *testing.T) {
			stdout, _, err := runNode(t, test.c, strings.NewReader(""))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
			if stdout != "" {
				t.Errorf("printed %q", stdout)
			}
		})
	}
}

// At the end of its input and after SIGTERM a node ends with status 0, even during
// requests: every request that was answered was done.
func TestNodeProcessEnds(t *testing.T) {
	for name, end := range map[string]func(c *child) error{
		"end of input": func(c *child) error { return c.stdin.Close() },
		"SIGTERM":      func(c *child) error { return c.cmd.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			child := startChild(t, "127.0.0.1:0")
			conn := dialRaw(t, child.ready.Addr)
			const n = 500
			var out []byte
			for range n {
				out = AppendRequest(out, Request{Op: OpPut, Key: []byte("key"), Value: make([]byte, 1000)})
			}
			if _, err := conn.Write(out); err != nil {
				t.Fatal(err)
			}
			frames := NewReader(conn)
			readReply(t, frames)
			if err := end(child); err != nil {
				t.Fatal(err)
			}
			for range n - 1 {
				readReply(t, frames)
			}
			wantEnd(t, frames)
			if rest, err := io.ReadAll(child.out); len(rest) > 0 || err != nil {
				t.Errorf("printed %q after the ready line, %v", rest, err)
			}
			if err := child.cmd.Wait(); err != nil {
				t.Errorf("the node ended with %v", err)
			}
		})
	}
}

// TestProcessorsKeepTheLimit has the runtime's own limit below the machine's number of
// processors, as in a container.
func TestProcessorsKeepTheLimit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(6))
	for share, want := range map[int]int{-1: 6, 0: 6, 1: 6, 2: 3, 4: 1, 100: 1} {
		if got := Processors(share); got != want {
			t.Errorf("1/%d of 6 processors is %d, want %d", share, got, want)
		}
	}
}
