package node

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// The limits of the wire format. A longer frame is refused before memory is
// allocated for it.
const (
	// MaxKey is the length of the longest key in bytes, as its length has 2
	// bytes. The shortest has 1.
	MaxKey = 1<<16 - 1

	// MaxValue is the length of the longest value in bytes. The shortest is
	// empty.
	MaxValue = 1 << 20

	// maxBody is the length of the longest body in bytes: that of a put of the
	// longest value under the longest key.
	maxBody = requestHead + MaxKey + MaxValue

	lengthHead  = 4  // bytes of the length before every body
	requestHead = 4  // op, flags, 2 bytes of key length
	replyHead   = 2  // status, flags
	replyTimes  = 16 // queue, work, 8 bytes each; of a timed reply

	// flagTimed asks for times in a request, and announces them in a reply.
	flagTimed = 1
)

// ErrTooLarge is wrapped by errors about a key, value or frame above its limit.
// Nothing was sent or done.
var ErrTooLarge = errors.New("too large")

// ErrMalformed is wrapped by errors about a body that does not follow the format,
// though its length is right. The next frame can be read.
var ErrMalformed = errors.New("malformed")

// Op is the operation of a request. The zero value is none.
type Op uint8

// The operations, by their byte on the wire.
const (
	OpPut Op = 1 // store the value under the key and replace any earlier one
	OpGet Op = 2 // read the value of the key
	OpDel Op = 3 // remove the key and its value
)

// String returns put, get or del, and op(N) for any other.
func (o Op) String() string {
	switch o {
	case OpPut:
		return "put"
	case OpGet:
		return "get"
	case OpDel:
		return "del"
	}
	return fmt.Sprintf("op(%d)", uint8(o))
}

// Status is the result of a request, as the node reports it.
type Status uint8

// The statuses, by their byte on the wire.
const (
	StatusOK       Status = 0 // done; the reply to a get has the value
	StatusNotFound Status = 1 // get, del: there is no such key
	StatusError    Status = 2 // nothing was done; the reply has the reason as text
)

// String returns ok, not found or error, and status(N) for any other.
func (s Status) String() string {
	switch s {
	case StatusOK:
		return "ok"
	case StatusNotFound:
		return "not found"
	case StatusError:
		return "error"
	}
	return fmt.Sprintf("status(%d)", uint8(s))
}

// Request is one request. The Key and Value of a parsed request alias the body.
type Request struct {
	Op    Op
	Timed bool   // ask for times in the reply
	Key   []byte // 1 to MaxKey bytes
	Value []byte // put: 0 to MaxValue bytes; get, del: empty
}

// Reply is one reply. Value aliases the buffer of the Reader that it was read
// from, until the next read.
type Reply struct {
	Status Status
	Value  []byte // ok to a get: the value; error: the reason; otherwise empty

	// Queue is the time from the request's arrival at the node, in its kernel
	// where that reports it, until the node began with it. Work is the time from
	// then until the reply was ready. Both are 0 if the request was not Timed,
	// and with StatusError.
	Queue time.Duration
	Work  time.Duration
}

// checkLimits returns an error that wraps ErrTooLarge or ErrMalformed if a
// request with that key and value is not allowed.
func checkLimits(key, value []byte) error {
	switch {
	case len(key) == 0:
		return fmt.Errorf("%w: key is empty", ErrMalformed)
	case len(key) > MaxKey:
		return fmt.Errorf("%w: key of %d bytes exceeds %d", ErrTooLarge, len(key), MaxKey)
	case len(value) > MaxValue:
		return fmt.Errorf("%w: value of %d bytes exceeds %d", ErrTooLarge, len(value), MaxValue)
	}
	return nil
}

// AppendRequest appends the frame of r to dst and returns the extended slice. It
// allocates only if dst lacks the room. It does not check r: the caller keeps to
// the limits.
func AppendRequest(dst []byte, r Request) []byte {
	var flags byte
	if r.Timed {
		flags = flagTimed
	}
	body := requestHead + len(r.Key) + len(r.Value)
	head := uint64(body)<<32 | uint64(r.Op)<<24 | uint64(flags)<<16 | uint64(uint16(len(r.Key)))
	dst = binary.BigEndian.AppendUint64(dst, head)
	dst = append(dst, r.Key...)
	return append(dst, r.Value...)
}

// ParseRequest parses the body of a request. It allocates nothing. Its errors
// wrap ErrMalformed or ErrTooLarge; their texts are meant for the reply.
func ParseRequest(body []byte) (Request, error) {
	if len(body) < requestHead {
		return Request{}, fmt.Errorf("%w: request of %d bytes is shorter than its head of %d",
			ErrMalformed, len(body), requestHead)
	}
	op, flags := Op(body[0]), body[1]
	n := int(binary.BigEndian.Uint16(body[2:]))
	rest := body[requestHead:]
	switch {
	case op < OpPut || op > OpDel:
		return Request{}, fmt.Errorf("%w: op %d is not 1 (put), 2 (get) or 3 (del)", ErrMalformed, body[0])
	case flags&^flagTimed != 0:
		return Request{}, fmt.Errorf("%w: request flags are %#02x, not 0 or 1", ErrMalformed, flags)
	case n > len(rest):
		return Request{}, fmt.Errorf("%w: key of %d bytes exceeds the %d left in the frame",
			ErrMalformed, n, len(rest))
	}
	key, value := rest[:n:n], rest[n:]
	if op != OpPut && len(value) > 0 {
		return Request{}, fmt.Errorf("%w: %v carries %d bytes after its key", ErrMalformed, op, len(value))
	}
	if err := checkLimits(key, value); err != nil {
		return Request{}, err
	}
	return Request{Op: op, Timed: flags != 0, Key: key, Value: value}, nil
}

// AppendReply appends the frame of a reply without times to dst and returns the
// extended slice. value has at most MaxValue bytes.
func AppendReply(dst []byte, status Status, value []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(replyHead+len(value)))
	dst = append(dst, byte(status), 0)
	return append(dst, value...)
}

// beginReply appends the head of a reply to dst, with room for the times if it is
// timed. The caller appends the value, which saves a copy, and completes the
// head with endReply and setTimes.
func beginReply(dst []byte, timed bool) []byte {
	if timed {
		var head [lengthHead + replyHead + replyTimes]byte
		head[lengthHead+1] = flagTimed
		return append(dst, head[:]...)
	}
	return append(dst, 0, 0, 0, 0, 0, 0)
}

// endReply sets the status and the length of the reply that begins at dst[at:]
// and ends where dst ends.
func endReply(dst []byte, at int, status Status) {
	dst[at+lengthHead] = byte(status)
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-lengthHead))
}

// setTimes sets the times of the timed reply at the beginning of frame. A
// negative time, after the clock was set back, becomes 0.
func setTimes(frame []byte, queue, work time.Duration) {
	times := frame[lengthHead+replyHead:]
	binary.BigEndian.PutUint64(times, uint64(max(queue, 0)))
	binary.BigEndian.PutUint64(times[8:], uint64(max(work, 0)))
}

// ReadReply reads the next reply and checks that it fits a request with that op
// and Timed. It allocates nothing, except for an error.
//
// After ErrTimeout nothing is lost and ReadReply can be called again. After any
// other error no further reply can be read: the outcome of all pending requests
// is unknown.
func ReadReply(in *Reader, op Op, timed bool) (Reply, error) {
	body, err := in.Frame()
	if err == io.EOF {
		return Reply{}, errors.New("read reply: node closed the connection")
	}
	if err != nil {
		return Reply{}, fmt.Errorf("read reply: %w", err)
	}
	status, told, value, err := parseReply(body)
	switch {
	case err != nil:
	case told && !timed:
		err = fmt.Errorf("%w: it has times for a request without them", ErrMalformed)
	case timed && !told && status != StatusError:
		err = fmt.Errorf("%w: it has no times for a timed request", ErrMalformed)
	case status == StatusNotFound && op == OpPut:
		err = fmt.Errorf("%w: status after a put is %v", ErrMalformed, status)
	case status == StatusOK && op != OpGet && len(value) > 0:
		err = fmt.Errorf("%w: it carries %d bytes after a %v", ErrMalformed, len(value), op)
	}
	if err != nil {
		return Reply{}, fmt.Errorf("read reply: %w", err)
	}
	r := Reply{Status: status, Value: value}
	if told {
		r.Queue, r.Work = takeTimes(body)
	}
	return r, nil
}

// parseReply parses the body of a reply. If it is timed, takeTimes returns its
// times. Its errors wrap ErrMalformed.
//
// Note: it returns no Reply because that is too large for registers.
func parseReply(body []byte) (status Status, timed bool, value []byte, err error) {
	if len(body) < replyHead {
		return 0, false, nil, fmt.Errorf("%w: reply of %d bytes is shorter than its head of %d",
			ErrMalformed, len(body), replyHead)
	}
	status, flags, value := Status(body[0]), body[1], body[replyHead:]
	timed = flags != 0
	switch {
	case status > StatusError:
		return 0, false, nil, fmt.Errorf("%w: status %d is not 0 (ok), 1 (not found) or 2 (error)",
			ErrMalformed, body[0])
	case flags&^flagTimed != 0:
		return 0, false, nil, fmt.Errorf("%w: reply flags are %#02x, not 0 or 1", ErrMalformed, flags)
	case timed && len(value) < replyTimes:
		return 0, false, nil, fmt.Errorf("%w: timed reply of %d bytes is shorter than its head of %d",
			ErrMalformed, len(body), replyHead+replyTimes)
	case timed:
		value = value[replyTimes:]
	}
	if status == StatusNotFound && len(value) > 0 {
		return 0, false, nil, fmt.Errorf("%w: reply not found carries %d bytes", ErrMalformed, len(value))
	}
	return status, timed, value, nil
}

// takeTimes returns the times of a timed reply that parseReply accepted. Times
// above the range of an int64 become the longest.
func takeTimes(body []byte) (queue, work time.Duration) {
	times := body[replyHead:]
	return duration(binary.BigEndian.Uint64(times)), duration(binary.BigEndian.Uint64(times[8:]))
}

// duration returns ns as a duration, or the longest one.
func duration(ns uint64) time.Duration {
	return time.Duration(min(ns, math.MaxInt64))
}
