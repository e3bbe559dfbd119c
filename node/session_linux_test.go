//go:build amd64 || arm64 || riscv64

package node

import (
	"errors"
	"syscall"
	"testing"
	"time"
)

// A request that arrives while the node's process is stopped counts as queued from
// then on, because the kernel reports its arrival.
func TestArrivalInKernel(t *testing.T) {
	const hold, tries = 50 * time.Millisecond, 5
	child := startChild(t, "127.0.0.1:0")
	conn := dialConn(t, Cluster{Addrs: []string{child.ready.Addr}})
	get := func() { send(t, conn, Request{Op: OpGet, Timed: true, Key: []byte("key")}) }
	get()
	if r, err := ReadReply(conn.In, OpGet, true); err != nil || r.Queue > hold {
		t.Fatalf("reply is %+v, %v", r, err)
	}
	var queue, stopped, took time.Duration
	for range tries { // the kernel starts to stamp packets with a delay
		child.cmd.Process.Signal(syscall.SIGSTOP)
		child.waitStopped(t)
		began := time.Now()
		get()
		sent := time.Now()
		conn.SetReadDeadline(sent.Add(hold))
		if r, err := ReadReply(conn.In, OpGet, true); !errors.Is(err, ErrTimeout) {
			t.Fatalf("a stopped node answered: %+v, %v", r, err)
		}
		stopped = time.Since(sent)
		child.cmd.Process.Signal(syscall.SIGCONT)
		conn.SetReadDeadline(time.Time{})
		r, err := ReadReply(conn.In, OpGet, true)
		if err != nil {
			t.Fatal(err)
		}
		queue, took = r.Queue, time.Since(began)
		if queue > took {
			t.Fatalf("queue is %v of %v", queue, took)
		}
		if queue >= stopped {
			return
		}
	}
	t.Errorf("queue is %v, but the node was stopped for %v of %v", queue, stopped, took)
}

// waitStopped waits until a process has stopped after SIGSTOP.
func (c *child) waitStopped(t *testing.T) {
	t.Helper()
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(c.cmd.Process.Pid, &status, syscall.WUNTRACED, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || !status.Stopped() {
			t.Fatalf("wait for the node to stop: %v, %v", status, err)
		}
		return
	}
}
