package node

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sync/errgroup"
)

// skip skips the test with a reason and what would enable it. It fails the test
// where CI=true forbids to skip.
func skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("not skipped in CI: "+format, args...)
	}
	t.Skipf(format, args...)
}

// A node answers on 10,000 open connections and needs little memory for each.
func TestServerManyConnections(t *testing.T) {
	// Connections, and bytes of memory for each: 8 KiB were measured, and 35
	// with the race detector.
	const n, most = 10_000, 48 << 10
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if limit.Cur < n+200 {
		skip(t, "%d file descriptors are allowed, %d are needed; raise them with ulimit -n", limit.Cur, n+200)
	}
	child := startChild(t, "127.0.0.1:0")
	before := resident(t, child.ready.PID)
	conns := make([]net.Conn, n)
	get := AppendRequest(nil, Request{Op: OpGet, Key: []byte("absent")})
	ask := func(conn net.Conn) error {
		reply := make([]byte, lengthHead+replyHead)
		if _, err := conn.Write(get); err != nil {
			return err
		}
		if _, err := conn.Read(reply); err != nil || Status(reply[lengthHead]) != StatusNotFound {
			return fmt.Errorf("reply is %x, %w", reply, err)
		}
		return nil
	}
	var group errgroup.Group
	group.SetLimit(16)
	for i := range conns {
		group.Go(func() (err error) {
			if conns[i], err = net.Dial("tcp", child.ready.Addr); err == nil {
				err = ask(conns[i])
			}
			return err
		})
	}
	defer func() {
		for _, conn := range conns {
			if conn != nil {
				conn.Close()
			}
		}
	}()
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	each := (resident(t, child.ready.PID) - before) / n
	t.Logf("%d connections, %d bytes of the node's memory for each", n, each)
	if each > most {
		t.Errorf("a connection at rest costs %d bytes, want %d at most", each, most)
	}
	for i := 0; i < n; i += 97 {
		if err := ask(conns[i]); err != nil {
			t.Error(err)
		}
	}
	client := newClient(t, Cluster{Addrs: []string{child.ready.Addr}}, ClientOptions{})
	if err := client.Put(context.Background(), []byte("key"), nil); err != nil {
		t.Error(err)
	}
}

// resident returns the memory of process pid, in bytes.
func resident(t testing.TB, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		skip(t, "the memory of a process is read from /proc, which only Linux has: %v", err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest + " ?")[0])
	if err != nil {
		t.Fatalf("read VmRSS: %v", err)
	}
	return kb << 10
}
