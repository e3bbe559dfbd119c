package node

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

// frame returns the frame of a body.
func frame(body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(body)))) + body
}

// readAll returns the bodies of the frames in r and the error after them.
func readAll(r io.Reader) ([]string, error) {
	frames := NewReader(r)
	var bodies []string
	for {
		body, err := frames.Frame()
		if err != nil {
			return bodies, err
		}
		bodies = append(bodies, string(body))
	}
}

func TestReader(t *testing.T) {
	large := strings.Repeat("x", 300<<10)
	for _, test := range []struct {
		name, in string
		want     []string
		err      error
	}{
		{"nothing", "", nil, io.EOF},
		{"empty body", frame(""), []string{""}, io.EOF},
		{"three", frame("a") + frame("") + frame("ccc"), []string{"a", "", "ccc"}, io.EOF},
		{"large between small", frame("a") + frame(large) + frame("b"), []string{"a", large, "b"}, io.EOF},
		{"half a length", frame("a") + "\x00\x00", []string{"a"}, io.ErrUnexpectedEOF},
		{"half a body", frame("a") + frame("abc")[:6], []string{"a"}, io.ErrUnexpectedEOF},
		{"too large", frame("a") + "\xff\xff\xff\xff", []string{"a"}, ErrTooLarge},
		{"one too large", "\x00\x11\x00\x04" + large, nil, ErrTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, r := range map[string]io.Reader{
				"whole":   strings.NewReader(test.in),
				"halves":  iotest.HalfReader(strings.NewReader(test.in)),
				"dataerr": iotest.DataErrReader(strings.NewReader(test.in)),
				"bytes":   iotest.OneByteReader(strings.NewReader(test.in)),
			} {
				got, err := readAll(r)
				if strings.Join(got, "|") != strings.Join(test.want, "|") || len(got) != len(test.want) {
					t.Errorf("%s: read %d bodies, want %d", name, len(got), len(test.want))
				}
				if !errors.Is(err, test.err) {
					t.Errorf("%s: error is %v, want %v", name, err, test.err)
				}
			}
		})
	}
}

func TestFrameTooLargeNamesLimit(t *testing.T) {
	_, err := readAll(strings.NewReader("\xff\xff\xff\xff"))
	if want := "too large: length 4294967295 exceeds 1114115"; err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

// A deadline in the middle of a frame loses nothing.
func TestReaderResumes(t *testing.T) {
	in := frame("hello")
	pieces := &pieceReader{pieces: []string{in[:2], "", in[2:7], "", in[7:]}}
	frames := NewReader(pieces)
	for range 2 {
		if _, err := frames.Frame(); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("error is %v, want a passed deadline", err)
		}
	}
	if body, err := frames.Frame(); string(body) != "hello" || err != nil {
		t.Errorf("read %q, %v", body, err)
	}
}

// pieceReader returns one piece for each read; an empty piece is a passed deadline.
type pieceReader struct{ pieces []string }

func (r *pieceReader) Read(p []byte) (int, error) {
	if len(r.pieces) == 0 {
		return 0, io.EOF
	}
	piece := r.pieces[0]
	r.pieces = r.pieces[1:]
	if piece == "" {
		return 0, os.ErrDeadlineExceeded
	}
	return copy(p, piece), nil
}

// The memory depends on the bytes that arrive, not on the announced length.
func TestReaderGrowsAsBytesArrive(t *testing.T) {
	head := binary.BigEndian.AppendUint32(nil, maxBody)
	for _, sent := range []int{0, 1, 4 << 10, 10 << 10, 100 << 10} {
		frames := NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(make([]byte, sent))))
		if _, err := frames.Frame(); err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
		if got, most := len(frames.buf), max(startBuffer, 2*(sent+lengthHead)); got > most {
			t.Errorf("buffer is %d bytes after %d arrived, want at most %d", got, sent, most)
		}
	}
}

func TestReaderShrinks(t *testing.T) {
	frames := NewReader(strings.NewReader(frame(strings.Repeat("x", maxBody)) + frame("small")))
	for range 2 {
		if _, err := frames.Frame(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := frames.Frame(); err != io.EOF || len(frames.buf) != startBuffer {
		t.Errorf("buffer is %d bytes after a large frame (%v), want %d", len(frames.buf), err, startBuffer)
	}
}

func TestReaderBuffered(t *testing.T) {
	frames := NewReader(strings.NewReader(frame("a") + frame("b") + frame("c")[:4]))
	for i, want := range []bool{true, false} {
		if _, err := frames.Frame(); err != nil {
			t.Fatal(err)
		}
		if got := frames.Buffered(); got != want {
			t.Errorf("after frame %d Buffered is %v, want %v", i, got, want)
		}
	}
}

// Wait consumes nothing and reads only if nothing is buffered.
func TestReaderWait(t *testing.T) {
	in := NewReader(&pieceReader{pieces: []string{"", frame("a")[:3], frame("a")[3:]}})
	if err := in.Wait(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("wait: %v, want a passed deadline", err)
	}
	for range 3 {
		if err := in.Wait(); err != nil || in.end-in.begin != 3 {
			t.Errorf("wait: %v, %d bytes buffered, want 3", err, in.end-in.begin)
		}
	}
	if body, err := in.Frame(); string(body) != "a" || err != nil {
		t.Errorf("frame: %q, %v", body, err)
	}
	if err := in.Wait(); err != io.EOF {
		t.Errorf("wait at the end: %v, want io.EOF", err)
	}
}

// FuzzReader checks that no stream makes the Reader panic or buffer more than twice
// what arrived, and that the bodies, framed again, are the stream.
func FuzzReader(f *testing.F) {
	f.Add([]byte(frame("a")+frame("")+frame("ccc")), 3)
	f.Add([]byte("\xff\xff\xff\xff"), 1)
	f.Add([]byte("\x00\x11\x00\x03abc"), 100)
	f.Fuzz(func(t *testing.T, stream []byte, piece int) {
		in := &chunkReader{rest: stream, size: max(piece, 1)}
		frames := NewReader(in)
		var again []byte
		for {
			body, err := frames.Frame()
			if len(frames.buf) > max(startBuffer, 2*len(stream)) {
				t.Fatalf("buffer of %d bytes for a stream of %d", len(frames.buf), len(stream))
			}
			if err != nil {
				break
			}
			again = append(again, frame(string(body))...)
		}
		if !bytes.HasPrefix(stream, again) {
			t.Errorf("read %x from %x", again, stream)
		}
	})
}

// chunkReader returns at most size bytes for each read.
type chunkReader struct {
	rest []byte
	size int
}

func (r *chunkReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.size)], r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
