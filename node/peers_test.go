package node

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
)

// peer is a store that BenchmarkPeers compares with the node.
type peer struct {
	name  string
	start func(b *testing.B) (addr string)

	put, stored []byte // a request that stores the key, and its reply
	get, value  []byte // a request for it, and its reply
}

// peers returns the stores to compare, the node first. Each runs on loopback in its
// own process with its default number of threads.
func peers() []peer {
	key, value := []byte(benchKey), bytes.Repeat([]byte{'v'}, 32)
	return []peer{
		{
			name:   "node",
			start:  func(b *testing.B) string { return startChild(b, "127.0.0.1:0").ready.Addr },
			put:    AppendRequest(nil, Request{Op: OpPut, Key: key, Value: value}),
			stored: AppendReply(nil, StatusOK, nil),
			get:    AppendRequest(nil, Request{Op: OpGet, Key: key}),
			value:  AppendReply(nil, StatusOK, value),
		},
		{
			name: "redis",
			start: func(b *testing.B) string {
				addr, _ := startPeer(b, "redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port")
				return addr
			},
			put:    fmt.Appendf(nil, "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$32\r\n%s\r\n", len(key), key, value),
			stored: []byte("+OK\r\n"),
			get:    fmt.Appendf(nil, "*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n", len(key), key),
			value:  fmt.Appendf(nil, "$32\r\n%s\r\n", value),
		},
		{
			name: "memcached",
			start: func(b *testing.B) string {
				addr, _ := startPeer(b, "memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-p")
				return addr
			},
			put:    fmt.Appendf(nil, "set %s 0 0 32\r\n%s\r\n", key, value),
			stored: []byte("STORED\r\n"),
			get:    fmt.Appendf(nil, "get %s\r\n", key),
			value:  fmt.Appendf(nil, "VALUE %s 0 32\r\n%s\r\nEND\r\n", key, value),
		},
	}
}

// startPeer starts an installed server with a free port as its last argument, and waits
// until it accepts connections. The server ends with the benchmark.
func startPeer(b *testing.B, argv ...string) (addr string, pid int) {
	b.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		b.Skipf("no %s here: install Debian's package of that name", argv[0])
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr = free.Addr().String()
	free.Close()
	argv = append(argv, strconv.Itoa(free.Addr().(*net.TCPAddr).Port))
	cmd := exec.Command(argv[0], argv[1:]...)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Second)
	defer cancel()
	for tick := time.Tick(10 * time.Millisecond); ; {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			return addr, cmd.Process.Pid
		}
		select {
		case <-tick:
		case <-ctx.Done():
			b.Fatalf("%s does not accept connections: %v", argv[0], err)
		}
	}
}

// exchange does one request on a connection and checks the reply.
func (p peer) exchange(conn net.Conn, request, want, reply []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	reply = reply[:len(want)]
	if _, err := io.ReadFull(conn, reply); err != nil {
		return err
	}
	if !bytes.Equal(reply, want) {
		return fmt.Errorf("%s replied %q, want %q", p.name, reply, want)
	}
	return nil
}

// load does n gets on each connection, on all at the same time.
func (p peer) load(conns []net.Conn, n int) error {
	failed := make(chan error, len(conns))
	var group sync.WaitGroup
	for _, conn := range conns {
		group.Go(func() {
			reply := make([]byte, 256)
			for range n {
				if err := p.exchange(conn, p.get, p.value, reply); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failed)
	return <-failed
}

// BenchmarkPeers measures gets per second of the node, redis-server and memcached
// with the same simple client: a closed loop on each connection, a prepared
// request, a comparison of the reply. Let -count repeat it in turns, and compare
// medians:
//
//	go test -run '^$' -bench Peers -benchtime 20000x -count 8 ./node
func BenchmarkPeers(b *testing.B) {
	for _, n := range []int{1, 8, 50} {
		for _, p := range peers() {
			b.Run(fmt.Sprintf("conns=%d/store=%s", n, p.name), func(b *testing.B) {
				addr := p.start(b)
				conns := make([]net.Conn, n)
				for i := range conns {
					conn, err := net.Dial("tcp", addr)
					if err != nil {
						b.Fatal(err)
					}
					defer conn.Close()
					conns[i] = conn
				}
				if err := p.exchange(conns[0], p.put, p.stored, make([]byte, 256)); err != nil {
					b.Fatal(err)
				}
				if err := p.load(conns, 1000/n); err != nil { // warm-up
					b.Fatal(err)
				}
				b.ResetTimer()
				if err := p.load(conns, (b.N+n-1)/n); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "gets/s")
			})
		}
	}
}
