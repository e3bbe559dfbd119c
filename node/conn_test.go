package node

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// dialConn returns a Conn to the only node of c. It is closed at the end of the
// test.
func dialConn(t testing.TB, c Cluster) *Conn {
	t.Helper()
	conn, err := Dial(testContext(t), c.Addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// send sends one request.
func send(t testing.TB, conn *Conn, r Request) {
	t.Helper()
	if err := conn.Send(AppendRequest(nil, r)); err != nil {
		t.Fatal(err)
	}
}

// While one goroutine sends, another reads the replies in the order of the
// requests.
func TestConnPipelines(t *testing.T) {
	cluster, _ := startCluster(t, 1)
	conn := dialConn(t, cluster)
	if conn.Addr() != cluster.Addrs[0] {
		t.Errorf("address is %s, want %s", conn.Addr(), cluster.Addrs[0])
	}
	const n = 1000
	ops := []Op{OpPut, OpGet, OpDel, OpDel}
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			for _, op := range ops {
				r := Request{Op: op, Key: fmt.Append(nil, i)}
				if op == OpPut {
					r.Value = fmt.Append(nil, "value of ", i)
				}
				if err := conn.Send(AppendRequest(nil, r)); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for i := range n {
		for j, want := range []Reply{
			{}, {Value: fmt.Append(nil, "value of ", i)}, {}, {Status: StatusNotFound},
		} {
			got, err := ReadReply(conn.In, ops[j], false)
			if err != nil {
				t.Fatal(err)
			}
			if got.Status != want.Status || string(got.Value) != string(want.Value) || got.Queue != 0 || got.Work != 0 {
				t.Fatalf("reply %d of round %d is %+v, want %+v", j, i, got, want)
			}
		}
	}
	wg.Wait()
}

// One Send can write several requests.
func TestConnSendsSeveral(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	conn := dialConn(t, cluster)
	out := AppendRequest(nil, Request{Op: OpPut, Key: []byte("key"), Value: []byte("value")})
	out = AppendRequest(out, Request{Op: OpGet, Key: []byte("key")})
	if err := conn.Send(out); err != nil {
		t.Fatal(err)
	}
	if r, err := ReadReply(conn.In, OpPut, false); r.Status != StatusOK || err != nil {
		t.Errorf("reply to the put is %+v, %v", r, err)
	}
	if r, err := ReadReply(conn.In, OpGet, false); string(r.Value) != "value" || err != nil {
		t.Errorf("reply to the get is %+v, %v", r, err)
	}
}

// The reply to a timed request has times, whatever its status.
func TestConnTimed(t *testing.T) {
	cluster, _ := startCluster(t, 1)
	conn := dialConn(t, cluster)
	value := make([]byte, 200<<10)
	for i, op := range []Op{OpPut, OpGet, OpDel, OpGet, OpDel} {
		request, want := Request{Op: op, Timed: true, Key: []byte("key")}, Reply{}
		switch {
		case i == 0:
			request.Value = value
		case i == 1:
			want.Value = value
		case i > 2:
			want.Status = StatusNotFound
		}
		began := time.Now()
		send(t, conn, request)
		got, err := ReadReply(conn.In, op, true)
		took := time.Since(began)
		if err != nil || got.Status != want.Status || string(got.Value) != string(want.Value) {
			t.Fatalf("%v: status %v, %d bytes, %v", op, got.Status, len(got.Value), err)
		}
		if got.Work <= 0 || got.Queue < 0 || got.Queue+got.Work > took {
			t.Errorf("%v: queue %v and work %v of %v", op, got.Queue, got.Work, took)
		}
	}
}

// A read deadline ends a read but loses nothing: the reply can be read later.
func TestConnReadDeadline(t *testing.T) {
	release := make(chan struct{})
	conn := dialConn(t, fakeNode(t, func(conn *net.TCPConn) {
		NewReader(conn).Frame()
		reply := AppendReply(nil, StatusOK, []byte("late"))
		conn.Write(reply[:7])
		<-release
		conn.Write(reply[7:])
	}))
	send(t, conn, Request{Op: OpGet, Key: []byte("key")})
	for range 2 {
		conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := ReadReply(conn.In, OpGet, false); !errors.Is(err, ErrTimeout) {
			t.Errorf("read: %v, want ErrTimeout", err)
		}
	}
	close(release)
	conn.SetReadDeadline(time.Time{})
	if r, err := ReadReply(conn.In, OpGet, false); string(r.Value) != "late" || err != nil {
		t.Errorf("the late reply is %q, %v", r.Value, err)
	}
}

// Close ends a read that waits, and fails later reads and sends.
func TestConnClose(t *testing.T) {
	conn := dialConn(t, fakeNode(t, func(conn *net.TCPConn) {
		io.Copy(io.Discard, conn)
	}))
	get := AppendRequest(nil, Request{Op: OpGet, Key: []byte("key")})
	if err := conn.Send(get); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- conn.In.Wait() }()
	for range 2 {
		if err := conn.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("wait: %v, want ErrClosed", err)
	}
	if _, err := ReadReply(conn.In, OpGet, false); !errors.Is(err, ErrClosed) {
		t.Errorf("read later: %v, want ErrClosed", err)
	}
	for range 2 {
		if err := conn.Send(get); !errors.Is(err, ErrFailed) || !errors.Is(err, ErrClosed) {
			t.Errorf("send: %v, want ErrFailed and ErrClosed", err)
		}
	}
}

// A node that does not read blocks Send until Close; the request did not leave
// whole.
func TestConnSendBlocked(t *testing.T) {
	done := make(chan struct{})
	defer close(done)
	conn := dialConn(t, fakeNode(t, func(*net.TCPConn) { <-done }))
	ended := make(chan error)
	sent := make(chan struct{}, 1000)
	put := AppendRequest(nil, Request{Op: OpPut, Key: []byte("key"), Value: make([]byte, MaxValue)})
	go func() {
		for {
			if err := conn.Send(put); err != nil {
				ended <- err
				return
			}
			sent <- struct{}{}
		}
	}()
	quiet := 100 * time.Millisecond
	for blocked := false; !blocked; {
		select {
		case <-sent:
		case <-time.After(quiet): // if it is too short, Close only comes early
			blocked = true
		}
	}
	conn.Close()
	if err := <-ended; !errors.Is(err, ErrFailed) || !errors.Is(err, ErrClosed) || errors.Is(err, ErrUnknown) {
		t.Errorf("send: %v, want ErrFailed and ErrClosed", err)
	}
	if err := conn.Send(put); !errors.Is(err, ErrFailed) || !errors.Is(err, ErrClosed) {
		t.Errorf("send later: %v, want ErrFailed and ErrClosed", err)
	}
}

// After a Send failed, replies to earlier requests can still be read.
func TestConnReadsAfterSendFailed(t *testing.T) {
	answered := make(chan struct{})
	conn := dialConn(t, fakeNode(t, func(conn *net.TCPConn) {
		NewReader(conn).Frame()
		conn.Write(AppendReply(nil, StatusOK, []byte("early")))
		<-answered
	}))
	defer close(answered)
	get := AppendRequest(nil, Request{Op: OpGet, Key: []byte("key")})
	if err := conn.Send(get); err != nil {
		t.Fatal(err)
	}
	if err := conn.net.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := conn.Send(get); !errors.Is(err, ErrFailed) {
			t.Errorf("send: %v, want ErrFailed", err)
		}
	}
	if r, err := ReadReply(conn.In, OpGet, false); string(r.Value) != "early" || err != nil {
		t.Errorf("the earlier reply is %q, %v", r.Value, err)
	}
}

func TestConnCannotDial(t *testing.T) {
	if _, err := Dial(testContext(t), "127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("dial: %v, want an error with the address", err)
	}
}

func TestConnAllocatesNothing(t *testing.T) {
	cluster, _ := startCluster(t, 1) // a server in this process could allocate
	for _, timed := range []bool{false, true} {
		conn := dialConn(t, cluster)
		put := Request{Op: OpPut, Timed: timed, Key: []byte(benchKey), Value: make([]byte, benchValue)}
		get := Request{Op: OpGet, Timed: timed, Key: []byte(benchKey)}
		var out []byte
		if n := testing.AllocsPerRun(100, func() {
			for _, request := range []Request{put, get} {
				out = AppendRequest(out[:0], request)
				if err := conn.Send(out); err != nil {
					t.Fatal(err)
				}
			}
			for _, op := range []Op{OpPut, OpGet} {
				if err := conn.In.Wait(); err != nil {
					t.Fatal(err)
				}
				if r, err := ReadReply(conn.In, op, timed); err != nil || r.Status != StatusOK {
					t.Fatal(r.Status, err)
				}
			}
		}); n != 0 {
			t.Errorf("timed %v: %v allocations, want none", timed, n)
		}
	}
}
