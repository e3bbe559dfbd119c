package node

import "errors"

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
