package node

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// link is a client's place for the connection to one node, with or without
// one. It is safe for concurrent use.
type link struct {
	addr        string
	timeout     time.Duration
	dialTimeout time.Duration
	client      context.Context // done when the client is closed

	conn atomic.Pointer[conn] // nil before the first one is made

	mu   sync.Mutex // held while dial or closed change
	dial *dial      // nil: none in progress
}

// dial is one attempt to connect, shared by all who wait for it.
type dial struct {
	done chan struct{} // closed at its end; conn and err are set before
	conn *conn
	err  error
}

// connection returns the connection, made anew if there is none or it broke.
// Callers that come while it is being made share one attempt. It returns
// ctx's error if that ends first; the attempt goes on for the others.
func (l *link) connection(ctx context.Context) (*conn, error) {
	if c := l.conn.Load(); c != nil && !c.broken.Load() {
		return c, nil
	}
	l.mu.Lock()
	if c := l.conn.Load(); c != nil && !c.broken.Load() {
		l.mu.Unlock()
		return c, nil
	}
	if l.client.Err() != nil {
		l.mu.Unlock()
		return nil, ErrClosed
	}
	d := l.dial
	if d == nil {
		d = &dial{done: make(chan struct{})}
		l.dial = d
		go l.connect(d)
	}
	l.mu.Unlock()

	select {
	case <-d.done:
		return d.conn, d.err
	case <-ctx.Done():
		return nil, fmt.Errorf("dial: %w", ctx.Err())
	}
}

// connect makes the connection that d stands for. It ends within dialTimeout,
// or at once when the client is closed.
func (l *link) connect(d *dial) {
	dialer := net.Dialer{Timeout: l.dialTimeout}
	raw, err := dialer.DialContext(l.client, "tcp", l.addr)

	l.mu.Lock()
	defer l.mu.Unlock()
	l.dial = nil
	defer close(d.done)
	switch {
	case l.client.Err() != nil:
		if err == nil {
			raw.Close()
		}
		d.err = ErrClosed
	case err != nil:
		d.err = err
	default:
		d.conn = newConn(raw, l.timeout)
		l.conn.Store(d.conn)
	}
}

// close ends the connection, if there is one. The client's context is done by
// now, so that no other follows.
func (l *link) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.conn.Load(); c != nil {
		return c.fail(ErrClosed)
	}
	return nil
}
