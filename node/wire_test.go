package node

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseRequestRefuses(t *testing.T) {
	long := AppendRequest(nil, Request{Op: OpPut, Key: []byte("k"), Value: make([]byte, MaxValue+1)})[lengthHead:]
	for _, test := range []struct {
		name, body, want string
		kind             error
	}{
		{"empty body", "", "request of 0 bytes is shorter than its head of 4", ErrMalformed},
		{"half a head", "\x01\x00\x00", "request of 3 bytes", ErrMalformed},
		{"op 0", "\x00\x00\x00\x01k", "op 0 is not 1 (put), 2 (get) or 3 (del)", ErrMalformed},
		{"op 4", "\x04\x00\x00\x01k", "op 4 is not", ErrMalformed},
		{"flags", "\x01\x80\x00\x01k", "request flags are 0x80, not 0 or 1", ErrMalformed},
		{"flags beside the known", "\x01\x03\x00\x01k", "request flags are 0x03, not 0 or 1", ErrMalformed},
		{"no key", "\x01\x00\x00\x00v", "key is empty", ErrMalformed},
		{"key cut off", "\x01\x00\x00\x05four", "key of 5 bytes exceeds the 4 left", ErrMalformed},
		{"get with value", "\x02\x00\x00\x01kv", "get carries 1 bytes after its key", ErrMalformed},
		{"del with value", "\x03\x00\x00\x01kvv", "del carries 2 bytes after its key", ErrMalformed},
		{"value too large", string(long), "value of 1048577 bytes exceeds 1048576", ErrTooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseRequest([]byte(test.body))
			if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %v with %q", err, test.kind, test.want)
			}
		})
	}
}

func TestParseReplyRefuses(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"empty body", "", "reply of 0 bytes is shorter than its head of 2"},
		{"status 3", "\x03\x00", "status 3 is not 0 (ok), 1 (not found) or 2 (error)"},
		{"flags", "\x00\x02", "reply flags are 0x02, not 0 or 1"},
		{"times cut off", "\x00\x01" + strings.Repeat("\x00", 15), "timed reply of 17 bytes is shorter than its head of 18"},
		{"not found, timed, with value", "\x01\x01" + strings.Repeat("\x00", 16) + "v", "reply not found carries 1 bytes"},
		{"not found with value", "\x01\x00v", "reply not found carries 1 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, _, err := parseReply([]byte(test.body))
			if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestReadReplyRefuses(t *testing.T) {
	for _, test := range []struct {
		name, reply, want string
		op                Op
		timed             bool
	}{
		{"end of stream", "", "node closed the connection", OpGet, false},
		{"half a reply", "\x00\x00\x00\x02\x00", "unexpected EOF", OpGet, false},
		{"too large", "\xff\xff\xff\xff", "too large: length 4294967295 exceeds", OpGet, false},
		{"garbled", frame("\x09\x00"), "malformed: status 9 is not", OpGet, false},
		{"times", string(timedReply(StatusOK, 1, 1, "")), "malformed: it has times for a request without them", OpGet, false},
		{"no times", string(AppendReply(nil, StatusOK, nil)), "malformed: it has no times for a timed request", OpGet, true},
		{"put not found", string(AppendReply(nil, StatusNotFound, nil)), "malformed: status after a put is not found", OpPut, false},
		{"put with a value", string(AppendReply(nil, StatusOK, []byte("v"))), "malformed: it carries 1 bytes after a put", OpPut, false},
		{"del with a value", string(AppendReply(nil, StatusOK, []byte("v"))), "malformed: it carries 1 bytes after a del", OpDel, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadReply(NewReader(strings.NewReader(test.reply)), test.op, test.timed)
			if err == nil || !strings.HasPrefix(err.Error(), "read reply: "+test.want) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}

// The reply to a refused request has the reason, and no times.
func TestReadReplyOfRefusal(t *testing.T) {
	refusal := string(AppendReply(nil, StatusError, []byte("no")))
	for _, timed := range []bool{false, true} {
		r, err := ReadReply(NewReader(strings.NewReader(refusal)), OpPut, timed)
		if r.Status != StatusError || string(r.Value) != "no" || r.Queue != 0 || r.Work != 0 || err != nil {
			t.Errorf("timed %v: reply is %+v, %v", timed, r, err)
		}
	}
}

// timedReply returns the frame of a reply with times.
func timedReply(status Status, queue, work time.Duration, value string) []byte {
	out := append(beginReply(nil, true), value...)
	endReply(out, 0, status)
	setTimes(out, queue, work)
	return out
}

func TestTimedReply(t *testing.T) {
	centuries := timedReply(StatusOK, 0, 5, "")
	centuries[lengthHead+replyHead] = 0x80
	for _, test := range []struct {
		frame       []byte
		status      Status
		queue, work time.Duration
		value       string
	}{
		{timedReply(StatusOK, 7200, 300, "meow"), StatusOK, 7200, 300, "meow"},
		{timedReply(StatusNotFound, math.MaxInt64, 1, ""), StatusNotFound, math.MaxInt64, 1, ""},
		{timedReply(StatusOK, -5, -1, ""), StatusOK, 0, 0, ""}, // the clock was set back
		{centuries, StatusOK, math.MaxInt64, 5, ""},
	} {
		r, err := ReadReply(NewReader(bytes.NewReader(test.frame)), OpGet, true)
		if err != nil || r.Status != test.status || string(r.Value) != test.value {
			t.Errorf("%x: read %+v, %v", test.frame, r, err)
			continue
		}
		if r.Queue != test.queue || r.Work != test.work {
			t.Errorf("%x: took %d and %d, want %d and %d", test.frame, r.Queue, r.Work, test.queue, test.work)
		}
	}
}

func TestCheckLimits(t *testing.T) {
	for _, test := range []struct {
		name       string
		key, value int // lengths
		want       string
	}{
		{"least", 1, 0, ""},
		{"most", MaxKey, MaxValue, ""},
		{"empty key", 0, 0, "malformed: key is empty"},
		{"long key", MaxKey + 1, 0, "too large: key of 65536 bytes exceeds 65535"},
		{"long value", 1, MaxValue + 1, "too large: value of 1048577 bytes exceeds 1048576"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if err := checkLimits(make([]byte, test.key), make([]byte, test.value)); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("error is %q, want %q", got, test.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	got := []string{OpPut.String(), OpGet.String(), OpDel.String(), Op(7).String(),
		StatusOK.String(), StatusNotFound.String(), StatusError.String(), Status(9).String()}
	want := "put get del op(7) ok not found error status(9)"
	if strings.Join(got, " ") != want {
		t.Errorf("names are %q, want %q", got, want)
	}
}

func TestWireAllocatesNothing(t *testing.T) {
	key, value := []byte("key"), make([]byte, 100)
	request, reply := make([]byte, 0, 200), make([]byte, 0, 200)
	if n := testing.AllocsPerRun(100, func() {
		request = AppendRequest(request[:0], Request{Op: OpPut, Key: key, Value: value})
		reply = AppendReply(reply[:0], StatusOK, value)
		_, err1 := ParseRequest(request[lengthHead:])
		_, _, _, err2 := parseReply(reply[lengthHead:])
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// FuzzParseRequest checks that no body makes the parser panic, and that
// AppendRequest returns the body again from an accepted request.
func FuzzParseRequest(f *testing.F) {
	f.Add(AppendRequest(nil, Request{Op: OpPut, Key: []byte("key"), Value: []byte("value")})[lengthHead:])
	f.Add(AppendRequest(nil, Request{Op: OpGet, Key: []byte("key")})[lengthHead:])
	f.Add([]byte("\x02\x01\x00\x03key"))
	f.Add([]byte("\x01\x00\xff\xffshort"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseRequest(body)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("error %v wraps neither ErrMalformed nor ErrTooLarge", err)
			}
			return
		}
		if err := checkLimits(r.Key, r.Value); err != nil {
			t.Errorf("parsed what checkLimits refuses: %v", err)
		}
		again := AppendRequest(nil, r)[lengthHead:]
		if !bytes.Equal(again, body) {
			t.Errorf("parsed %x, appended %x", body, again)
		}
	})
}

// FuzzParseReply is FuzzParseRequest for replies.
func FuzzParseReply(f *testing.F) {
	f.Add(AppendReply(nil, StatusOK, []byte("value"))[lengthHead:])
	f.Add(AppendReply(nil, StatusNotFound, nil)[lengthHead:])
	f.Add(timedReply(StatusOK, 7200, 300, "value")[lengthHead:])
	f.Add(timedReply(StatusOK, 0, 0, "")[lengthHead:20])
	f.Fuzz(func(t *testing.T, body []byte) {
		status, timed, value, err := parseReply(body)
		if err != nil {
			return
		}
		again := AppendReply(nil, status, value)
		if timed {
			queue, work := takeTimes(body)
			again = timedReply(status, queue, work, string(value))
			if queue == math.MaxInt64 || work == math.MaxInt64 {
				copy(again[lengthHead+replyHead:], body[replyHead:][:replyTimes]) // what it is cut off to
			}
		}
		if again = again[lengthHead:]; !bytes.Equal(again, body) {
			t.Errorf("parsed %x, appended %x", body, again)
		}
	})
}
