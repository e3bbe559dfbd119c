package node

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLine(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     []string
		err      error
	}{
		{"nothing", "", nil, io.EOF},
		{"empty lines", "\r\n\r\n", []string{"", ""}, io.EOF},
		{"lone CR and LF", "a\rb\nc\r\r\n", []string{"a\rb\nc\r"}, io.EOF},
		{"as long as allowed", "12345678\r\n", []string{"12345678"}, io.EOF},
		{"one too long", "1\r\n123456789\r\n", []string{"1"}, ErrTooLarge},
		{"no end", strings.Repeat("x", 100), nil, ErrTooLarge},
		{"half an end", "1\r\n2\r", []string{"1"}, io.ErrUnexpectedEOF},
	} {
		for name, r := range map[string]io.Reader{
			"whole": strings.NewReader(test.in),
			"bytes": iotest.OneByteReader(strings.NewReader(test.in)),
		} {
			in := NewReader(r)
			var got []string
			var err error
			for err == nil {
				var line []byte
				if line, err = in.Line(8); err == nil {
					got = append(got, string(line))
				}
			}
			if strings.Join(got, "|") != strings.Join(test.want, "|") || len(got) != len(test.want) || !errors.Is(err, test.err) {
				t.Errorf("%s, %s: lines %q, %v; want %q, %v", test.name, name, got, err, test.want, test.err)
			}
		}
	}
}

// A deadline in the middle loses nothing.
func TestLineAndTakeResume(t *testing.T) {
	in := NewReader(&pieceReader{pieces: []string{"he", "", "ad\r\nbo", "", "dy"}})
	if _, err := in.Line(10); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("error is %v, want a passed deadline", err)
	}
	if line, err := in.Line(10); string(line) != "head" || err != nil {
		t.Errorf("line %q, %v", line, err)
	}
	if _, err := in.Take(4); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("error is %v, want a passed deadline", err)
	}
	if body, err := in.Take(4); string(body) != "body" || err != nil {
		t.Errorf("took %q, %v", body, err)
	}
	if none, err := in.Take(0); len(none) != 0 || err != nil {
		t.Errorf("took %q, %v", none, err)
	}
	if _, err := in.Take(1); err != io.EOF {
		t.Errorf("error is %v, want io.EOF", err)
	}
}

func TestTakeGrowsAsBytesArrive(t *testing.T) {
	for _, sent := range []int{1, 4 << 10, 10 << 10, 100 << 10} {
		in := NewReader(bytes.NewReader(make([]byte, sent)))
		if _, err := in.Take(maxBody); err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
		if got, most := len(in.buf), max(startBuffer, 2*sent); got > most {
			t.Errorf("buffer is %d bytes after %d arrived, want at most %d", got, sent, most)
		}
	}
	in := NewReader(&pieceReader{pieces: []string{"unread"}})
	if _, err := in.Take(maxBody + 1); !errors.Is(err, ErrTooLarge) || in.end != 0 {
		t.Errorf("error %v after %d bytes, want ErrTooLarge after 0", err, in.end)
	}
}
