package results

import "cmp"

// Client is what one client measured. Start and End are on the coordinator's
// clock, counted from the instant at which it gave the start signal; on one
// host they are exact, across hosts as good as Host.ClockErrorNS. A client of an
// open loop may have had nothing to do: its counts, times and marks are then zero.
type Client struct {
	Client  int    `json:"client"` // 0 to Params.Clients-1
	Host    string `json:"host"`
	StartNS int64  `json:"start_ns"` // send of the first recorded operation
	EndNS   int64  `json:"end_ns"`   // completion of the last
	Counts  Counts `json:"counts"`
	// WindowNS is the length of the window [0, T] of an open loop that the client's
	// schedule covered: Params.DurationNS, or less where it ended early. 0 in a closed
	// loop, and in schemas 1 and 2.
	WindowNS int64 `json:"window_ns,omitempty"`
	// Completed is how many operations of an open loop got a reply within WindowNS.
	Completed int64 `json:"completed,omitempty"`
	// Ended is why the client ended before its time: Interrupted or Hopeless. Empty:
	// it did not.
	Ended string `json:"ended,omitempty"`
	// MarksNS[i] is when a share (i+1)/len(MarksNS) of the client's operations
	// were complete, counted from StartNS. From them the number of operations
	// inside a window is known to one part in len(MarksNS).
	MarksNS []int64 `json:"marks_ns"`
	// Service is completion - send of each operation that got a reply.
	Service *Histogram `json:"service"`
	// Response is completion - intended start of the same operations, and Lag is
	// send - intended start. Of the open loop alone: nil in a closed one.
	Response *Histogram `json:"response,omitempty"`
	Lag      *Histogram `json:"lag,omitempty"`
	// NoReply is how long each operation without a known completion, which is unsent
	// or of unknown outcome, had waited since its intended start (in a closed loop its
	// send) when it was given up: a lower bound of its response time. Nil: there was
	// none, or, in schemas 1 and 2, it was not recorded.
	NoReply *Histogram `json:"no_reply,omitempty"`
	// Queued is how many operations of an open loop were sent late because all of the
	// client's Params.Inflight slots were waiting for replies.
	Queued int64 `json:"queued,omitempty"`
	// Kinds is Response, or Service in a closed loop, by operation kind; of a mixed
	// workload alone.
	Kinds map[string]*Histogram `json:"kinds,omitempty"`
	// Breakdown splits Service; nil unless Params.Breakdown.
	Breakdown *Breakdown `json:"breakdown,omitempty"`
	// Digest is the xxHash64 of what the client did, in hexadecimal: equal
	// streams of operations have equal digests.
	Digest string `json:"digest,omitempty"`
	// FirstError is the text of the first operation that went wrong, if any.
	FirstError string `json:"first_error,omitempty"`
}

// Reasons for which a client ended before its time.
const (
	Interrupted = "interrupted" // by the user
	Hopeless    = "hopeless"    // its rate could not be sustained
)

// Breakdown splits the service time of operations into what their nodes reported in
// the replies, and the rest. Its histograms have one entry for each operation.
type Breakdown struct {
	// Network is service time less the two below: kernels and wire, both ways.
	Network *Histogram `json:"network"`
	// Queue is from a request's arrival in the node's kernel, or process where
	// the kernel does not report it, until the node began with it.
	Queue *Histogram `json:"queue"`
	// Work is from there until the reply was ready.
	Work *Histogram `json:"work"`
}

// idle reports whether the client had nothing to do.
func (c Client) idle() bool { return c.Counts.Due() == 0 }

// Ended is why the trial ended before its time, Interrupted before Hopeless where
// clients differ. Empty: it did not.
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
