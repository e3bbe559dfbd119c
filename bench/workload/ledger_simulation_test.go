package workload

import (
	"fmt"
	"slices"
)

// storeFault is what a faulty store does with some operations.
type storeFault int

const (
	faultNone      storeFault = iota
	faultLost                 // acknowledges a put and keeps what was there
	faultUndeleted            // acknowledges a delete and keeps what was there
	faultTorn                 // answers a get with a damaged value
	faultForeign              // answers a get with the value of another record
)

// simulation is clients with ledgers and a store that does one operation at a time.
// A step is a send, the work on an operation that was sent, or its reply. The next
// step is drawn from those that are possible, so that every interleaving can occur.
type simulation struct {
	clients, inflight, records int
	deletes, loaded, long      bool
	unknown, failed            uint64 // of 100 operations
	fault                      storeFault

	random   splitmix
	ledgers  []*Ledger
	versions []uint32
	store    map[uint64][]byte
	sent     []*flight // not done yet, including those that ended as unknown
	done     []*flight // without a reply yet
	findings map[Verification]int
}

// flight is one operation in flight.
type flight struct {
	client     int
	pending    Pending
	op         Op
	key, value []byte
	reply      []byte
	found      bool
	forgotten  bool // its client has ended it as unknown
}

func recordKey(record uint64) []byte { return fmt.Appendf(nil, "record %d", record) }

// run does the given number of steps and returns the number of each verification
// result.
func (s *simulation) run(steps int, seed uint64) map[Verification]int {
	s.random, s.store, s.findings = splitmix{state: seed}, make(map[uint64][]byte), make(map[Verification]int)
	for c := range s.clients {
		o := ledgerOptions{writer: uint32(c), shared: s.clients > 1, deletes: s.deletes, long: s.long}
		if s.loaded {
			o.loaded = uint64(s.records)
		}
		s.ledgers, s.versions = append(s.ledgers, newLedger(o)), append(s.versions, 0)
	}
	for record := 0; s.loaded && record < s.records; record++ {
		s.send(record%s.clients, Put, uint64(record))
		s.work(0)
		s.end(0)
	}
	fault := s.fault
	for range steps {
		s.fault = faultNone
		if s.chance(3) {
			s.fault = fault
		}
		s.step()
	}
	return s.findings
}

func (s *simulation) chance(percent uint64) bool { return s.random.uint64n(100) < percent }

func (s *simulation) step() {
	client := int(s.random.uint64n(uint64(s.clients)))
	waiting := 0
	for _, f := range slices.Concat(s.sent, s.done) {
		if f.client == client && !f.forgotten {
			waiting++
		}
	}
	switch at := s.random.uint64n(3); {
	case at == 0 && waiting < s.inflight:
		op := Put + Op(s.random.uint64n(3))
		if op == Del && !s.deletes {
			op = Put
		}
		s.send(client, op, s.random.uint64n(uint64(s.records)))
	case at == 1 && len(s.sent) > 0:
		i := int(s.random.uint64n(uint64(len(s.sent))))
		switch f := s.sent[i]; {
		case f.forgotten && !s.chance(20):
		case !f.forgotten && s.chance(s.unknown):
			f.forgotten = true
			s.ledgers[f.client].end(f.pending, Unknown)
		case !f.forgotten && s.chance(s.failed):
			s.ledgers[f.client].end(f.pending, Failed)
			s.sent = slices.Delete(s.sent, i, i+1)
		default:
			s.work(i)
		}
	case at == 2 && len(s.done) > 0:
		s.end(int(s.random.uint64n(uint64(len(s.done)))))
	}
}

func (s *simulation) send(client int, op Op, record uint64) {
	f := &flight{client: client, op: op, key: recordKey(record)}
	if op == Put {
		s.versions[client]++
		size := int(s.random.uint64n(40))
		if s.long {
			size += valueHead
		}
		f.value = appendValue(nil, size, f.key, uint32(client), s.versions[client])
	}
	f.pending = s.ledgers[client].begin(record, op, s.versions[client])
	s.sent = append(s.sent, f)
}

// work makes the store do an operation.
func (s *simulation) work(i int) {
	f := s.sent[i]
	s.sent = slices.Delete(s.sent, i, i+1)
	if !f.forgotten {
		s.done = append(s.done, f)
	}
	record := f.pending.record
	f.reply, f.found = s.store[record]
	switch {
	case f.op == Put && s.fault != faultLost:
		s.store[record] = f.value
	case f.op == Del && s.fault != faultUndeleted:
		delete(s.store, record)
	case f.op == Get && len(f.reply) > 0 && s.fault == faultTorn:
		f.reply = slices.Clone(f.reply)
		f.reply[s.random.uint64n(uint64(len(f.reply)))] ^= 1
	case f.op == Get && f.found && s.fault == faultForeign:
		if other, ok := s.store[(record+1)%uint64(s.records)]; ok {
			f.reply = other
		}
	}
}

// end delivers the reply to an operation.
func (s *simulation) end(i int) {
	f := s.done[i]
	s.done = slices.Delete(s.done, i, i+1)
	o := OK
	if f.op != Put {
		o = outcome(f.found)
	}
	v := s.ledgers[f.client].End(f.pending, o, f.key, f.reply)
	if f.op != Put {
		s.findings[v]++
	}
}
