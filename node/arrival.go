package node

import (
	"io"
	"time"
)

// arrivals knows when requests arrived.
type arrivals interface {
	// last returns when the last bytes that were read arrived, in nanoseconds of
	// the wall clock: with a request that is taken from a Reader that is
	// when its own last byte did, or one after it that came with the same read.
	last() int64
}

// watchArrivals makes the session know from here on when requests arrive: from
// the kernel if it tells, and otherwise from the moment they were read.
func (s *session) watchArrivals() arrivals {
	if s.stream != nil {
		s.stream.stamp()
		return s.stream
	}
	r := &stampedReader{r: s.in.r, read: time.Now()}
	s.in.r = r
	return r
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
