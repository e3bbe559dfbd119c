package node

import (
	"errors"
	"fmt"
)

// How an operation can fail. Every error of a Client's Put, Get, AppendGet and
// Del is ErrNotFound itself or wraps one of the other two.
var (
	// ErrNotFound: the node answered that there is no such key.
	ErrNotFound = errors.New("not found")

	// ErrFailed: the operation certainly did not happen. There was no
	// connection, the request did not leave whole, it exceeds a limit, or the
	// node answered that it did nothing.
	ErrFailed = errors.New("failed")

	// ErrUnknown: the request left, but no reply came; the operation may
	// have happened, or may still happen. It is the outcome of a get, too.
	ErrUnknown = errors.New("unknown whether it was done")
)

// Reasons that are wrapped together with ErrFailed or ErrUnknown.
var (
	// ErrTimeout: no reply came before the read deadline of a Conn, or within
	// the Timeout of a Client.
	ErrTimeout = errors.New("no reply in time")

	// ErrClosed: this side closed the Conn or Client, before or during the
	// operation.
	ErrClosed = errors.New("connection closed on this side")
)

// OpError is an error of a Client's operation with its place.
type OpError struct {
	Op   Op
	Node int    // id of the key's owner
	Addr string // its host:port
	Err  error  // wraps ErrFailed or ErrUnknown, and the reason
}

func (e *OpError) Error() string {
	return fmt.Sprintf("%v at node %d (%s): %v", e.Op, e.Node, e.Addr, e.Err)
}

// Unwrap returns Err.
func (e *OpError) Unwrap() error { return e.Err }
