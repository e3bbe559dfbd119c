// Package target is the stores that can be loaded: a file for each, behind
// [Target]. A target knows how operations and replies look on the wire, and how a
// server of its kind is started. Connections, loops and records are the same for
// all targets, and so is the way from a key to its server, [node.Owner].
//
// To add a target, write its codec in a file of this package and name it in
// [Named]. AppendRequest and ReadReply must not allocate.
package target

import (
	"fmt"
	"time"

	"dhtbench/bench/workload"
	"dhtbench/node"
)

// Target is a kind of store. Its methods are safe for concurrent use.
type Target interface {
	// Limits returns the sizes that the store allows.
	Limits() Limits

	// AppendRequest appends the bytes of one request to dst and returns the longer
	// slice. value is empty for a get or del.
	AppendRequest(dst []byte, op workload.Op, key, value []byte) []byte

	// ReadReply reads the reply to an operation. After an error the connection is
	// out of step and cannot be used any more: the outcome of every operation
	// without a reply is unknown.
	ReadReply(in *node.Reader, op workload.Op) (Reply, error)

	// ServerArgs returns the arguments with which dhtbench starts a server. It
	// serves until the end of its standard input, prints a [node.Ready] line when
	// it accepts connections, and answers heartbeats and requests for vitals.
	ServerArgs(s Server) []string
}

// Limits are the sizes that a store allows, in bytes, inclusive.
type Limits struct {
	MaxKey, MaxValue int
}

// Reply is the reply to one operation.
type Reply struct {
	Outcome workload.Outcome // OK, NotFound or Failed

	// Value is what a get found, or the reason where Outcome is Failed. It is
	// valid until the next reply is read from the connection.
	Value []byte

	// Queue and Work say how long the server took: from the arrival of the request
	// until it began with it, and from there until the reply was ready. Both are 0
	// unless Timed.
	Queue, Work time.Duration
	Timed       bool
}

// Server is how a server is started.
type Server struct {
	Listen      string        // host:port; port 0 means a free one
	Share       int           // use one part in so many of the host's processors
	OrphanAfter time.Duration // end after so long without a heartbeat

	// Null, if not empty, starts a null server: it keeps nothing and answers at
	// once, a get with one of these numbers of bytes, chosen by the key.
	Null []int

	// Stall is a fault for tests, see [node.Stall]; empty means none.
	Stall string
}

// Named returns the target of that name. breakdown has servers say how long they
// took for each operation, which only dht can.
func Named(name string, breakdown bool) (Target, error) {
	if name == "dht" {
		return dht{timed: breakdown}, nil
	}
	return nil, fmt.Errorf("target %q: must be dht", name)
}
