package node

import "io"

// The sizes of a Reader's buffer, in bytes.
const (
	startBuffer = 4 << 10  // of every connection, always
	keepBuffer  = 64 << 10 // a larger one is freed once it is empty
)

// Reader reads messages from a stream through a buffer of its own. It is not
// safe for concurrent use.
//
// The buffer grows only as bytes arrive, never because a length announces
// them: it is at most twice as long as the received part of the current
// message. It shrinks again after a large message.
type Reader struct {
	r     io.Reader
	buf   []byte
	begin int // buf[begin:end] was read and not yet returned
	end   int
}

// NewReader returns a Reader of r.
func NewReader(r io.Reader) *Reader {
	return &Reader{r: r, buf: make([]byte, startBuffer)}
}

// Wait returns as soon as at least one byte is buffered, and reads from the
// stream if there is none. It consumes nothing. The error is io.EOF if the
// stream ended. After any other error no byte is lost, and Wait can be called
// again.
func (r *Reader) Wait() error {
	if r.begin < r.end {
		return nil
	}
	return r.fill()
}

// fill reads once from the stream, after making room for at least one byte. It
// invalidates the messages returned before.
func (r *Reader) fill() error {
	r.room()
	n, err := r.r.Read(r.buf[r.end:])
	r.end += n
	if n > 0 {
		return nil // the next read returns the error again
	}
	if err == nil {
		return io.ErrNoProgress
	}
	if err == io.EOF && r.end > r.begin {
		return io.ErrUnexpectedEOF
	}
	return err
}

// room makes space behind r.end: it moves what is left to the front, frees a
// large buffer, or doubles a full one.
func (r *Reader) room() {
	switch {
	case r.begin == r.end:
		r.begin, r.end = 0, 0
		if len(r.buf) > keepBuffer {
			r.buf = make([]byte, startBuffer)
		}
	case r.begin > 0 && (r.end == len(r.buf) || r.begin >= startBuffer/2):
		r.end = copy(r.buf, r.buf[r.begin:r.end])
		r.begin = 0
	}
	if r.end == len(r.buf) {
		grown := make([]byte, 2*len(r.buf))
		copy(grown, r.buf)
		r.buf = grown
	}
}
