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
	// flushAt is how many bytes of replies a session gathers before it writes
	// them, even if more requests are buffered.
	flushAt = 64 << 10

	// lingerBytes and lingerTime bound what a session reads and discards
	// after its last reply. If it closed with bytes unread, the kernel would
	// send a reset, which discards replies that the peer has not read yet.
	lingerBytes = 4 << 20
	lingerTime  = time.Second

	// drainTime replaces lingerTime when the server ends: an idle client does
	// not close before its next request.
	drainTime = 100 * time.Millisecond

	// lastTime is how long, twice, a session reads on when the server ends:
	// requests that the peer has sent may still be on their way.
	lastTime = 20 * time.Millisecond
)

// errWait is the error of a stream's read that would have to wait.
var errWait = errors.New("nothing to read yet")

// session is the server's side of one connection. One goroutine uses it; finish
// is for any.
type session struct {
	conn   net.Conn
	stream *stream // reads conn; nil: in reads conn itself
	in     *Reader
	table  Table
	stalls *stallQueue // nil: no stalls
	out    []byte      // replies not yet written
	broken error       // why replies cannot be written; nil: they can

	// arrived returns when the last bytes that were read arrived, in nanoseconds
	// of the wall clock. They are those of the current request, or of a later
	// one that came in the same read. Nil before the first timed request.
	arrived func() int64

	finishing atomic.Bool // finish was called
	extended  bool        // last returned true
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

// serve answers requests in their order until the peer closes the connection,
// the connection fails or finish is called. It does not close the connection.
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

// answer answers requests until a read or write fails, and returns that error.
//
// It writes replies when no further request is buffered: a single request takes
// one read and one write, pipelined requests share them.
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

// reply does one request and appends its reply to s.out.
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

// replyTimed is reply for a timed request.
func (s *session) replyTimed(req Request) {
	if s.arrived == nil {
		s.arrived = s.stamp()
	}
	at := len(s.out)
	waited := s.stalls.enter()
	began := time.Now()
	s.work(req)
	setTimes(s.out[at:], time.Duration(began.UnixNano()-s.arrived()), time.Since(began))
	s.stalls.leave(waited)
}

// stamp makes the session note arrivals from now on, as the kernel reports them
// or else when they are read. It returns the function arrived.
func (s *session) stamp() func() int64 {
	if s.stream != nil {
		s.stream.stamp()
		return s.stream.last
	}
	r := &stampedReader{r: s.in.r, read: time.Now()}
	s.in.r = r
	return r.last
}

// stampedReader notes when it last read.
type stampedReader struct {
	r    io.Reader
	read time.Time
}

func (s *stampedReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.read = time.Now()
	return n, err
}

func (s *stampedReader) last() int64 { return s.read.UnixNano() }

// work does req on the table and appends its reply to s.out.
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

// flush writes the gathered replies. It frees a buffer that a large reply has
// grown, so that idle connections need little memory.
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

// end ends the session after Frame returned err. It makes sure that the peer can
// read the last replies. It returns nil if the end is a regular one.
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

// last reports whether the session must read once more though Frame returned
// err: the time after finish passed, but perhaps while the session was busy or
// had no processor, so that older requests are still unread.
func (s *session) last(err error) bool {
	if s.extended || !s.finishing.Load() || !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	s.extended = true
	s.conn.SetReadDeadline(time.Now().Add(lastTime))
	return true
}

// finish makes serve answer the requests that arrive within lastTime, and then
// return, at the latest at deadline.
func (s *session) finish(deadline time.Time) {
	s.finishing.Store(true)
	s.conn.SetWriteDeadline(deadline)
	s.conn.SetReadDeadline(time.Now().Add(lastTime))
}

// linger writes the gathered replies, closes this direction of the connection,
// and discards what the peer sends until the peer closes too, or for that time.
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
