package node

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
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

	// lastTime is how long a session that finishes still takes requests,
	// twice: those that the peer has sent when the server's context ends are
	// on their way through the kernel, or through the network.
	lastTime = 20 * time.Millisecond
)

// errWait is how a stream says that a read would have to wait.
var errWait = errors.New("nothing to read yet")

// session is the server's side of one connection. Its methods but finish are
// called by the one goroutine that serves it.
type session struct {
	conn   net.Conn
	stream *stream // reads conn; nil: conn is read as it is, waiting in the read
	in     *Reader
	table  Table
	stalls *stallQueue // nil: the node never stalls
	out    []byte      // replies not yet written
	broken error       // why replies cannot be written any more; nil: they can

	arrivals arrivals // nil until a request asks how long it takes

	finishing atomic.Bool // finish was called
	extended  bool        // last was true
}

func newSession(t Table, stalls *stallQueue, conn net.Conn) *session {
	conn = newSocket(conn)
	s := &session{conn: conn, in: NewReader(conn), table: t, stalls: stalls}
	if st, ok := newStream(conn); ok {
		s.stream = st
		s.in.r = st
	}
	return s
}

// serve answers requests in their order until the peer closes, the stream
// fails or the session is told to finish. It does not close the connection.
func (s *session) serve() error {
	for {
		var err error
		if s.stream != nil {
			err = s.stream.wait(s.answer)
		} else {
			err = s.answer()
		}
		switch {
		case s.broken != nil:
			return s.broken
		case !s.last(err):
			return s.end(err)
		}
	}
}

// answer answers requests until it can read no more: the error says why.
//
// Replies are written when no further request is buffered: a lone request
// costs one read and one write, pipelined ones share them.
func (s *session) answer() error {
	for {
		body, err := s.in.Frame()
		if err != nil {
			return err
		}
		s.reply(body)
		if s.in.Buffered() && len(s.out) < flushAt {
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
	switch {
	case err != nil:
		s.out = AppendReply(s.out, StatusError, []byte(err.Error()))
	case req.Timed:
		s.replyTimed(req)
	default:
		waited := s.stalls.enter()
		s.work(req)
		s.stalls.leave(waited)
	}
}

// replyTimed is reply for a request that asks how long it takes.
func (s *session) replyTimed(req Request) {
	if s.arrivals == nil {
		s.arrivals = s.watchArrivals()
	}
	at := len(s.out)
	waited := s.stalls.enter()
	began := time.Now()
	s.work(req)
	setTimes(s.out[at:], time.Duration(began.UnixNano()-s.arrivals.last()), time.Since(began))
	s.stalls.leave(waited)
}

// work does what req asks for and appends its reply to s.out.
func (s *session) work(req Request) {
	at := len(s.out)
	out, ok := beginReply(s.out, req.Timed), true
	switch req.Op {
	case OpGet:
		out, ok = s.table.AppendValue(out, req.Key)
	case OpPut:
		s.table.Put(req.Key, req.Value)
	case OpDel:
		ok = s.table.Del(req.Key)
	}
	status := StatusOK
	if !ok {
		status = StatusNotFound
	}
	endReply(out, at, status)
	s.out = out
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
		s.broken = fmt.Errorf("write replies: %w", err)
	}
	return s.broken
}

// end brings the session to its end after Frame returned err: it answers what
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
		s.linger(drainTime)
		return nil
	}
	return fmt.Errorf("read request: %w", err)
}

// last reports whether the session is to read on for the last time, though
// Frame returned err: its time to finish passed, maybe while it was busy or had
// no processor, with requests of before still unread.
func (s *session) last(err error) bool {
	if s.extended || !s.finishing.Load() || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	s.extended = true
	s.conn.SetReadDeadline(time.Now().Add(lastTime))
	return true
}

// finish makes serve answer what has arrived, or does within lastTime, and
// then return, at the latest at deadline. It may be called from another
// goroutine.
func (s *session) finish(deadline time.Time) {
	s.finishing.Store(true)
	s.conn.SetWriteDeadline(deadline)
	s.conn.SetReadDeadline(time.Now().Add(lastTime))
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
