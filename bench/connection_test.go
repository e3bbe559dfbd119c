package bench

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/node"
)

// connected returns the slot of a client in an open loop and its connection to a
// server. accept returns the server's end.
func connected(t *testing.T) (s *slot, k *connection, accept func() net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	w := planOf(t, paced(100, 1e9, 1))
	c := &client{
		plan: w, target: w.target, servers: []string{listener.Addr().String()}, clock: node.NewClock(),
		source: workload.NewSource(w.options, 0), ledger: workload.NewLedger(w.options, 0),
	}
	if err := c.dial(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.eachConnection((*connection).close) })
	r, _ := c.newRun(t.Context(), newRecorder(w.Params, 0), c.clock.Now())
	c.newSender(r, extent{})
	r.slot()
	return c.slots[0], c.connections[0][0], func() net.Conn {
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
}

// TestLostConnectionEndsOnlyItsOwnOperations delays the notice of a broken
// connection until the slot has its next operation on a new one.
func TestLostConnectionEndsOnlyItsOwnOperations(t *testing.T) {
	s, k, accept := connected(t)
	accept()
	broken := k.current()
	s.run.prepare(s)
	k.send(k.client.clock.Now(), s)
	k.lose(broken, errors.New("broke"), nil)
	if s.run.slot() != s || s.reply.Outcome != workload.Unknown || s.err == nil {
		t.Fatalf("an operation without a reply ended as %v, %v", s.reply.Outcome, s.err)
	}
	if err := k.connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	peer := accept()
	s.run.prepare(s)
	k.send(k.client.clock.Now(), s)
	k.lose(broken, errors.New("broke"), nil)
	if k.receive(broken) {
		t.Error("a reply came on the connection that broke")
	}
	if s.run.slot() != nil {
		t.Fatalf("the next operation ended as %v with the connection before its own: %v", s.reply.Outcome, s.err)
	}
	if _, err := peer.Write(node.AppendReply(nil, node.StatusNotFound, nil)); err != nil {
		t.Fatal(err)
	}
	if !k.receive(k.current()) || s.run.slot().reply.Outcome != workload.NotFound {
		t.Errorf("the next operation ended as %v, %v", s.reply.Outcome, s.err)
	}
}

func TestUnexpectedReplyBreaksTheConnection(t *testing.T) {
	_, k, accept := connected(t)
	if _, err := accept().Write(node.AppendReply(nil, node.StatusOK, nil)); err != nil {
		t.Fatal(err)
	}
	if k.receive(k.current()) || k.current() != nil {
		t.Error("a reply that nothing waits for is accepted")
	}
}

// TestExpiredReplyIsATimeout uses a server that never answers.
func TestExpiredReplyIsATimeout(t *testing.T) {
	s, k, accept := connected(t)
	accept()
	s.run.prepare(s)
	conn := k.send(k.client.clock.Now(), s)
	k.expire(s.send) // sent at that instant, and not before it
	if k.reason != nil {
		t.Fatal("an operation expired that was not sent before the limit")
	}
	k.expire(s.send + 1)
	if k.receive(conn) || !errors.Is(s.run.slot().err, node.ErrTimeout) || s.reply.Outcome != workload.Unknown {
		t.Errorf("ended as %v: %v", s.reply.Outcome, s.err)
	}
}

// TestSendDoesNotWaitForSlowServer sends values to a server that does not read until
// all are sent.
func TestSendDoesNotWaitForSlowServer(t *testing.T) {
	s, k, accept := connected(t)
	peer := accept()
	const many = 32 // more than the kernel buffers
	s.run.prepare(s)
	s.request = node.AppendRequest(nil, node.Request{Op: node.OpPut, Key: []byte("key"), Value: make([]byte, node.MaxValue)})
	for range many {
		if k.send(k.client.clock.Now(), s) == nil {
			t.Fatal(s.err)
		}
	}
	k.mu.Lock()
	left := len(k.backlog)
	k.mu.Unlock()
	if left == 0 {
		t.Fatal("the kernel took all: the test shows nothing")
	}
	in := node.NewReader(peer)
	for i := range many {
		if frame, err := in.Frame(); err != nil || len(frame) != len(s.request)-4 {
			t.Fatalf("request %d: %d bytes, %v", i, len(frame), err)
		}
	}
}

// closing is a connection that calls closed before it is closed.
type closing struct {
	net.Conn
	closed func()
}

func (c closing) Close() error {
	c.closed()
	return c.Conn.Close()
}

// TestAbandonedOperationHadNoReply: a receiver that sees the connection closed cannot
// end the operation with another error.
func TestAbandonedOperationHadNoReply(t *testing.T) {
	s, k, accept := connected(t)
	accept()
	for name, end := range map[string]func(conn *node.Conn){
		"abandoned": func(*node.Conn) { k.abandon() },
		"closed":    func(conn *node.Conn) { k.close(); k.receive(conn) },
	} {
		if err := k.connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		raw, conn := accept(), (*node.Conn)(nil)
		conn = node.NewConn(closing{raw, func() {
			if name == "abandoned" && k.current() == conn {
				t.Error("an abandoned connection is closed before it is given up")
			}
		}}, "")
		k.mu.Lock()
		k.conn = conn
		k.mu.Unlock()
		s.run.prepare(s)
		k.send(k.client.clock.Now(), s)
		end(conn)
		if s.run.slot() != s || !errors.Is(s.err, errNoReply) || s.reply.Outcome != workload.Unknown {
			t.Errorf("%s: ended as %v: %v", name, s.reply.Outcome, s.err)
		}
	}
}

// closingServers is a target whose servers accept connections and close them.
type closingServers struct {
	target.Target
	dials *int
}

func (c closingServers) Dial(context.Context, string) (*node.Conn, error) {
	*c.dials++
	mine, theirs := net.Pipe()
	theirs.Close()
	return node.NewConn(mine, ""), nil
}

// TestRedialPauses: a connection that is closed at once is restored after 0, 0.1, 0.3,
// 0.7 and 1.5 s, and then once a second.
func TestRedialPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		k := &connection{client: &client{target: closingServers{dials: &dials}, clock: node.NewClock()}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		k.serve(ctx)
		if dials < 5 || dials > 15 {
			t.Errorf("%d connections in 10 s", dials)
		}
	})
}
