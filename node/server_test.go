package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// readReply reads one reply from conn.
func readReply(t testing.TB, frames *Reader) (Status, string) {
	t.Helper()
	body, err := frames.Frame()
	if err != nil {
		t.Fatalf("read reply: %v", err)
	}
	status, _, value, err := parseReply(body)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(value)
}

// wantEnd fails the test unless the stream ends here without an error.
func wantEnd(t testing.TB, frames *Reader) {
	t.Helper()
	if _, err := frames.Frame(); err != io.EOF {
		t.Errorf("after the last reply: %v, want the end of the stream", err)
	}
}

func TestServerPipelinesInOrder(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	conn := dialRaw(t, cluster.Addrs[0])
	const n = 5000 // its replies do not fit into any buffer on the way
	go func() {
		var out []byte
		for i := range n {
			out = AppendRequest(out, Request{Op: OpPut, Key: fmt.Append(nil, i%10), Value: fmt.Append(nil, i)})
			out = AppendRequest(out, Request{Op: OpGet, Key: fmt.Append(nil, i%10)})
		}
		conn.Write(out)
	}()
	frames := NewReader(conn)
	for i := range n {
		if status, _ := readReply(t, frames); status != StatusOK {
			t.Fatalf("put %d is %v", i, status)
		}
		if status, value := readReply(t, frames); status != StatusOK || value != fmt.Sprint(i) {
			t.Fatalf("get %d is %v %q", i, status, value)
		}
	}
}

// A malformed request gets an error, and the next request is answered.
func TestServerContinuesAfterMalformed(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	conn := dialRaw(t, cluster.Addrs[0])
	frames := NewReader(conn)
	long := string(AppendRequest(nil, Request{Op: OpPut, Key: []byte("k"), Value: make([]byte, MaxValue+1)})[lengthHead:])
	for _, test := range []struct{ body, want string }{
		{"", "malformed: request of 0 bytes is shorter than its head of 4"},
		{"\x09\x00\x00\x01k", "malformed: op 9 is not 1 (put), 2 (get) or 3 (del)"},
		{"\x01\x02\x00\x01k", "malformed: request flags are 0x02, not 0 or 1"},
		{"\x02\x01\x00\x01kv", "malformed: get carries 1 bytes after its key"},
		{"\x01\x00\xff\xffk", "malformed: key of 65535 bytes exceeds the 1 left in the frame"},
		{long, "too large: value of 1048577 bytes exceeds 1048576"},
	} {
		if _, err := io.WriteString(conn, frame(test.body)); err != nil {
			t.Fatal(err)
		}
		if status, why := readReply(t, frames); status != StatusError || why != test.want {
			t.Errorf("reply is %v %q, want %q", status, why, test.want)
		}
	}
	conn.Write(AppendRequest(nil, Request{Op: OpGet, Key: []byte("k")}))
	if status, _ := readReply(t, frames); status != StatusNotFound {
		t.Errorf("a good request then got %v", status)
	}
}

// After the replies to earlier requests, a frame above the limit gets an error and
// the end of the stream, even if the peer continues to send.
func TestServerEndsAfterTooLarge(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	for name, in := range map[string]string{
		"garbage":       "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
		"one too large": string(AppendRequest(nil, Request{Op: OpPut, Key: make([]byte, MaxKey), Value: make([]byte, MaxValue+1)})),
	} {
		t.Run(name, func(t *testing.T) {
			conn := dialRaw(t, cluster.Addrs[0])
			out := AppendRequest(nil, Request{Op: OpGet, Key: []byte("absent")})
			if _, err := conn.Write(append(out, in...)); err != nil {
				t.Fatal(err)
			}
			frames := NewReader(conn)
			if status, _ := readReply(t, frames); status != StatusNotFound {
				t.Errorf("the request before got %v", status)
			}
			if status, why := readReply(t, frames); status != StatusError || !strings.HasSuffix(why, " exceeds 1114115") {
				t.Errorf("reply is %v %q, want an error with the limit", status, why)
			}
			wantEnd(t, frames)
		})
	}
}

// Part of a frame has no effect.
func TestServerIgnoresHalfFrame(t *testing.T) {
	store := NewStore()
	cluster, _ := startServer(t, &Server{Table: store})
	put := AppendRequest(nil, Request{Op: OpPut, Key: []byte("key"), Value: []byte("value")})
	for n := range put {
		conn := dialRaw(t, cluster.Addrs[0])
		conn.Write(put[:n])
		conn.CloseWrite()
		wantEnd(t, NewReader(conn))
	}
	if n := store.Len(); n != 0 {
		t.Errorf("%d keys were stored, want none", n)
	}
}

// A peer that closes its direction right after a request gets the reply and the end
// of the stream, even if its own end arrived together with the request.
func TestServerAnswersHalfClosed(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	for range 100 {
		conn := dialRaw(t, cluster.Addrs[0])
		conn.Write(AppendRequest(nil, Request{Op: OpPut, Key: []byte("key"), Value: []byte("value")}))
		conn.CloseWrite()
		frames := NewReader(conn)
		if status, _ := readReply(t, frames); status != StatusOK {
			t.Errorf("put got %v", status)
		}
		wantEnd(t, frames)
	}
}

// A peer that sends single bytes and one that does not read its replies do not block
// other peers.
func TestServerSlowPeers(t *testing.T) {
	cluster, _ := startServer(t, &Server{Grace: 10 * time.Millisecond})
	client := newClient(t, cluster, ClientOptions{})
	ctx := testContext(t)
	if err := client.Put(ctx, []byte("large"), make([]byte, MaxValue)); err != nil {
		t.Fatal(err)
	}
	deaf := dialRaw(t, cluster.Addrs[0])
	go func() {
		for get := AppendRequest(nil, Request{Op: OpGet, Key: []byte("large")}); ; {
			if _, err := deaf.Write(get); err != nil {
				return
			}
		}
	}()
	slow := dialRaw(t, cluster.Addrs[0])
	for _, b := range AppendRequest(nil, Request{Op: OpPut, Key: []byte("key"), Value: []byte("slow")}) {
		if _, err := slow.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
		if err := client.Put(ctx, []byte("key"), []byte("quick")); err != nil {
			t.Fatal(err)
		}
	}
	if status, _ := readReply(t, NewReader(slow)); status != StatusOK {
		t.Errorf("the slow put got %v", status)
	}
	if got, err := client.Get(ctx, []byte("key")); string(got) != "slow" || err != nil {
		t.Errorf("value is %q, %v", got, err)
	}
}

// When its context ends, the server answers all requests that it has received, even
// unread ones, and the peer can read all replies.
func TestServerDrains(t *testing.T) {
	store := NewStore()
	cluster, stop := startServer(t, &Server{Table: store})
	idle := dialRaw(t, cluster.Addrs[0])
	busy := dialRaw(t, cluster.Addrs[0])
	frames := NewReader(busy)
	const n = 1000
	var out []byte
	for i := range n {
		out = AppendRequest(out, Request{Op: OpPut, Key: fmt.Append(nil, i), Value: make([]byte, 1000)})
	}
	if _, err := busy.Write(out); err != nil {
		t.Fatal(err)
	}
	readReply(t, frames)
	stop()
	for range n - 1 {
		if status, _ := readReply(t, frames); status != StatusOK {
			t.Fatalf("put got %v", status)
		}
	}
	wantEnd(t, frames)
	wantEnd(t, NewReader(idle))
	if store.Len() != n {
		t.Errorf("%d keys were stored, want %d", store.Len(), n)
	}
	if _, err := net.Dial("tcp", cluster.Addrs[0]); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial after the end: %v, want it refused", err)
	}
}

// A peer that does not read its replies delays the end by at most Grace.
func TestServerDrainsWithinGrace(t *testing.T) {
	store := NewStore()
	server := &Server{Table: store, Grace: 50 * time.Millisecond}
	store.Put([]byte("large"), make([]byte, MaxValue))
	cluster, stop := startServer(t, server)
	deaf := dialRaw(t, cluster.Addrs[0])
	out := bytes.Repeat(AppendRequest(nil, Request{Op: OpGet, Key: []byte("large")}), 100)
	if _, err := deaf.Write(out); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(deaf, make([]byte, 1<<10)); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	stop()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("the server took %v to end, with a grace time of %v", took, server.Grace)
	}
}

// failingListener fails to accept that many times, and is closed afterwards.
type failingListener struct {
	net.Listener
	failures int
	at       []time.Time
}

func (l *failingListener) Accept() (net.Conn, error) {
	l.at = append(l.at, time.Now())
	if len(l.at) > l.failures {
		return nil, net.ErrClosed
	}
	return nil, syscall.EMFILE
}

func (l *failingListener) Close() error   { return nil }
func (l *failingListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestServerPausesAfterFailedAccept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := &failingListener{failures: 10}
		if err := new(Server).Serve(context.Background(), ln); !errors.Is(err, net.ErrClosed) {
			t.Errorf("serve: %v, want that the listener is closed", err)
		}
		for i, want := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000} {
			if got := ln.at[i+1].Sub(ln.at[i]); got != want*time.Millisecond {
				t.Errorf("pause %d is %v, want %v", i, got, want*time.Millisecond)
			}
		}
	})
}

func TestServerEndsWhilePausing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := new(Server).Serve(ctx, &failingListener{failures: 1 << 20}); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

// Gets, dels and overwriting puts do not allocate in the server.
func TestSessionAllocatesNothing(t *testing.T) {
	s := &session{table: NewStore()}
	key, value := []byte("key"), make([]byte, 100)
	put := AppendRequest(nil, Request{Op: OpPut, Key: key, Value: value})[lengthHead:]
	get := AppendRequest(nil, Request{Op: OpGet, Key: key})[lengthHead:]
	del := AppendRequest(nil, Request{Op: OpDel, Key: []byte("absent")})[lengthHead:]
	timed := AppendRequest(nil, Request{Op: OpGet, Timed: true, Key: key})[lengthHead:]
	s.arrived = new(stampedReader).last
	if n := testing.AllocsPerRun(100, func() {
		s.reply(put)
		s.reply(get)
		s.reply(del)
		s.reply(timed)
		s.out = s.out[:0]
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
