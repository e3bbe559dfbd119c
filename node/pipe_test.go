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

// dialPipe returns a Pipe to the one node of c that is closed with the test.
func dialPipe(t testing.TB, c Cluster, o PipeOptions) *Pipe {
	t.Helper()
	p, err := DialPipe(testContext(t), c.Addrs[0], o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// One goroutine sends ahead of what another receives, and the replies are in
// the order of the requests.
func TestPipe(t *testing.T) {
	cluster, _ := startCluster(t, 1)
	p := dialPipe(t, cluster, PipeOptions{})
	const n = 1000
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range n {
			key := fmt.Append(nil, i)
			for _, err := range []error{
				p.Send(OpPut, key, fmt.Append(nil, "value of ", i)),
				p.Send(OpGet, key, nil),
				p.Send(OpDel, key, nil),
				p.Send(OpDel, key, nil),
			} {
				if err != nil {
					t.Error(err)
				}
			}
		}
	})
	for i := range n {
		for j, want := range []PipeReply{
			{}, {Value: fmt.Append(nil, "value of ", i)}, {}, {Status: StatusNotFound},
		} {
			got, err := p.Receive()
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

// With timing every reply says how long it took, whatever it is.
func TestPipeTiming(t *testing.T) {
	cluster, _ := startCluster(t, 1)
	p := dialPipe(t, cluster, PipeOptions{Timing: true})
	key, value := []byte("key"), make([]byte, 200<<10)
	for i, op := range []Op{OpPut, OpGet, OpDel, OpGet, OpDel} {
		want := PipeReply{}
		switch {
		case i == 1:
			want.Value = value
		case i > 2:
			want.Status = StatusNotFound
		}
		began := time.Now()
		sent := []byte(nil)
		if op == OpPut {
			sent = value
		}
		if err := p.Send(op, key, sent); err != nil {
			t.Fatal(err)
		}
		got, err := p.Receive()
		took := time.Since(began)
		if err != nil || got.Status != want.Status || string(got.Value) != string(want.Value) {
			t.Fatalf("%v: status %v, %d bytes, %v", op, got.Status, len(got.Value), err)
		}
		if got.Work <= 0 || got.Queue < 0 || got.Queue+got.Work > took {
			t.Errorf("%v: queue %v and work %v of %v", op, got.Queue, got.Work, took)
		}
	}
}

// A deadline ends a wait and nothing else: the reply is there afterwards.
func TestPipeDeadline(t *testing.T) {
	release := make(chan struct{})
	p := dialPipe(t, fakeNode(t, func(conn *net.TCPConn) {
		NewFrameReader(conn).Next()
		reply := AppendReply(nil, StatusOK, []byte("late"))
		conn.Write(reply[:7])
		<-release
		conn.Write(reply[7:])
	}), PipeOptions{})
	if err := p.Send(OpGet, []byte("key"), nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		p.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := p.Receive(); !errors.Is(err, ErrTimeout) {
			t.Errorf("receive: %v, want a timeout", err)
		}
	}
	close(release)
	p.SetReadDeadline(time.Time{})
	if r, err := p.Receive(); string(r.Value) != "late" || err != nil {
		t.Errorf("the late reply is %q, %v", r.Value, err)
	}
}

// Close ends a Receive that waits, and all that follows.
func TestPipeClose(t *testing.T) {
	p := dialPipe(t, fakeNode(t, func(conn *net.TCPConn) {
		io.Copy(io.Discard, conn)
	}), PipeOptions{})
	if err := p.Send(OpGet, []byte("key"), nil); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := p.Receive()
		ended <- err
	}()
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("receive: %v, want ErrClosed", err)
	}
	if _, err := p.Receive(); !errors.Is(err, ErrClosed) {
		t.Errorf("receive again: %v, want ErrClosed", err)
	}
	for range 2 {
		if err := p.Send(OpGet, []byte("key"), nil); !errors.Is(err, ErrFailed) || !errors.Is(err, ErrClosed) {
			t.Errorf("send: %v, want ErrFailed and ErrClosed", err)
		}
	}
}

// A request that breaks a limit is not sent, and the next one is.
func TestPipeLimits(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	p := dialPipe(t, cluster, PipeOptions{})
	if err := p.Send(OpPut, nil, nil); !errors.Is(err, ErrFailed) || !errors.Is(err, ErrMalformed) {
		t.Errorf("send an empty key: %v", err)
	}
	if err := p.Send(OpPut, []byte("key"), make([]byte, MaxValue+1)); !errors.Is(err, ErrFailed) || !errors.Is(err, ErrTooLarge) {
		t.Errorf("send a long value: %v", err)
	}
	if err := p.Send(OpGet, []byte("absent"), nil); err != nil {
		t.Fatal(err)
	}
	if r, err := p.Receive(); r.Status != StatusNotFound || err != nil {
		t.Errorf("reply is %+v, %v", r, err)
	}
}

// A node that does not read holds up Send until Close; the request did not
// leave whole.
func TestPipeSendBlocked(t *testing.T) {
	done := make(chan struct{})
	defer close(done)
	p := dialPipe(t, fakeNode(t, func(*net.TCPConn) { <-done }), PipeOptions{})
	ended := make(chan error)
	sent := make(chan struct{}, 1000)
	go func() {
		for {
			if err := p.Send(OpPut, []byte("key"), make([]byte, MaxValue)); err != nil {
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
		case <-time.After(quiet): // less than it takes: Close then comes a little early
			blocked = true
		}
	}
	p.Close()
	if err := <-ended; !errors.Is(err, ErrFailed) || !errors.Is(err, ErrClosed) {
		t.Errorf("send: %v, want ErrFailed and ErrClosed", err)
	}
}

// What Receive says of each way in which a node can fail it, now and later.
func TestPipeFaults(t *testing.T) {
	for _, test := range []struct {
		name, reply, want string
		timing            bool
	}{
		{"closes", "", "node closed the connection", false},
		{"half a reply", "\x00\x00\x00\x02\x00", "unexpected EOF", false},
		{"too large", "\xff\xff\xff\xff", "length 4294967295 exceeds", false},
		{"garbled", frame("\x09\x00"), "status 9 is not", false},
		{"times unasked", string(timedReply(StatusOK, 1, 1, "")), "says how long it took, which was not asked", false},
		{"no times", string(AppendReply(nil, StatusOK, nil)), "does not say how long it took", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := dialPipe(t, fakeNode(t, func(conn *net.TCPConn) {
				NewFrameReader(conn).Next()
				io.WriteString(conn, test.reply)
			}), PipeOptions{Timing: test.timing})
			if err := p.Send(OpGet, []byte("key"), nil); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := p.Receive()
				if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), p.addr) {
					t.Errorf("receive: %v, want %q", err, test.want)
				}
			}
		})
	}
}

// A node that refuses a request says why, with times or without.
func TestPipeRefused(t *testing.T) {
	p := dialPipe(t, fakeNode(t, func(conn *net.TCPConn) {
		NewFrameReader(conn).Next()
		conn.Write(AppendReply(nil, StatusError, []byte("no")))
	}), PipeOptions{Timing: true})
	if err := p.Send(OpGet, []byte("key"), nil); err != nil {
		t.Fatal(err)
	}
	if r, err := p.Receive(); r.Status != StatusError || string(r.Value) != "no" || err != nil {
		t.Errorf("reply is %+v, %v", r, err)
	}
}

func TestPipeCannotDial(t *testing.T) {
	if _, err := DialPipe(testContext(t), "127.0.0.1:1", PipeOptions{}); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("dial: %v, want an error with the address", err)
	}
}

func TestPipeAllocatesNothing(t *testing.T) {
	cluster, _ := startCluster(t, 1) // in this process its goroutines would count, too
	for _, timing := range []bool{false, true} {
		p := dialPipe(t, cluster, PipeOptions{Timing: timing})
		key, value := []byte(benchKey), make([]byte, benchValue)
		if n := testing.AllocsPerRun(100, func() {
			for _, err := range []error{p.Send(OpPut, key, value), p.Send(OpGet, key, nil)} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				if r, err := p.Receive(); err != nil || r.Status != StatusOK {
					t.Fatal(r.Status, err)
				}
			}
		}); n != 0 {
			t.Errorf("timing %v: %v allocations, want none", timing, n)
		}
	}
}
