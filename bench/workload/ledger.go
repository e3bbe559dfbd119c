package workload

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
)

// Ledger records what one client knows about the records that it writes, and checks
// what it reads. It has no false positives on a linearizable store, in any order of
// operations and replies. It misses some faults while several writes of one record
// are pending.
//
// For each record it keeps a floor: the newest acknowledged write that was sent
// after all older writes of this client had ended. A read that is sent later sees
// the floor or a newer write. A write of unknown outcome stays pending, since it may
// take effect at any time; the floor then stays too. A write that failed has no
// effect, unless Options.FailedPutRemoves is set. Then a client that shares records
// with others still reports a record that a failed put of another client removed as a
// lost update.
//
// It is safe for concurrent use. It allocates only when the highest record number
// rises, so records should be numbered from 0 without large gaps. Of records that
// clients share it keeps only those that this client has written, and allocates for
// the first write of each.
type Ledger struct {
	options ledgerOptions
	mu      sync.Mutex
	entries []entry           // by record, unless they are shared
	written map[uint64]*entry // by record, if they are shared
}

// NewLedger returns the ledger of a client, 0 to o.Clients-1, for operations of
// the client's Source.
func NewLedger(o Options, client int) *Ledger {
	return newLedger(ledgerOptions{
		writer: uint32(client), shared: o.Mixed() && o.Clients > 1, deletes: o.Mix.deletes(),
		long: o.Values.Min() >= valueHead, loaded: uint64(o.Records), putRemoves: o.FailedPutRemoves,
	})
}

// Reserve allocates memory for records below n, so that Begin need not.
func (l *Ledger) Reserve(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.options.shared {
		return
	}
	l.entries = slices.Grow(l.entries, max(n-len(l.entries), 0))
}

// ledgerOptions is what a ledger needs to know about the workload.
type ledgerOptions struct {
	writer uint32 // in the values that this client puts
	// shared: other clients write the same records. Of their values only the form
	// can be checked.
	shared bool
	// deletes: other clients delete records, so that any record can be absent. It
	// has no meaning unless shared.
	deletes bool
	// long: all values are long enough to contain their origin, so a shorter value
	// is torn.
	long bool
	// loaded: all records below it were put before the first read, by this client
	// unless they are shared.
	loaded uint64
	// putRemoves: a put that fails may remove the record, so each one counts as a
	// delete until it is acknowledged.
	putRemoves bool
}

func newLedger(o ledgerOptions) *Ledger {
	if o.shared {
		return &Ledger{options: o, written: make(map[uint64]*entry)}
	}
	return &Ledger{options: o, entries: make([]entry, o.loaded)}
}

// entry is what is known of one record.
type entry struct {
	floor   floor
	newest  uint32 // version of the newest put sent; 0: none
	deletes uint32 // deletes sent
	pending uint32 // writes sent whose outcome is not known
}

// floor is the oldest state that a read sent now may see.
type floor struct {
	state   floorState
	least   uint32 // the oldest version that may be seen
	deletes uint32 // of a put: deletes sent before it
}

type floorState uint8

const (
	floorNone   floorState = iota // no write was acknowledged yet
	floorPut                      // the record is there
	floorDelete                   // it is not
)

// Pending is the state of one operation from Begin to End. It is not safe for
// concurrent use.
type Pending struct {
	record uint64
	op     Op
	alone  bool  // of a write: no other write of the record was pending
	floor  floor // when it was sent
	above  floor // of a write: the floor that it is, once acknowledged
}

// Verification is the result of checking a reply. Its zero value is Correct.
type Verification uint8

// The verification results. All from LostUpdate on are faults of the store.
const (
	Correct      Verification = iota
	Absent                    // the record was absent, and may be
	LostUpdate                // an older value than an acknowledged one, or nothing in its place
	Resurrected               // a value that was deleted
	TornValue                 // a value that no put wrote
	ForeignValue              // a value that no put wrote to this record
)

// String returns the name of the result in messages.
func (v Verification) String() string {
	return [...]string{"ok", "absent", "lost update", "resurrected", "torn value", "foreign value"}[v]
}

// Wrong reports whether v is a fault of the store.
func (v Verification) Wrong() bool { return v >= LostUpdate }

// Begin notes an operation. Call it before the operation is sent.
func (l *Ledger) Begin(o *Operation) Pending {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := Pending{record: o.Record, op: o.Op}
	if o.Op == Get {
		p.floor = l.known(o.Record).floor
		return p
	}
	e := l.entry(o.Record)
	p.floor, p.alone = l.known(o.Record).floor, e.pending == 0
	e.pending++
	if o.Op == Put {
		if l.options.putRemoves {
			e.deletes++
		}
		p.above = floor{floorPut, o.Version, e.deletes}
		e.newest = o.Version
	} else {
		p.above = floor{floorDelete, e.newest + 1, 0}
		e.deletes++
	}
	return p
}

// End notes the outcome of an operation and checks its reply. Call it once for each
// Begin, after the reply. key is the operation's, value what a get found. Only
// replies to gets and dels can be wrong.
func (l *Ledger) End(p Pending, o Outcome, key, value []byte) Verification {
	if p.op == Get {
		if !o.Replied() {
			return Correct
		}
		l.mu.Lock()
		e := l.known(p.record)
		l.mu.Unlock()
		return l.check(p, e, o == OK, key, value)
	}
	if o == Unknown {
		return Correct
	}
	l.mu.Lock()
	known := l.entry(p.record)
	known.pending--
	if p.alone && o.Replied() {
		known.floor = p.above
	}
	e := l.known(p.record)
	l.mu.Unlock()
	if p.op == Put || o == Failed {
		return Correct
	}
	return l.check(p, e, o == OK, key, nil)
}

// known returns the entry of a record, without allocating. l.mu is held.
func (l *Ledger) known(record uint64) (e entry) {
	if own := l.written[record]; own != nil {
		e = *own
	} else if record < uint64(len(l.entries)) {
		e = l.entries[record]
	}
	if e.floor.state == floorNone && record < l.options.loaded {
		e.floor.state = floorPut
	}
	return e
}

// entry returns the entry of a record, allocating it if needed. l.mu is held.
func (l *Ledger) entry(record uint64) *entry {
	if l.options.shared {
		if l.written[record] == nil {
			l.written[record] = new(entry)
		}
		return l.written[record]
	}
	for uint64(len(l.entries)) <= record {
		l.entries = append(l.entries, entry{})
	}
	return &l.entries[record]
}

// check compares the reply to a get or del with what was known when it was sent.
// found reports whether the record was there.
func (l *Ledger) check(p Pending, e entry, found bool, key, value []byte) Verification {
	if !found {
		return l.checkAbsent(p, e)
	}
	if p.op == Del {
		return l.checkPresent(p, e)
	}
	writer, version, fault := inspect(value, key)
	switch {
	case fault == valueShort:
		if l.options.long || !l.matches(p, e, key, value) {
			return TornValue
		}
		return l.checkPresent(p, e)
	case fault == valueTorn:
		return TornValue
	case fault == valueForeign:
		return ForeignValue
	case writer != l.options.writer:
		if l.options.shared {
			return Correct
		}
		return ForeignValue
	case version > e.newest:
		return ForeignValue
	case version >= p.floor.least:
		return Correct
	case p.floor.state == floorDelete:
		return Resurrected
	}
	return LostUpdate
}

// checkAbsent checks that a record was not there.
func (l *Ledger) checkAbsent(p Pending, e entry) Verification {
	others := e.deletes
	if p.op == Del {
		others--
	}
	switch {
	case p.floor.state != floorPut:
		return Absent
	case l.options.shared && l.options.deletes, others > p.floor.deletes:
		return Absent
	}
	return LostUpdate
}

// checkPresent checks that a record was there, whatever its value.
func (l *Ledger) checkPresent(p Pending, e entry) Verification {
	switch {
	case l.options.shared, p.floor.state == floorPut, e.newest > 0 && e.newest >= p.floor.least:
		return Correct
	case p.floor.state == floorDelete:
		return Resurrected
	}
	return ForeignValue
}

// matches reports whether a value too short to contain its origin can be correct.
// It can tell only if a single value is possible.
func (l *Ledger) matches(p Pending, e entry, key, value []byte) bool {
	if l.options.shared || p.floor.least != e.newest {
		return true
	}
	var room [valueHead]byte
	return bytes.Equal(value, appendValue(room[:0], len(value), key, l.options.writer, e.newest))
}

// Explain describes the wrong reply to a get or del and what would have been right.
// found reports whether the record was there.
func (l *Ledger) Explain(p Pending, found bool, key, value []byte) string {
	due := "nothing was acknowledged before"
	switch p.floor.state {
	case floorPut:
		due = fmt.Sprintf("version %d of client %d was acknowledged before", p.floor.least, l.options.writer)
		if p.floor.least == 0 {
			due = "it was loaded before"
		}
	case floorDelete:
		due = "its delete was acknowledged before"
	}
	if !found {
		return "found nothing; " + due
	}
	if p.op == Del {
		return "found it; " + due
	}
	const enough = 200
	got := fmt.Sprintf("got the %d bytes %.*q", len(value), enough, value)
	switch writer, version, fault := inspect(value, key); fault {
	case valueIntact:
		got += fmt.Sprintf(", version %d of client %d", version, writer)
	case valueForeign:
		got += fmt.Sprintf(", version %d of client %d of another key", version, writer)
	case valueTorn:
		got += ", whose checksum is wrong"
	}
	return got + "; " + due
}
