package bench

import (
	"time"

	"dhtbench/bench/workload"
	"dhtbench/results"
)

// recorder is what one client measures in one phase. It is not safe for
// concurrent use: a closed loop records without a lock. It allocates only for the
// first error and the first operation without a reply.
type recorder struct {
	histogram  func() *results.Histogram // makes an empty one
	service    *results.Histogram
	response   *results.Histogram   // nil in a closed loop
	lag        *results.Histogram   // nil in a closed loop
	noReply    *results.Histogram   // nil until needed
	kinds      []*results.Histogram // by operation, of a mix only
	breakdown  *results.Breakdown   // nil unless asked for
	counts     results.Counts
	first      error // of the first operation that went wrong
	milestones milestones
	points     []point   // not yet given to the timeline
	timeline   *timeline // nil: none is kept
	completed  int64     // replies until the end of the window

	// What the loop adds.
	start   int64         // the first send, or the start of the window
	until   int64         // the end of the window, of an open loop
	covered time.Duration // the part of the window of which all was sent
	queued  int64         // operations that waited for a free slot
	ended   string        // reason of an early end, or empty
	digest  string        // of the operations
}

// fewOperations is the number of operations in a phase up to which a client has short
// histograms. Those of many clients take little memory, and stay in the caches.
const fewOperations = 1024

// keepTimeline makes r give its operations to a timeline.
func (r *recorder) keepTimeline(t *timeline, operations int) {
	r.timeline = t
	r.points = make([]point, min(operations+1, pointsTogether))
	clear(r.points) // makes the memory resident
	r.points = r.points[:0]
}

// newRecorder returns a recorder with memory for about the given number of
// operations.
func newRecorder(p results.Params, operations int) *recorder {
	histogram := results.NewHistogram
	if operations <= fewOperations {
		histogram = func() *results.Histogram { return results.NewShortHistogram(2*operations + fewOperations/8) }
	}
	r := &recorder{histogram: histogram, service: histogram()}
	if p.Open() {
		r.response, r.lag = histogram(), histogram()
	}
	if p.Workload != "" {
		r.kinds = make([]*results.Histogram, workload.Del+1)
		for _, op := range workload.Ops() {
			r.kinds[op] = histogram()
		}
	}
	if p.Breakdown {
		r.breakdown = &results.Breakdown{Network: histogram(), Queue: histogram(), Work: histogram()}
	}
	return r
}

// record records an operation that has ended.
func (r *recorder) record(s *slot) {
	r.milestones.add(s.completion)
	if s.err != nil && r.first == nil {
		r.first = s.err
	}
	switch s.reply.Outcome {
	case workload.OK:
		r.counts.OK++
	case workload.NotFound:
		r.counts.NotFound++
	case workload.Failed:
		r.counts.Failed++
		return
	default:
		r.counts.Unknown++
		r.wait(s.latency())
		return
	}
	r.verify(s)
	r.time(s)
}

// verify counts the verification result of a reply.
func (r *recorder) verify(s *slot) {
	switch s.verification {
	case workload.Correct:
		return
	case workload.Absent:
		r.counts.Absent++
		return
	case workload.LostUpdate:
		r.counts.Lost++
		if s.reply.Outcome == workload.NotFound {
			r.counts.Missing++
		}
	case workload.Resurrected:
		r.counts.Resurrected++
	case workload.TornValue:
		r.counts.Torn++
	case workload.ForeignValue:
		r.counts.Foreign++
	}
	r.counts.Wrong++
}

// time records the latencies of an operation with a reply.
func (r *recorder) time(s *slot) {
	r.service.Record(s.service())
	if r.response != nil {
		r.response.Record(s.latency())
		r.lag.Record(time.Duration(s.send - s.intended))
		if s.completion <= r.until {
			r.completed++
		}
	}
	if r.kinds != nil {
		r.kinds[s.Op].Record(s.latency())
	}
	if r.breakdown != nil && s.reply.Timed {
		r.breakdown.Queue.Record(s.reply.Queue)
		r.breakdown.Work.Record(s.reply.Work)
		r.breakdown.Network.Record(s.service() - s.reply.Queue - s.reply.Work)
	}
	if r.timeline != nil {
		r.points = append(r.points, point{s.intended, int64(s.latency())})
		if len(r.points) == cap(r.points) {
			r.points = r.timeline.give(r.points)
		}
	}
}

// leave counts an operation that was due and never sent. waited is the time since
// its intended start.
func (r *recorder) leave(waited time.Duration) {
	r.counts.Unsent++
	r.wait(waited)
}

// wait records how long an operation without a reply had waited.
func (r *recorder) wait(d time.Duration) {
	if r.noReply == nil {
		r.noReply = r.histogram()
	}
	r.noReply.Record(d)
}

// client returns the record of what a client measured. Times count from the
// instant from.
func (r *recorder) client(number int, host string, from int64) results.Client {
	c := results.Client{
		Client: number, Host: host, StartNS: r.start - from, EndNS: max(r.milestones.last, r.start) - from,
		Counts: r.counts, Completed: r.completed, Queued: r.queued, Ended: r.ended, Digest: r.digest,
		Service: r.service, Response: r.response, Lag: r.lag, NoReply: r.noReply,
	}
	if r.response != nil {
		c.WindowNS = r.until - r.start
	}
	if r.breakdown != nil && r.breakdown.Work.Count() > 0 {
		c.Breakdown = r.breakdown
	}
	for _, at := range r.milestones.marks() {
		c.MarksNS = append(c.MarksNS, max(at-r.start, 0))
	}
	if r.kinds != nil {
		c.Kinds = make(map[string]*results.Histogram)
		for _, op := range workload.Ops() {
			if r.kinds[op].Count() > 0 {
				c.Kinds[op.String()] = r.kinds[op]
			}
		}
	}
	if r.first != nil {
		c.FirstError = r.first.Error()
	}
	return c
}
