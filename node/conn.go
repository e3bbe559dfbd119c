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
	"time"
)

// ticks is how many ticks of a connection's clock make its timeout.
const ticks = 4

// conn is a client's connection to one node, shared by concurrent callers.
//
// Note: it has no goroutine of its own. A caller writes its request, takes a
// place in the queue, and reads its reply itself when it is at the head. So a
// lone caller pays one write, one read and no switch between goroutines, and
// several callers pipeline.
//
// Note: no deadline is set and no time is read per operation. A clock ticks
// four times in a timeout and breaks the connection if the oldest request has
// waited that long.
type conn struct {
	net net.Conn

	// Writing. writers counts callers about to write; each leaves the write
	// to the last of them, so that requests made meanwhile share one.
	writers atomic.Int32
	wmu     sync.Mutex
	out     []byte // requests not yet written
	made    uint64 // bytes of requests ever put into out

	// Reading, by the caller that has the turn.
	frames *FrameReader
	heeded interruption

	queue  queue
	broken atomic.Bool // no operation may begin; the queue knows why

	clockMu sync.Mutex
	clock   *time.Timer
}

func newConn(raw net.Conn, timeout time.Duration) *conn {
	raw = newSocket(raw)
	c := &conn{net: raw, frames: NewFrameReader(raw)}
	c.clockMu.Lock() // the first tick waits for the assignment
	defer c.clockMu.Unlock()
	period := max(timeout/ticks, time.Millisecond)
	c.clock = time.AfterFunc(period, func() { c.tick(period) })
	return c
}

// tick breaks the connection if a request has waited too long.
func (c *conn) tick(period time.Duration) {
	if c.queue.late(ticks) {
		c.fail(fmt.Errorf("%w: none within %v", ErrTimeout, ticks*period))
	}
	c.clockMu.Lock()
	defer c.clockMu.Unlock()
	if !c.broken.Load() {
		c.clock.Reset(period)
	}
}

// do does one operation. It appends to dst what the reply carries: the value,
// or the reason of an error. If err is not nil, kind is ErrFailed or
// ErrUnknown, and nothing was appended.
func (c *conn) do(ctx context.Context, op Op, dst, key, value []byte) (status Status, out []byte, kind, err error) {
	t, turn, err := c.send(op, key, value)
	if err != nil {
		return 0, dst, ErrFailed, err
	}
	if !turn && !c.await(ctx, t) {
		kind, _ = c.queue.fate(t)
		if c.queue.abandon(t, false) {
			return 0, dst, kind, ctx.Err()
		}
		<-t.turn // given at the same moment: it must be taken to be passed on
	}
	return c.receive(ctx, t, op, dst)
}

// send puts one request on its way and takes a ticket for its reply. turn
// says that the caller may read at once. After an error nothing was sent.
func (c *conn) send(op Op, key, value []byte) (t *ticket, turn bool, err error) {
	c.writers.Add(1)
	c.wmu.Lock()
	defer c.wmu.Unlock()
	last := c.writers.Add(-1) == 0
	if c.broken.Load() {
		return nil, false, c.queue.reason()
	}
	before := len(c.out)
	c.out = AppendRequest(c.out, op, key, value)
	c.made += uint64(len(c.out) - before)
	t, turn = c.queue.enter(c.made)
	if last {
		c.flush()
	}
	return t, turn, nil
}

// flush writes all requests made so far. If that fails the connection breaks,
// and every caller learns it at its turn. The caller holds c.wmu.
func (c *conn) flush() {
	if c.queue.hand(c.made) {
		n, err := c.net.Write(c.out)
		if err != nil {
			written := c.made - uint64(len(c.out)-n)
			c.end(fmt.Errorf("write request: %w", err), &written)
		}
	}
	c.out = c.out[:0]
	if cap(c.out) > keepBuffer {
		c.out = nil
	}
}

// await waits for the turn of t. It returns false if ctx ended first.
func (c *conn) await(ctx context.Context, t *ticket) bool {
	select {
	case <-t.turn:
		return true
	case <-ctx.Done():
		return false
	}
}

// receive reads the reply of t, which has the turn, and passes the turn on.
func (c *conn) receive(ctx context.Context, t *ticket, op Op, dst []byte) (status Status, out []byte, kind, err error) {
	c.heeded.heed(ctx, c.net)
	for {
		body, err := c.frames.Next()
		switch {
		case err == nil && t.skip > 0:
			c.queue.skipped(t)
			continue
		case err == nil:
			status, out, err = c.accept(op, body, dst)
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.heeded.clear(c.net)
			if ctx.Err() == nil {
				continue // it was the context of an earlier caller
			}
			kind, _ = c.queue.fate(t)
			c.queue.abandon(t, true)
			return 0, dst, kind, ctx.Err()
		}
		if err != nil {
			c.fail(readError(err))
			kind, err = c.queue.fate(t)
			out = dst
		}
		c.queue.leave(t)
		return status, out, kind, err
	}
}

// accept takes body as the reply to op and appends what it carries to dst.
// After an error the node is not in step, and what it sent is worth nothing.
func (c *conn) accept(op Op, body, dst []byte) (Status, []byte, error) {
	r, err := ParseReply(body)
	switch {
	case err != nil:
	case r.Timed:
		err = errTimed
	case r.Status == StatusNotFound && op == OpPut:
		err = fmt.Errorf("%w: reply to a put is %v", ErrMalformed, r.Status)
	case r.Status == StatusOK && op != OpGet && len(r.Value) > 0:
		err = fmt.Errorf("%w: reply to a %v carries %d bytes", ErrMalformed, op, len(r.Value))
	}
	if err != nil {
		c.frames = NewFrameReader(c.net)
		return 0, dst, err
	}
	return r.Status, append(dst, r.Value...), nil
}

// readError says in the client's terms why no reply could be read.
func readError(err error) error {
	if err == io.EOF {
		return errors.New("read reply: node closed the connection")
	}
	return fmt.Errorf("read reply: %w", err)
}

// fail breaks the connection for the reason err; only the first reason
// counts. It returns what closing the connection returned.
func (c *conn) fail(err error) error {
	return c.end(err, nil)
}

// end is fail after a write: written is how many bytes of requests left.
func (c *conn) end(err error, written *uint64) error {
	first := c.queue.breaks(err, written)
	if !first {
		return nil
	}
	c.broken.Store(true)
	c.clockMu.Lock()
	c.clock.Stop()
	c.clockMu.Unlock()
	return c.net.Close()
}
