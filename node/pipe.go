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

// PipeOptions change what a Pipe does. The zero value is a good one.
type PipeOptions struct {
	// Timing asks the node, in every request, to say how long it took.
	Timing bool
}

// PipeReply is one reply.
type PipeReply struct {
	Status Status
	Value  []byte // valid until the next Receive; of StatusError the reason

	// Queue is from the request's arrival at the node, in its kernel where that
	// tells, until the node began with it; Work from then until the reply was
	// ready. Both are 0 without PipeOptions.Timing, and of a StatusError that
	// the node did not begin with.
	Queue time.Duration
	Work  time.Duration
}

// Pipe is one connection to one node, for a caller that keeps its own order, as
// one that sends at planned instants: one goroutine sends requests, another
// receives the replies, in the same order. A send is one system call on its
// caller's goroutine; nobody has to be woken for it. Neither allocates.
//
// One goroutine may call Send while another calls Receive; Close and
// SetReadDeadline are for any.
type Pipe struct {
	addr   string
	net    net.Conn
	timing bool

	out    []byte // the request at hand, of Send
	broken error  // why no more can be sent, of Send; nil: more can

	frames *FrameReader // of Receive
	lost   error        // why no more can be received, of Receive; nil: more can

	closing  sync.Once
	closeErr error
}

// DialPipe connects to the node at addr, host:port, until ctx ends, for 5 s at
// most. The caller ends the Pipe with Close.
func DialPipe(ctx context.Context, addr string, o PipeOptions) (*Pipe, error) {
	dialer := net.Dialer{Timeout: defaultDialTimeout}
	raw, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	conn := newSocket(raw)
	return &Pipe{addr: addr, net: conn, timing: o.Timing, frames: NewFrameReader(conn)}, nil
}

// Send sends one request. It copies neither key nor value beyond its return,
// and waits only if the node does not read and the kernel takes no more; Close
// ends that. value is empty in a get or del.
//
// Its errors wrap ErrFailed if the request surely did not leave whole, so that
// no reply comes for it, and otherwise ErrUnknown. After one about a limit
// (ErrTooLarge, ErrMalformed) the Pipe is as before; after any other no more
// can be sent, while replies to earlier requests may still come.
func (p *Pipe) Send(op Op, key, value []byte) error {
	if err := CheckRequest(key, value); err != nil {
		return p.fault(op, ErrFailed, err)
	}
	if p.broken != nil {
		return p.fault(op, ErrFailed, p.broken)
	}
	p.out = AppendRequest(p.out[:0], op, key, value)
	if p.timing {
		p.out[lengthHead+1] = flagTimed
	}
	n, err := p.net.Write(p.out)
	whole := n == len(p.out)
	if cap(p.out) > keepBuffer {
		p.out = nil
	}
	if err == nil {
		return nil
	}
	p.broken = plainClosed(err)
	if whole {
		return p.fault(op, ErrUnknown, p.broken)
	}
	return p.fault(op, ErrFailed, p.broken)
}

// Receive waits for the next reply. It knows nothing of requests: call it once
// for each, or let it wait for the next one.
//
// If a read deadline passes the error wraps ErrTimeout, nothing is lost and
// Receive can be called again after the deadline was moved. After any other
// error no reply comes any more: the outcome of every request without one is
// unknown.
func (p *Pipe) Receive() (PipeReply, error) {
	if p.lost != nil {
		return PipeReply{}, p.lost
	}
	r, err := p.next()
	switch {
	case err == nil:
		return r, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return PipeReply{}, fmt.Errorf("receive from %s: %w", p.addr, ErrTimeout)
	}
	p.lost = fmt.Errorf("receive from %s: %w", p.addr, plainClosed(readError(err)))
	return PipeReply{}, p.lost
}

// next reads one reply.
func (p *Pipe) next() (PipeReply, error) {
	body, err := p.frames.Next()
	if err != nil {
		return PipeReply{}, err
	}
	parsed, err := ParseReply(body)
	switch {
	case err != nil:
		return PipeReply{}, err
	case parsed.Timed && !p.timing:
		return PipeReply{}, errTimed
	case p.timing && !parsed.Timed && parsed.Status != StatusError:
		return PipeReply{}, fmt.Errorf("%w: reply does not say how long it took", ErrMalformed)
	}
	r := PipeReply{Status: parsed.Status, Value: parsed.Value}
	if parsed.Timed {
		r.Queue, r.Work = takeTimes(body)
	}
	return r, nil
}

// SetReadDeadline makes Receive fail that waits at instant t or later, even one
// that waits already. The zero time, as at first, is no deadline. To bound the
// wait for a reply without a call for each, let a clock of your own set a
// deadline that has passed when the oldest request is too old, or Close.
func (p *Pipe) SetReadDeadline(t time.Time) error {
	return p.net.SetReadDeadline(t)
}

// Close closes the connection and ends a Send or Receive that waits, with
// ErrClosed, as it does later ones. A second Close does nothing more.
func (p *Pipe) Close() error {
	p.closing.Do(func() { p.closeErr = p.net.Close() })
	return p.closeErr
}

// fault makes the error of a request that could not be sent.
func (p *Pipe) fault(op Op, kind, err error) error {
	return fmt.Errorf("send %v to %s: %w: %w", op, p.addr, kind, err)
}

// plainClosed says ErrClosed of a connection that this side has closed.
func plainClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return ErrClosed
	}
	return err
}
