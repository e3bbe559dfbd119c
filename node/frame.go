package node

import (
	"encoding/binary"
	"fmt"
	"io"
)

// The sizes of a FrameReader's buffer, in bytes.
const (
	startBuffer = 4 << 10  // of every connection, for good
	keepBuffer  = 64 << 10 // a larger one is given back once it is empty
)

// FrameReader reads frames from a stream through a buffer of its own. It is
// not safe for concurrent use.
//
// The buffer grows only as bytes arrive, never because a length announces
// them: at any time it is at most twice what the peer has really sent of the
// frame at hand. It shrinks again after a large frame.
type FrameReader struct {
	r     io.Reader
	buf   []byte
	begin int // buf[begin:end] was read and not yet returned
	end   int
}

// NewFrameReader returns a reader of the frames of r.
func NewFrameReader(r io.Reader) *FrameReader {
	return &FrameReader{r: r, buf: make([]byte, startBuffer)}
}

// Next returns the body of the next frame. It aliases the reader's buffer and
// is valid until the next call. Next reads from the stream only while no
// complete frame is buffered, and usually once.
//
// The error is io.EOF if the stream ended between two frames,
// io.ErrUnexpectedEOF if it ended inside one, and wraps ErrTooLarge if a
// length exceeds MaxBody: the stream is then out of step for good. After any
// other error, such as a passed deadline, no byte is lost and Next can be
// called again.
func (f *FrameReader) Next() ([]byte, error) {
	for {
		body, err := f.buffered()
		if body != nil || err != nil {
			return body, err
		}
		if err := f.fill(); err != nil {
			return nil, err
		}
	}
}

// Buffered reports whether Next will return without reading from the stream:
// a server holds its replies back as long as it is true, to write them at once.
func (f *FrameReader) Buffered() bool {
	have := f.buf[f.begin:f.end]
	if len(have) < lengthHead {
		return false
	}
	n := binary.BigEndian.Uint32(have)
	return n > MaxBody || len(have)-lengthHead >= int(n)
}

// buffered takes a complete frame out of the buffer. It returns nil and no
// error if there is none; the body of an empty frame is empty but not nil.
func (f *FrameReader) buffered() ([]byte, error) {
	have := f.buf[f.begin:f.end]
	if len(have) < lengthHead {
		return nil, nil
	}
	n := binary.BigEndian.Uint32(have)
	if n > MaxBody {
		return nil, fmt.Errorf("%w: length %d exceeds %d", ErrTooLarge, n, MaxBody)
	}
	whole := lengthHead + int(n)
	if len(have) < whole {
		return nil, nil
	}
	f.begin += whole
	return have[lengthHead:whole:whole], nil
}

// fill reads once from the stream, after making room for at least one byte.
func (f *FrameReader) fill() error {
	f.room()
	n, err := f.r.Read(f.buf[f.end:])
	f.end += n
	if n > 0 {
		return nil // an error that came along comes again
	}
	if err == nil {
		return io.ErrNoProgress
	}
	if err == io.EOF && f.end > f.begin {
		return io.ErrUnexpectedEOF
	}
	return err
}

// room makes space behind f.end: it moves what is left to the front, gives a
// large buffer back, or doubles a full one. All that invalidates the last body.
func (f *FrameReader) room() {
	switch {
	case f.begin == f.end:
		f.begin, f.end = 0, 0
		if len(f.buf) > keepBuffer {
			f.buf = make([]byte, startBuffer)
		}
	case f.begin > 0 && (f.end == len(f.buf) || f.begin >= startBuffer/2):
		f.end = copy(f.buf, f.buf[f.begin:f.end])
		f.begin = 0
	}
	if f.end == len(f.buf) {
		grown := make([]byte, 2*len(f.buf))
		copy(grown, f.buf)
		f.buf = grown
	}
}
