package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Every fault of a node has its outcome: failed or unknown.
func TestClientFaults(t *testing.T) {
	for _, test := range []struct {
		name  string
		kind  error
		text  string
		serve func(conn *net.TCPConn)
	}{
		{"closes before the reply", ErrUnknown, "node closed the connection", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
		}},
		{"resets", ErrUnknown, "connection reset", func(conn *net.TCPConn) {
			conn.SetLinger(0)
			io.ReadFull(conn, make([]byte, 1))
		}},
		{"half a reply", ErrUnknown, "unexpected EOF", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
			conn.Write([]byte{0, 0, 0, 2, 0})
		}},
		{"too large a reply", ErrUnknown, "length 4294967295 exceeds", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
			io.WriteString(conn, "\xff\xff\xff\xff")
		}},
		{"garbled reply", ErrUnknown, "status 9 is not", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
			io.WriteString(conn, frame("\x09\x00"))
		}},
		{"put not found", ErrUnknown, "read reply: malformed: status after a put is not found", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
			conn.Write(AppendReply(nil, StatusNotFound, nil))
		}},
		{"put with a value", ErrUnknown, "it carries 1 bytes after a put", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
			conn.Write(AppendReply(nil, StatusOK, []byte("v")))
		}},
		{"times unasked", ErrUnknown, "it has times for a request without them", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
			conn.Write(timedReply(StatusOK, 1, 1, ""))
		}},
		{"answers error", ErrFailed, "node answered: out of order", func(conn *net.TCPConn) {
			NewReader(conn).Frame()
			conn.Write(AppendReply(nil, StatusError, []byte("out of order")))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newClient(t, fakeNode(t, test.serve), ClientOptions{})
			wantKind(t, c.Put(testContext(t), []byte("key"), []byte("value")), test.kind, test.text)
		})
	}
}

func TestClientCannotDial(t *testing.T) {
	c := newClient(t, Cluster{Addrs: []string{"127.0.0.1:1"}}, ClientOptions{})
	err := c.Put(testContext(t), []byte("key"), nil)
	wantKind(t, err, ErrFailed, "put at node 0 (127.0.0.1:1): failed: ")
}

// An operation at a node that does not answer ends after the timeout, and the next
// one uses a new connection.
func TestClientTimeout(t *testing.T) {
	served := 0
	frozen := make(chan struct{})
	c := newClient(t, fakeNode(t, func(conn *net.TCPConn) {
		served++
		frames := NewReader(conn)
		frames.Frame()
		if served == 1 {
			frames.Frame() // waits until the client closes the connection
			close(frozen)
			return
		}
		conn.Write(AppendReply(nil, StatusOK, []byte("thawed")))
	}), ClientOptions{Timeout: 80 * time.Millisecond})
	begin := time.Now()
	_, err := c.Get(testContext(t), []byte("key"))
	wantKind(t, err, ErrUnknown, "no reply in time: none within 80ms")
	if !errors.Is(err, ErrTimeout) {
		t.Errorf("error %v does not wrap ErrTimeout", err)
	}
	if took := time.Since(begin); took < 80*time.Millisecond {
		t.Errorf("timed out after %v, want 80 ms at least", took)
	}
	<-frozen
	if got, err := c.Get(testContext(t), []byte("key")); string(got) != "thawed" || err != nil {
		t.Errorf("get after the timeout: %q, %v", got, err)
	}
}

// A node that does not read blocks the write of a request. The timeout ends the
// write: the operation has failed.
func TestClientTimeoutInWrite(t *testing.T) {
	done := make(chan struct{})
	cluster := fakeNode(t, func(*net.TCPConn) { <-done })
	defer close(done)
	c := newClient(t, cluster, ClientOptions{Timeout: 80 * time.Millisecond})
	conn, err := c.take(testContext(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, conn.conn)
	conn.release()
	err = c.Put(context.Background(), []byte("key"), make([]byte, MaxValue))
	wantKind(t, err, ErrFailed, "no reply in time: none within 80ms")
}

// fill sends until the buffers of the kernel are full.
func fill(t *testing.T, conn *Conn) {
	t.Helper()
	socket := conn.net
	for {
		socket.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := socket.Write(make([]byte, MaxValue)); errors.Is(err, os.ErrDeadlineExceeded) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	socket.SetWriteDeadline(time.Time{})
}

// An operation whose context ends is unknown if its request was sent, and failed
// if it waited for another operation. The next operation gets its own reply.
func TestClientCancel(t *testing.T) {
	arrived := make(chan struct{})
	c := newClient(t, fakeNode(t, func(conn *net.TCPConn) {
		in := NewReader(conn)
		for {
			body, err := in.Frame()
			if err != nil {
				return
			}
			r, _ := ParseRequest(body)
			if string(r.Key) == "never" {
				arrived <- struct{}{}
				in.Wait() // for the client to close
				return
			}
			conn.Write(AppendReply(nil, StatusOK, append([]byte("value of "), r.Key...)))
		}
	}), ClientOptions{})

	get := func(key string) (cancel func(), ended chan error) {
		ctx, cancel := context.WithCancel(testContext(t))
		ended = make(chan error, 1)
		go func() {
			_, err := c.Get(ctx, []byte(key))
			ended <- err
		}()
		return cancel, ended
	}
	cancelSent, sent := get("never")
	<-arrived
	cancelWaiting, waiting := get("waiting")
	for _, test := range []struct {
		cancel func()
		ended  chan error
		kind   error
	}{{cancelWaiting, waiting, ErrFailed}, {cancelSent, sent, ErrUnknown}} {
		test.cancel()
		err := <-test.ended
		wantKind(t, err, test.kind, "context canceled")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v does not wrap context.Canceled", err)
		}
	}
	for _, key := range []string{"next", "one more"} {
		if got, err := c.Get(testContext(t), []byte(key)); string(got) != "value of "+key || err != nil {
			t.Errorf("get of %q: %q, %v", key, got, err)
		}
	}
}

func TestClientCancelledBefore(t *testing.T) {
	c := newClient(t, Cluster{Addrs: []string{"127.0.0.1:1"}}, ClientOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wantKind(t, c.Put(ctx, []byte("key"), nil), ErrFailed, "context canceled")
}

// Close ends operations in progress and fails later ones.
func TestClientClose(t *testing.T) {
	arrived := make(chan struct{})
	c := NewClient(fakeNode(t, func(conn *net.TCPConn) {
		frames := NewReader(conn)
		frames.Frame()
		close(arrived)
		frames.Frame()
	}), ClientOptions{})
	pending := make(chan error, 1)
	go func() { pending <- c.Put(context.Background(), []byte("key"), nil) }()
	<-arrived
	if err := c.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	err := <-pending
	wantKind(t, err, ErrUnknown, "connection closed on this side")
	err = c.Put(context.Background(), []byte("key"), nil)
	wantKind(t, err, ErrFailed, "connection closed on this side")
	if !errors.Is(err, ErrClosed) {
		t.Errorf("error %v does not wrap ErrClosed", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}

// Concurrent operations share one connection from the start.
func TestClientDialsOnce(t *testing.T) {
	var dialled atomic.Int32
	cluster := fakeNode(t, func(conn *net.TCPConn) {
		dialled.Add(1)
		(&session{conn: conn, in: NewReader(conn), table: NewStore()}).serve()
	})
	c := NewClient(cluster, ClientOptions{})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := c.Put(testContext(t), fmt.Append(nil, i), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c.Close()
	if n := dialled.Load(); n != 1 {
		t.Errorf("dialled %d times, want once", n)
	}
}

// A node that is killed and started again at the same address can be used again.
func TestClientKilledNode(t *testing.T) {
	cluster, children := startCluster(t, 3)
	c := newClient(t, cluster, ClientOptions{})
	ctx := testContext(t)
	var keys [3][]byte // one owned by each
	for i := 0; keys[0] == nil || keys[1] == nil || keys[2] == nil; i++ {
		key := fmt.Append(nil, i)
		keys[cluster.Owner(key)] = key
	}
	for _, key := range keys {
		if err := c.Put(ctx, key, []byte("value")); err != nil {
			t.Fatal(err)
		}
	}
	children[1].cmd.Process.Kill()
	children[1].cmd.Wait()
	err := c.Put(ctx, keys[1], nil)
	wantKind(t, err, ErrUnknown, "put at node 1 ("+cluster.Addrs[1]+")")
	err = c.Put(ctx, keys[1], nil)
	wantKind(t, err, ErrFailed, "connection refused")
	for _, id := range []int{0, 2} {
		if got, err := c.Get(ctx, keys[id]); string(got) != "value" || err != nil {
			t.Errorf("node %d gave %q, %v", id, got, err)
		}
	}
	startChild(t, cluster.Addrs[1])
	if _, err := c.Get(ctx, keys[1]); err != ErrNotFound {
		t.Errorf("get from the new node: %v, want ErrNotFound", err)
	}
}
