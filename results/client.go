package results

import "cmp"

// Client is what one client measured. Start and End are on the coordinator's clock,
// counted from its start signal. On one host they are exact; across hosts their
// error is at most Host.ClockErrorNS. A client of an open loop may have had no
// operations: its counts, times and marks are then zero.
type Client struct {
	Client  int    `json:"client"` // 0 to Params.Clients-1
	Host    string `json:"host"`
	StartNS int64  `json:"start_ns"` // send of the first recorded operation
	EndNS   int64  `json:"end_ns"`   // completion of the last
	Counts  Counts `json:"counts"`
	// WindowNS is the length of the window [0, T] of the client's schedule in an open
	// loop: Params.DurationNS, or less if it ended early. It is 0 in a closed loop, and
	// in schemas 1 and 2.
	WindowNS int64 `json:"window_ns,omitempty"`
	// Completed is the number of operations of an open loop with a reply within
	// WindowNS.
	Completed int64 `json:"completed,omitempty"`
	// Ended is why the client ended early: Interrupted or Hopeless. It is empty if it
	// did not.
	Ended string `json:"ended,omitempty"`
	// MarksNS[i] is when a share (i+1)/len(MarksNS) of the client's operations was
	// complete, counted from StartNS. They give the number of operations in any window
	// to one part in len(MarksNS).
	MarksNS []int64 `json:"marks_ns"`
	// Service is completion - send of each operation that got a reply.
	Service *Histogram `json:"service"`
	// Response is completion - intended start of the same operations, and Lag is send -
	// intended start. Both are nil in a closed loop.
	Response *Histogram `json:"response,omitempty"`
	Lag      *Histogram `json:"lag,omitempty"`
	// NoReply has, for each operation that is unsent or of unknown outcome, the time
	// from its intended start (in a closed loop its send) until it was given up. This
	// is a lower bound of its response time. It is nil without such operations, and in
	// schemas 1 and 2, which did not record it.
	NoReply *Histogram `json:"no_reply,omitempty"`
	// Queued is the number of operations of an open loop that were sent late because
	// no slot was free: all Params.Inflight slots were waiting for replies.
	Queued int64 `json:"queued,omitempty"`
	// Kinds is Response, or Service in a closed loop, by operation kind. It is nil
	// without a mix.
	Kinds map[string]*Histogram `json:"kinds,omitempty"`
	// Breakdown splits Service. It is nil unless Params.Breakdown.
	Breakdown *Breakdown `json:"breakdown,omitempty"`
	// Digest is the xxHash64 of the client's operations, in hexadecimal.
	Digest string `json:"digest,omitempty"`
	// FirstError is the error of the first operation that went wrong, or empty.
	FirstError string `json:"first_error,omitempty"`
}

// Reasons for which a client ended early.
const (
	Interrupted = "interrupted" // by the user
	Hopeless    = "hopeless"    // its rate could not be sustained
)

// Breakdown splits the service time of operations into the times that nodes report
// in their replies, and the rest. Its histograms have one entry per operation.
type Breakdown struct {
	// Network is service time - queue - work: kernels and wire, both ways.
	Network *Histogram `json:"network"`
	// Queue is the time from the arrival of a request until the node began to handle
	// it. Arrival is in the node's kernel, or in its process if the kernel does not
	// report it.
	Queue *Histogram `json:"queue"`
	// Work is the time from there until the reply was ready.
	Work *Histogram `json:"work"`
}

// idle reports whether the client had no operations.
func (c Client) idle() bool { return c.Counts.Due() == 0 }

// Ended returns why the trial ended early, or "" if it did not. If clients differ,
// Interrupted comes before Hopeless.
func (t Trial) Ended() string {
	var ended string
	for _, c := range t.Clients {
		if c.Ended == Interrupted {
			return Interrupted
		}
		ended = cmp.Or(ended, c.Ended)
	}
	return ended
}
