// Package target defines the stores that can be measured, one file for each. A
// [Target] encodes operations, reads replies, and has the command line that starts a
// server. Connections, loops and records are the same for all targets, and so is
// the mapping of keys to servers, [node.Owner].
//
// The servers of dht are nodes, which dhtbench contains. [ServerCommand] runs the
// servers of other targets: the program of the store, or a null server of its protocol.
//
// To add a target, write a file of this package and add its name to [Named].
// AppendRequest and ReadReply must not allocate. To let dhtbench start servers of the
// target, add its program to programs, its null server to nullAnswers, and its name to
// the protocols of [ServerCommand].
package target

import (
	"context"
	"fmt"
	"strconv"
	"strings"
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

	// ReadReply reads the reply to an operation. After an error the connection
	// cannot be used any more, and the outcome of every operation without a reply is
	// unknown.
	ReadReply(in *node.Reader, op workload.Op) (Reply, error)

	// Dial connects to a server, host:port, and makes the connection ready for
	// requests.
	Dial(ctx context.Context, server string) (*node.Conn, error)

	// ServerArgs returns the arguments of dhtbench that start a server. It prints a
	// [node.Ready] line when it accepts connections, answers the lines of its parent
	// process, see [node.Parent], and ends when its standard input ends. They are nil
	// if dhtbench cannot start servers of this kind. It then measures only running
	// servers, without a baseline.
	ServerArgs(s Server) []string
}

// Limits are the sizes that a store allows, in bytes, inclusive.
type Limits struct {
	MaxKey, MaxValue int

	// FailedPutRemoves says that a failed put may have removed the earlier value, as
	// in memcached without memory for the new one.
	FailedPutRemoves bool
}

// Reply is the reply to one operation.
type Reply struct {
	Outcome workload.Outcome // OK, NotFound or Failed

	// Value is what a get found, or the error if Outcome is Failed. It is valid
	// until the next reply is read from the connection.
	Value []byte

	// Queue is the time from the arrival of the request until the server began to
	// handle it, Work the time from there until the reply was ready. Both are 0
	// unless Timed.
	Queue, Work time.Duration
	Timed       bool
}

// Server holds the options of a server.
type Server struct {
	Listen      string        // host:port; port 0 means a free one
	Share       int           // use 1/Share of the host's processors
	OrphanAfter time.Duration // time without a heartbeat after which it ends

	// Null, if not empty, makes it a null server, which stores nothing and answers
	// at once. A get returns one of these numbers of bytes, chosen by the key.
	Null []int

	// Stall is a fault for tests, see [node.Stall]; empty means none.
	Stall string

	// ServiceTime is another fault for tests: the server does one operation at a time
	// and takes this long for each. 0 means none. It is ignored if Stall is set.
	ServiceTime time.Duration
}

// args returns the arguments that start a server: those in command, then the options
// that all servers have.
func (s Server) args(command ...string) []string {
	args := append(command, "--listen", s.Listen, "--orphan-after", s.OrphanAfter.String(), "--share", strconv.Itoa(s.Share))
	if len(s.Null) > 0 {
		sizes := make([]string, len(s.Null))
		for i, n := range s.Null {
			sizes[i] = strconv.Itoa(n)
		}
		args = append(args, "--null", strings.Join(sizes, ","))
	}
	return args
}

// nullPrefix begins the names of null servers: null:redis speaks the protocol of
// redis. It is that of package results, from which this package is kept apart.
const nullPrefix = "null:"

// Named returns the target of that name: dht, redis or memcached, or null: and one
// of these. Null servers differ from others only in how they are started. With
// breakdown, replies have Queue and Work. Only dht supports it.
func Named(name string, breakdown bool) (Target, error) {
	protocol := strings.TrimPrefix(name, nullPrefix)
	if breakdown && (protocol == "redis" || protocol == "memcached") {
		return nil, fmt.Errorf("--breakdown needs --target dht; replies of %s have no times", name)
	}
	switch protocol {
	case "dht":
		return dht{timed: breakdown}, nil
	case "redis":
		return redis{}, nil
	case "memcached":
		return memcached{}, nil
	}
	return nil, fmt.Errorf("target %q: must be dht, redis or memcached, or null: and one of these", name)
}
