package node

import (
	"errors"
	"fmt"
)

// How an operation of a Client can end other than well. Every error of Put,
// Get, AppendGet and Del is ErrNotFound itself or wraps one of the other two.
var (
	// ErrNotFound: there is no such key. The node said so.
	ErrNotFound = errors.New("not found")

	// ErrFailed: the operation certainly did not happen. No connection was
	// to be had, the request did not leave whole, it is over a limit, or the
	// node answered that nothing was done.
	ErrFailed = errors.New("failed")

	// ErrUnknown: the request left, but no reply came; the operation may
	// have happened, or may yet. A get changes nothing, but ends like this
	// all the same, for its outcome is as unknown to a measurement.
	ErrUnknown = errors.New("unknown whether it was done")
)

// Reasons wrapped beside ErrFailed or ErrUnknown.
var (
	// ErrTimeout: no reply came within ClientOptions.Timeout, or before the
	// read deadline of a Pipe.
	ErrTimeout = errors.New("no reply in time")

	// ErrClosed: the Client or Pipe was closed, before or during the operation.
	ErrClosed = errors.New("client is closed")
)

// OpError says which operation did not end well, where and why.
type OpError struct {
	Op   Op
	Node int    // id of the key's owner
	Addr string // its host:port
	Kind error  // ErrFailed or ErrUnknown
	Err  error  // why
}

func (e *OpError) Error() string {
	return fmt.Sprintf("%v at node %d (%s): %v: %v", e.Op, e.Node, e.Addr, e.Kind, e.Err)
}

// Unwrap returns the kind and the reason, for errors.Is and errors.As.
func (e *OpError) Unwrap() []error {
	return []error{e.Kind, e.Err}
}
