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
	// Params.Inflight operations of the client, or Params.Pipeline operations on each
	// connection to the server, were in flight.
	Queued int64 `json:"queued,omitempty"`
	// Kinds is Response, or Service in a closed loop, by operation kind. It is nil
	// without a mix.
	Kinds map[string]*Histogram `json:"kinds,omitempty"`
	// Breakdown splits Service. It is nil unless Params.Breakdown is set and replies had
	// times of the server.
	Breakdown *Breakdown `json:"breakdown,omitempty"`
	// Digest is the xxHash64 of the operations that the client made, in hexadecimal.
	// Parameters and KeySalt determine it, unless the client ended early, left operations
	// unsent, or was limited by a duration in a closed loop.
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

// Counts is the number of operations by outcome. A get that returned a wrong value is
// counted under OK, the status of its reply, and again under Wrong.
type Counts struct {
	OK       int64 `json:"ok"`        // done, and the reply says so
	NotFound int64 `json:"not_found"` // done; the key was absent
	Failed   int64 `json:"failed"`    // certainly not done
	Unknown  int64 `json:"unknown"`   // may or may not have been done

	// Unsent is operations of an open loop that were due in its window and never sent.
	// [Counts.Total] and [Counts.Bad] leave them out.
	Unsent int64 `json:"unsent,omitempty"`

	// Absent is the part of NotFound of keys that may be absent, as after a delete.
	// They are correct.
	Absent int64 `json:"absent,omitempty"`

	// Wrong is replies that no order of the operations in flight explains. Torn,
	// Foreign, Lost and Resurrected say what was wrong, each reply under one of
	// them; schema 1 did not distinguish them.
	Wrong int64 `json:"wrong"`
	// Torn is values with a wrong checksum: parts of several values, or damaged.
	Torn int64 `json:"torn,omitempty"`
	// Foreign is intact values of another key.
	Foreign int64 `json:"foreign,omitempty"`
	// Lost is lost updates: a value older than one whose put was acknowledged
	// before the operation began, or nothing in its place.
	Lost int64 `json:"lost,omitempty"`
	// Missing is the part of Lost that found nothing. It is counted under NotFound, not
	// OK. Early records of schema 2 have 0.
	Missing int64 `json:"missing,omitempty"`
	// Resurrected is values older than a delete that was acknowledged before the
	// get began.
	Resurrected int64 `json:"resurrected,omitempty"`
}

// Total is the number of operations attempted, with any outcome.
func (c Counts) Total() int64 { return c.OK + c.NotFound + c.Failed + c.Unknown }

// Due is the number of operations attempted or unsent.
func (c Counts) Due() int64 { return c.Total() + c.Unsent }

// Replied is the number of operations with a reply, and so with a latency.
func (c Counts) Replied() int64 { return c.OK + c.NotFound }

// Bad is the number of operations that make a run fail, each counted once: those
// without a reply, those that did not find a key that must exist, and wrong values.
func (c Counts) Bad() int64 {
	return c.Failed + c.Unknown + c.NotFound - c.Absent + c.Wrong - c.Missing
}

// Add returns the sums of c and d, field by field.
func (c Counts) Add(d Counts) Counts {
	return Counts{
		OK:          c.OK + d.OK,
		NotFound:    c.NotFound + d.NotFound,
		Failed:      c.Failed + d.Failed,
		Unknown:     c.Unknown + d.Unknown,
		Unsent:      c.Unsent + d.Unsent,
		Absent:      c.Absent + d.Absent,
		Wrong:       c.Wrong + d.Wrong,
		Torn:        c.Torn + d.Torn,
		Foreign:     c.Foreign + d.Foreign,
		Lost:        c.Lost + d.Lost,
		Missing:     c.Missing + d.Missing,
		Resurrected: c.Resurrected + d.Resurrected,
	}
}
