package node

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// childEnv is the environment variable that makes this test binary run the
// Command in it, as JSON, so that tests have real processes without a build.
const childEnv = "DHTBENCH_TEST_NODE"

func TestMain(m *testing.M) {
	command := os.Getenv(childEnv)
	if command == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var c Command
	err := json.Unmarshal([]byte(command), &c)
	if err == nil {
		err = c.Run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child is a node in a process of its own.
type child struct {
	ready ReadyNode
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *bufio.Reader
}

// startChild starts a node that listens at addr and waits until it is ready. It
// ends at the latest with the test.
func startChild(t testing.TB, addr string) *child {
	t.Helper()
	return startCommand(t, Command{Listen: addr})
}

// startCommand is startChild with any flags.
func startCommand(t testing.TB, command Command) *child {
	t.Helper()
	command.UntilEOF = true
	text, err := json.Marshal(command)
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(exe)}
	c.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		c.cmd.Wait()
	})
	c.out = bufio.NewReader(stdout)
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("read ready line: %v", err)
	}
	var ready Ready
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatalf("parse ready line %q: %v", line, err)
	}
	c.ready = ready.Ready
	return c
}

// startCluster starts n nodes, each in a process of its own.
func startCluster(t testing.TB, n int) (Cluster, []*child) {
	t.Helper()
	var c Cluster
	var children []*child
	for range n {
		child := startChild(t, "127.0.0.1:0")
		children = append(children, child)
		c.Addrs = append(c.Addrs, child.ready.Addr)
	}
	return c, children
}

// startServer serves s in this process until the end of the test or the return of
// stop.
func startServer(t testing.TB, s *Server) (c Cluster, stop func()) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln) }()
	done := false
	stop = func() {
		cancel()
		if done {
			return
		}
		done = true
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	}
	t.Cleanup(stop)
	return Cluster{Addrs: []string{ln.Addr().String()}}, stop
}

// newClient returns a client that is closed at the end of the test.
func newClient(t testing.TB, c Cluster, o ClientOptions) *Client {
	t.Helper()
	client := NewClient(c, o)
	t.Cleanup(func() { client.Close() })
	return client
}

// testContext returns a context that ends a test that hangs.
func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}
