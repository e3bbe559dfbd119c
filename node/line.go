package node

import (
	"bytes"
	"fmt"
)

var lineEnd = []byte("\r\n")

// Line returns the bytes up to the next CRLF, without it, and consumes both. They
// alias the Reader's buffer and are valid until the next call of a method that reads.
// The error wraps ErrTooLarge if the line has more than most bytes; other errors are
// those of Frame.
func (r *Reader) Line(most int) ([]byte, error) {
	for {
		have := r.buf[r.begin:r.end]
		have = have[:min(len(have), most+len(lineEnd))]
		if n := bytes.Index(have, lineEnd); n >= 0 {
			r.begin += n + len(lineEnd)
			return have[:n:n], nil
		}
		if len(have) == most+len(lineEnd) {
			return nil, fmt.Errorf("%w: line exceeds %d bytes", ErrTooLarge, most)
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// Len returns the number of bytes that can be read without reading from the stream.
func (r *Reader) Len() int { return r.end - r.begin }

// Take returns the next n bytes, n at least 0, and consumes them. They are valid as
// long as those of Line. The error wraps ErrTooLarge, before anything is read, if n
// exceeds the longest frame; other errors are those of Frame.
func (r *Reader) Take(n int) ([]byte, error) {
	if n > maxBody {
		return nil, fmt.Errorf("%w: length %d exceeds %d", ErrTooLarge, n, maxBody)
	}
	for r.end-r.begin < n {
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
	taken := r.buf[r.begin : r.begin+n : r.begin+n]
	r.begin += n
	return taken, nil
}
