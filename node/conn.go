package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

// dialTimeout is how long Dial tries at most.
const dialTimeout = 5 * time.Second

// Conn is one side, usually the client's, of one TCP connection. It works with any
// protocol: requests are bytes, and replies are read from In, as with ReadReply.
//
// One goroutine may Send or TrySend while another reads In; Addr, SetReadDeadline and
// Close are safe for concurrent use. A Send is one system call on the caller's
// goroutine. No call allocates, except to return an error.
type Conn struct {
	// In reads the replies. Its errors are ErrTimeout after the read deadline
	// and ErrClosed after Close.
	In *Reader

	addr   string
	net    net.Conn
	broken error // why Send can send no more; nil: it can

	closing  sync.Once
	closeErr error
}

// Dial connects to addr, host:port. It gives up when ctx ends, and after 5 s.
// The caller must Close the Conn.
func Dial(ctx context.Context, addr string) (*Conn, error) {
	dialer := net.Dialer{Timeout: dialTimeout}
	raw, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return NewConn(raw, addr), nil
}

// NewConn returns a Conn of a connection to addr. The caller must Close the Conn,
// which closes raw, and not use raw itself.
func NewConn(raw net.Conn, addr string) *Conn {
	conn := newSocket(raw)
	return &Conn{In: NewReader(input{conn}), addr: addr, net: conn}
}

// Addr returns the address as it was given to Dial or NewConn.
func (c *Conn) Addr() string { return c.addr }

// Send writes one or more whole requests. It does not keep the slice. It blocks
// only while the peer does not read and the kernel buffers no more; Close ends
// that.
//
// An error wraps ErrFailed if the request did not leave whole, so that it has
// no effect and no reply, and otherwise ErrUnknown. Of several requests that
// is the outcome of the last one; those before it may have left. After an
// error every Send fails, while replies to earlier requests may still come.
func (c *Conn) Send(request []byte) error {
	if c.broken != nil {
		return c.unsent(ErrFailed)
	}
	n, err := c.net.Write(request)
	return c.sent(n == len(request), err)
}

// TrySend is Send, except that it does not wait: it returns the rest of the request
// that the kernel does not take now. Send the rest before anything else. On platforms
// without raw system calls in this package, TrySend waits as Send does.
func (c *Conn) TrySend(request []byte) (rest []byte, err error) {
	s, ok := c.net.(interface {
		TryWrite(p []byte) (n int, err error)
	})
	if !ok || c.broken != nil {
		return nil, c.Send(request)
	}
	n, err := s.TryWrite(request)
	return request[n:], c.sent(n == len(request), err)
}

// sent returns the error of a Send whose write ended with err.
func (c *Conn) sent(whole bool, err error) error {
	if err == nil {
		return nil
	}
	c.broken = ownError(err)
	if whole {
		return c.unsent(ErrUnknown)
	}
	return c.unsent(ErrFailed)
}

// unsent returns the error of a broken connection.
func (c *Conn) unsent(kind error) error {
	return fmt.Errorf("%w: write request: %w", kind, c.broken)
}

// SetReadDeadline makes reads of In fail at instant t and later, including one
// that waits now. Nothing is lost: after the deadline was moved, In can be
// read on. The zero time, the initial state, is no deadline.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.net.SetReadDeadline(t)
}

// Close closes the connection. A Send or read that waits ends with ErrClosed,
// and so does every later one. Further calls do nothing and return the same.
func (c *Conn) Close() error {
	c.closing.Do(func() { c.closeErr = c.net.Close() })
	return c.closeErr
}

// input reads a connection and returns this package's errors.
type input struct{ net net.Conn }

func (in input) Read(p []byte) (int, error) {
	n, err := in.net.Read(p)
	if err != nil {
		err = ownError(err)
	}
	return n, err
}

// ownError returns ErrTimeout for a passed deadline, ErrClosed for a connection
// that this side closed, and any other error as it is.
func ownError(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrTimeout
	case errors.Is(err, net.ErrClosed):
		return ErrClosed
	}
	return err
}
