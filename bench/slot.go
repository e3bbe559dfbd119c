package bench

import (
	"fmt"
	"time"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
)

// slot holds one operation in flight: its request, times and reply. A loop reuses
// its slots, so that nothing is allocated.
type slot struct {
	workload.Operation
	run     *run             // the phase that it belongs to
	key     []byte           // a copy, since the source reuses its own before the reply
	request []byte           // as it is sent
	pending workload.Pending // of the client's ledger
	server  int              // the owner of the key

	intended, send, completion int64 // ns of the client's clock

	reply        target.Reply // without its value
	verification workload.Verification
	err          error // nil unless the operation went wrong
}

// latency is the response time in an open loop. In a closed loop, where the send is
// the intended start, it is the service time.
func (s *slot) latency() time.Duration { return time.Duration(s.completion - s.intended) }

// service is the time from send to completion.
func (s *slot) service() time.Duration { return time.Duration(s.completion - s.send) }

// wentWrong reports whether the operation got no reply or a wrong one, or did not
// find its record.
func (s *slot) wentWrong() bool {
	return !s.reply.Outcome.Replied() || s.reply.Outcome == workload.NotFound && s.verification.Wrong()
}

// encode makes the slot's operation ready to be sent. It is not timed.
func (s *slot) encode() {
	c := s.run.client
	s.key = append(s.key[:0], s.Key...)
	s.Key = s.key
	s.server = c.owner(s.Key)
	s.request = c.target.AppendRequest(s.request[:0], s.Op, s.Key, s.Value)
	if !c.blind {
		s.pending = c.ledger.Begin(&s.Operation)
	}
}

// finish ends the operation with its reply, or with the error that prevented one.
func (s *slot) finish(reply target.Reply, err error) {
	c := s.run.client
	if reply.Outcome == workload.Failed && err == nil {
		err = fmt.Errorf("server %d answered: %s", s.server, reply.Value)
	}
	value := reply.Value
	s.reply, s.err, s.verification = reply, err, workload.Correct
	s.reply.Value = nil
	s.run.mu.Lock()
	if !c.blind {
		s.verification = c.ledger.End(s.pending, reply.Outcome, s.Key, value)
	}
	if s.verification.Wrong() {
		s.err = fmt.Errorf("%v: %s", s.verification, c.ledger.Explain(s.pending, reply.Outcome == workload.OK, s.Key, value))
	}
	if s.err != nil {
		s.err = fmt.Errorf("%v %q: %w", s.Op, s.Key, s.err)
	}
	r := s.run
	r.take(s)
	completion := s.completion
	r.mu.Unlock()
	r.release(s)
	if r.sender != nil {
		r.sender.freed(completion)
	}
}

// withdraw ends an operation that was encoded but not sent.
func (s *slot) withdraw() {
	if c := s.run.client; !c.blind {
		c.ledger.End(s.pending, workload.Failed, s.Key, nil)
	}
	s.run.release(s)
}
