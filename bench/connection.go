package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/node"
)

const (
	// replyTimeout is how long a reply may take until its operation ends as
	// unknown. Connections are checked every timeoutCheck.
	replyTimeout = 10 * time.Second
	timeoutCheck = time.Second
	// redialAfter is the pause before the second attempt to restore a lost connection.
	// Pauses double up to redialAtMost.
	redialAfter  = 100 * time.Millisecond
	redialAtMost = time.Second
)

// connection is a client's connection to one server, and the slots that wait for
// replies on it, in the order in which they were sent. One goroutine at a time sends.
// A client that is alone receives on the same goroutine; for others, serve receives.
type connection struct {
	client *client
	server int
	addr   string

	batch []*slot       // of a pipeline: to be sent together
	out   []byte        // the requests of a batch
	pause time.Duration // before the next attempt to connect; changed by the receiver only

	mu      sync.Mutex
	conn    *node.Conn // nil while there is none
	reason  error      // why this side closes conn; nil: it does not
	waiting []*slot    // sent and without a reply, oldest first
	backlog []byte     // requests that the kernel has not taken yet; nil: flush does not run
}

// connect makes the connection.
func (k *connection) connect(ctx context.Context) error {
	conn, err := k.client.target.Dial(ctx, k.addr)
	if err != nil {
		return fmt.Errorf("connect to server %d (%s): %w", k.server, k.name(), err)
	}
	k.mu.Lock()
	k.conn, k.reason = conn, nil
	k.mu.Unlock()
	return nil
}

// redial restores a lost connection. The first attempt after a reply is immediate. Each
// later one waits twice as long as the one before, up to redialAtMost: a server may
// accept connections and close them.
func (k *connection) redial(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-time.After(k.pause):
	}
	k.pause = min(max(2*k.pause, redialAfter), redialAtMost)
	return k.connect(ctx)
}

// name is the address for errors.
func (k *connection) name() string { return target.WithoutPassword(k.addr) }

// current is the connection as it is now, nil if there is none.
func (k *connection) current() *node.Conn {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.conn
}

// load returns the number of operations in flight and in the batch, and whether there
// is a connection.
func (k *connection) load() (n int, up bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.waiting) + len(k.batch), k.conn != nil
}

// close closes the connection, if there is one. The goroutine that receives on it
// then ends the operations that wait.
func (k *connection) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conn != nil {
		k.reason = cmp.Or(k.reason, errNoReply)
		k.conn.Close()
	}
}

// send sends the operations of slots, and returns the connection on which to receive
// the replies. now is the instant of the send. If the operations cannot be sent, they
// end, and send returns nil. If the client is alone, send waits while the socket's
// buffers are full.
//
// Note: the caller reads the clock, since k itself is seldom in a cache.
func (k *connection) send(now int64, slots ...*slot) *node.Conn {
	for _, s := range slots {
		s.send = now
		if s.run.sender == nil { // in a closed loop the send is the intended start
			s.intended = now
		}
	}
	request := k.requestOf(slots)
	k.mu.Lock()
	conn := k.conn
	if conn != nil {
		k.waiting = append(k.waiting, slots...)
	}
	behind := k.backlog != nil
	if behind {
		k.backlog = append(k.backlog, request...)
	}
	k.mu.Unlock()
	switch {
	case conn == nil:
		k.refuse(slots)
		return nil
	case behind:
		return conn
	}
	if err := k.write(conn, request); err != nil {
		k.lose(conn, err, slots[len(slots)-1])
		return nil
	}
	return conn
}

// requestOf returns the bytes of the operations of slots.
func (k *connection) requestOf(slots []*slot) []byte {
	if len(slots) == 1 {
		return slots[0].request
	}
	k.out = k.out[:0]
	for _, s := range slots {
		k.out = append(k.out, s.request...)
	}
	return k.out
}

// refuse ends operations that cannot be sent since there is no connection.
func (k *connection) refuse(slots []*slot) {
	for _, s := range slots {
		s.completion = s.send
		s.finish(target.Reply{Outcome: workload.Failed}, fmt.Errorf("server %d (%s): not connected", k.server, k.name()))
	}
}

// write sends a request. Unless the client is alone, it does not wait: another goroutine
// sends what the kernel does not take now. A pacer that waited would be late for all its
// clients.
func (k *connection) write(conn *node.Conn, request []byte) error {
	if k.client.alone() {
		return conn.Send(request)
	}
	rest, err := conn.TrySend(request)
	if err != nil || len(rest) == 0 {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conn == conn { // else it was lost meanwhile, and its operations have ended
		k.backlog = slices.Clone(rest)
		go k.flush(conn)
	}
	return nil
}

// flush sends the backlog of conn until it is empty.
func (k *connection) flush(conn *node.Conn) {
	for {
		k.mu.Lock()
		out := k.backlog
		switch {
		case k.conn != conn: // lost, and its backlog with it
			out = nil
		case len(out) == 0:
			k.backlog = nil
		default:
			k.backlog = []byte{} // others add to it meanwhile
		}
		k.mu.Unlock()
		if len(out) == 0 {
			return
		}
		if err := conn.Send(out); err != nil {
			k.lose(conn, err, nil)
			return
		}
	}
}

// receive waits for the next reply on conn and ends its operation. It returns
// false when the connection is lost; all operations that waited have then ended.
func (k *connection) receive(conn *node.Conn) bool {
	err := conn.In.Wait()
	var reply target.Reply
	if err == nil {
		reply, err = k.read(conn)
	}
	if err != nil {
		k.lose(conn, err, nil)
		return false
	}
	completion := k.client.clock.Now()
	s := k.take(conn)
	if s == nil {
		return false // the connection was lost meanwhile, and its operations have ended
	}
	k.pause = 0
	s.completion = completion
	s.finish(reply, nil)
	return true
}

// read reads the reply to the oldest operation.
func (k *connection) read(conn *node.Conn) (target.Reply, error) {
	k.mu.Lock()
	if len(k.waiting) == 0 {
		k.mu.Unlock()
		return target.Reply{}, errors.New("read reply: no operation waits for it")
	}
	op := k.waiting[0].Op
	k.mu.Unlock()
	return k.client.target.ReadReply(conn.In, op)
}

// take removes and returns the oldest operation, nil if conn has been lost.
func (k *connection) take(conn *node.Conn) *slot {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conn != conn {
		return nil
	}
	s := k.waiting[0]
	k.waiting = append(k.waiting[:0], k.waiting[1:]...)
	return s
}

// lose closes conn and ends every operation that waits on it with err and an unknown
// outcome. If err wraps [node.ErrFailed], the operation unsent, unless nil, has failed:
// its request was not sent. Later calls for the same conn do nothing. The operations
// are removed before conn is closed: a goroutine that receives on it would end them
// with its own error.
func (k *connection) lose(conn *node.Conn, err error, unsent *slot) {
	k.mu.Lock()
	lost, current := k.waiting, k.conn == conn
	if current {
		k.conn, k.waiting, k.backlog = nil, nil, nil
		err = cmp.Or(k.reason, err)
	}
	k.mu.Unlock()
	conn.Close()
	if !current {
		return
	}
	failed := errors.Is(err, node.ErrFailed)
	err = fmt.Errorf("server %d (%s): %w", k.server, k.name(), err)
	now := k.client.clock.Now()
	for _, s := range lost {
		outcome := workload.Unknown
		if s == unsent && failed {
			outcome = workload.Failed
		}
		s.completion = now
		s.finish(target.Reply{Outcome: outcome}, err)
	}
}

// serve receives replies, and reconnects after each loss, until ctx ends.
func (k *connection) serve(ctx context.Context) {
	for ctx.Err() == nil {
		for conn := k.current(); conn != nil && k.receive(conn); {
			if conn.In.Len() == 0 {
				k.client.refill()
			}
		}
		k.client.refill() // the slots of what was lost
		k.redial(ctx)     // if it fails, the next turn tries again
		k.client.refill()
	}
	k.close()
}

// abandon ends all operations that wait, and closes the connection if there are
// any.
func (k *connection) abandon() {
	k.mu.Lock()
	conn, idle := k.conn, len(k.waiting) == 0
	k.mu.Unlock()
	if conn != nil && !idle {
		k.lose(conn, errNoReply, nil)
	}
}

// errNoReply is the error of operations without a reply at the end of a trial.
var errNoReply = errors.New("no reply until the end of the trial")

// expire closes the connection if its oldest operation was sent before the given
// instant.
func (k *connection) expire(before int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conn != nil && len(k.waiting) > 0 && k.waiting[0].send < before {
		k.reason = fmt.Errorf("%w within %v", node.ErrTimeout, replyTimeout)
		k.conn.Close()
	}
}
