package node

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// flushAt is how many bytes of replies a session gathers at most before
	// it writes them, though more requests are buffered.
	flushAt = 64 << 10

	// lingerBytes and lingerTime bound what a session reads and discards
	// after its last reply. If it closed with bytes unread, the kernel would
	// send a reset, and that takes away from the peer a reply not yet read.
	lingerBytes = 4 << 20
	lingerTime  = time.Second

	// drainTime is lingerTime for a session that finishes with its server: a
	// client at rest would not close before it has something to ask.
	drainTime = 100 * time.Millisecond
)

// session is the server's side of one connection. Its methods but finish are
// called by the one goroutine that serves it.
type session struct {
	conn   net.Conn
	frames *FrameReader
	store  *Store
	out    []byte // replies not yet written

	// finishing is set once no request that arrives later is to be answered.
	finishing atomic.Bool
}

func newSession(store *Store, conn net.Conn) *session {
	return &session{conn: conn, frames: NewFrameReader(conn), store: store}
}

// serve answers requests in their order until the peer closes, the stream
// fails or the session is told to finish. It does not close the connection.
//
// Replies are written when no further request is buffered: a lone request
// costs one read and one write, pipelined ones share them.
func (s *session) serve() error {
	for {
		body, err := s.frames.Next()
		if err != nil {
			return s.end(err)
		}
		s.reply(body)
		if s.frames.Buffered() && len(s.out) < flushAt {
			continue
		}
		if err := s.flush(); err != nil {
			return err
		}
	}
}

// reply does what one request asks for and appends its reply to s.out.
func (s *session) reply(body []byte) {
	req, err := ParseRequest(body)
	if err != nil {
		s.out = AppendReply(s.out, StatusError, []byte(err.Error()))
		return
	}
	switch req.Op {
	case OpGet:
		at := len(s.out)
		out, ok := s.store.AppendValue(beginReply(s.out, StatusOK), req.Key)
		if !ok {
			out = AppendReply(out[:at], StatusNotFound, nil)
		}
		endReply(out, at)
		s.out = out
	case OpPut:
		s.store.Put(req.Key, req.Value)
		s.out = AppendReply(s.out, StatusOK, nil)
	case OpDel:
		status := StatusNotFound
		if s.store.Del(req.Key) {
			status = StatusOK
		}
		s.out = AppendReply(s.out, status, nil)
	}
}

// flush writes the gathered replies. A buffer that one large reply has grown
// is given back, so that many connections do not keep many of them.
func (s *session) flush() error {
	if len(s.out) == 0 {
		return nil
	}
	_, err := s.conn.Write(s.out)
	s.out = s.out[:0]
	if cap(s.out) > 2*flushAt {
		s.out = nil
	}
	if err != nil {
		return fmt.Errorf("write replies: %w", err)
	}
	return nil
}

// end brings the session to its end after Next returned err: it answers what
// is left to answer, such that the peer can read it. It returns nil if nothing
// was wrong.
func (s *session) end(err error) error {
	switch {
	case err == io.EOF:
		return nil
	case errors.Is(err, ErrTooLarge):
		s.out = AppendReply(s.out, StatusError, []byte(err.Error()))
		s.linger(lingerTime)
		return fmt.Errorf("read request: %w", err)
	case s.finishing.Load() && errors.Is(err, os.ErrDeadlineExceeded):
		s.arrived()
		s.linger(drainTime)
		return nil
	}
	return fmt.Errorf("read request: %w", err)
}

// finish makes serve answer what has arrived and return, at the latest at
// deadline. It may be called from another goroutine.
func (s *session) finish(deadline time.Time) {
	s.finishing.Store(true)
	s.conn.SetWriteDeadline(deadline)
	s.conn.SetReadDeadline(time.Unix(1, 0)) // wakes the read, if it waits
}

// arrived answers the requests that the kernel holds, without waiting for
// more: the read deadline has passed, so it must go around the connection.
func (s *session) arrived() {
	raw, ok := s.conn.(syscall.Conn)
	if !ok {
		return
	}
	control, err := raw.SyscallConn()
	if err != nil {
		return
	}
	s.frames.r = arrivedReader{control}
	for {
		body, err := s.frames.Next()
		if err != nil {
			return
		}
		s.reply(body)
		if len(s.out) >= flushAt && s.flush() != nil {
			return
		}
	}
}

// linger writes the gathered replies, says that no more will follow, and
// discards what the peer still sends, until it closes too or for that time.
func (s *session) linger(limit time.Duration) {
	if s.flush() != nil {
		return
	}
	half, ok := s.conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	s.conn.SetReadDeadline(time.Now().Add(limit))
	io.CopyN(io.Discard, s.conn, lingerBytes)
}

// arrivedReader reads what a socket holds and never waits: when that is all
// read it returns syscall.EAGAIN.
type arrivedReader struct {
	raw syscall.RawConn
}

func (r arrivedReader) Read(p []byte) (n int, err error) {
	ctlErr := r.raw.Control(func(fd uintptr) {
		n, err = syscall.Read(int(fd), p)
	})
	switch {
	case ctlErr != nil:
		return 0, ctlErr
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}
