package node

import (
	"encoding/binary"
	"fmt"
)

// Frame returns the body of the next frame. It aliases the Reader's buffer and
// is valid until the next call of a method that reads. Frame reads from the
// stream only while no complete frame is buffered, and usually once.
//
// The error is io.EOF if the stream ended between two frames,
// io.ErrUnexpectedEOF if it ended inside one, and wraps ErrTooLarge if a length
// exceeds that of the longest request: the next frame cannot be found then. After
// any other error, such as a passed deadline, no byte is lost and Frame can be
// called again.
func (r *Reader) Frame() ([]byte, error) {
	for {
		body, err := r.bufferedFrame()
		if body != nil || err != nil {
			return body, err
		}
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
}

// Buffered reports whether Frame will return without reading from the stream.
// While it is true, a server gathers its replies to write them at once.
func (r *Reader) Buffered() bool {
	have := r.buf[r.begin:r.end]
	if len(have) < lengthHead {
		return false
	}
	n := binary.BigEndian.Uint32(have)
	return n > maxBody || len(have)-lengthHead >= int(n)
}

// bufferedFrame takes a complete frame out of the buffer. It returns nil and no
// error if there is none; the body of an empty frame is empty but not nil.
func (r *Reader) bufferedFrame() ([]byte, error) {
	have := r.buf[r.begin:r.end]
	if len(have) < lengthHead {
		return nil, nil
	}
	n := binary.BigEndian.Uint32(have)
	if n > maxBody {
		return nil, fmt.Errorf("%w: length %d exceeds %d", ErrTooLarge, n, maxBody)
	}
	whole := lengthHead + int(n)
	if len(have) < whole {
		return nil, nil
	}
	r.begin += whole
	return have[lengthHead:whole:whole], nil
}
