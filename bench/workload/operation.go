package workload

import "fmt"

// Op is what an operation does to its record. Its zero value means no operation.
type Op uint8

// The operations.
const (
	Put Op = 1 + iota // store a value, over any earlier one
	Get               // read the value
	Del               // remove the value
)

// Ops lists the operations in the order in which phases run and tables show them.
func Ops() []Op { return []Op{Put, Get, Del} }

// String returns put, get or del, and op(N) for any other.
func (o Op) String() string {
	switch o {
	case Put:
		return "put"
	case Get:
		return "get"
	case Del:
		return "del"
	}
	return fmt.Sprintf("op(%d)", uint8(o))
}

// Outcome is how an operation ended. Its zero value is Unknown.
type Outcome uint8

// The outcomes.
const (
	Unknown  Outcome = iota // it may have happened, or may yet
	OK                      // it happened
	NotFound                // it happened: a get or del of a record that was not there
	Failed                  // it did not happen
)

// Replied reports whether a reply says that the operation happened. Only then does
// it have a latency.
func (o Outcome) Replied() bool { return o == OK || o == NotFound }

// String returns the name of the outcome in records and messages.
func (o Outcome) String() string {
	return [...]string{"unknown", "ok", "not found", "failed"}[o]
}

// Operation is one operation of a client, ready to be sent.
type Operation struct {
	Op      Op
	Record  uint64 // number of the key, from 0
	Version uint32 // of a put: the client's puts so far, from 1
	Key     []byte // valid until the source's next operation
	Value   []byte // of a put, valid as long as Key; otherwise nil
}
