package results

import "encoding/json"

// Client is what one client measured. Start and End are on the coordinator's
// clock, counted from the instant at which it gave the start signal; on one
// host they are exact, across hosts as good as Host.ClockErrorNS.
type Client struct {
	Client  int    `json:"client"` // 0 to Params.Clients-1
	Host    string `json:"host"`
	StartNS int64  `json:"start_ns"` // send of the first recorded operation
	EndNS   int64  `json:"end_ns"`   // completion of the last
	Counts  Counts `json:"counts"`
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
	// Held is how many operations of an open loop were sent late because all
	// Params.Inflight connections were waiting for replies.
	Held int64 `json:"held,omitempty"`
	// Arrival compares when operations were sent with the plan; open loop alone.
	Arrival *Arrival `json:"arrival,omitempty"`
	// Kinds is Response, or Service in a closed loop, by operation kind; of a
	// mixture alone.
	Kinds map[string]*Histogram `json:"kinds,omitempty"`
	// Anatomy splits Service; nil unless Params.Anatomy.
	Anatomy *Anatomy `json:"anatomy,omitempty"`
	// Digest is the xxHash64 of what the client did, in hexadecimal: equal
	// streams of operations have equal digests.
	Digest string `json:"digest,omitempty"`
	// FirstError is the text of the first operation that went wrong, if any.
	FirstError string `json:"first_error,omitempty"`
}

// Arrival is a sample of the intervals between two sends of one client, held
// against the planned distribution by Anderson and Darling's test with nothing
// estimated from the sample (Stephens, EDF Statistics, 1974, case 0).
type Arrival struct {
	Intervals int64   `json:"intervals"` // in the sample
	A2        float64 `json:"a2"`        // statistic of exponential arrivals; 0 for constant ones
	// Off is the share of intervals, 0 to 1, that are off by more than a tenth of
	// the planned one; constant arrivals alone.
	Off float64 `json:"off"`
}

// Anatomy says where the service time of operations went: at the node, as it
// told in its replies, and all else.
type Anatomy struct {
	// Network is service time less the two below: kernels and wire, both ways.
	Network *Histogram `json:"network"`
	// Queue is from a request's arrival in the node's kernel, or process where
	// the kernel does not tell, until the node began with it.
	Queue *Histogram `json:"queue"`
	// Work is from there until the reply was ready.
	Work *Histogram `json:"work"`
}

// UnmarshalJSON gives a client without a histogram an empty one, so that a
// client that was read can be used without looking. Reading the trial then
// fails if the client's counts say that there should have been more.
func (c *Client) UnmarshalJSON(data []byte) error {
	type plain Client
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	if p.Service == nil {
		p.Service = NewHistogram()
	}
	*c = Client(p)
	return nil
}
