package bench

import (
	"bytes"
	"fmt"
	"sync"

	"dhtbench/node"
)

// ledger is what one client knows about the records it writes, to judge what it
// reads. It accuses the store only of what no linearizable store can do, however
// its replies were delayed and operations overtook each other; in return it
// misses some of what goes wrong while several writes of one record are under
// way.
//
// The argument: of each record it keeps a floor, the newest write such that all
// older writes of this client had ended before it was sent, and that was
// acknowledged. Whatever else is under way, a read sent after that sees the floor
// or a newer write. A write whose end is unknown counts as under way for ever,
// since it may take effect at any time: it stops the floor where it is, while one
// that certainly failed leaves no trace.
//
// Safe for concurrent use. It allocates only as the highest record rises; records
// are numbered from 0 without large gaps.
type ledger struct {
	options ledgerOptions
	mu      sync.Mutex
	entries []entry // by record
}

// ledgerOptions is what a ledger has to know about the trial.
type ledgerOptions struct {
	writer uint32 // in the values that this client puts
	// shared: other clients write the same records. Of other clients' values only
	// their form can be judged then.
	shared bool
	// deletes: other clients delete records, so that any of them can be absent.
	// Without meaning unless shared.
	deletes bool
	// long: all values are long enough to say where they came from, so that a
	// short one is torn.
	long bool
	// loaded: all records below it were put before the first read; by this client,
	// unless they are shared.
	loaded uint64
}

func newLedger(o ledgerOptions) *ledger {
	return &ledger{options: o, entries: make([]entry, o.loaded)}
}

// entry is what is known of one record.
type entry struct {
	floor    floor
	newest   uint32 // version of the newest put sent; 0: none
	deletes  uint32 // deletes sent
	underWay uint32 // writes sent of which the end is not known
}

// floor is what a read that is sent now must see, or something newer.
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

// ticket is one operation under way, from begin to end and judge.
type ticket struct {
	record uint64
	op     node.Op
	alone  bool  // of a write: none other of the record was under way
	floor  floor // when it was sent
	above  floor // of a write: the floor that it is, once acknowledged
}

// outcome is how an operation ended.
type outcome uint8

const (
	outcomeDone    outcome = iota // the node said so; not found is done, too
	outcomeFailed                 // it certainly did not happen
	outcomeUnknown                // it may have happened, or may yet
)

// begin notes that an operation is about to be sent: it must be called before
// that. The version is that in the value of a put, at least 1, and above those of
// all earlier puts of the record; it is not looked at otherwise.
func (l *ledger) begin(record uint64, op node.Op, version uint32) ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := ticket{record: record, op: op}
	if op == node.OpGet {
		t.floor = l.known(record).floor
		return t
	}
	e := l.entry(record)
	t.floor, t.alone = l.known(record).floor, e.underWay == 0
	e.underWay++
	if op == node.OpPut {
		t.above = floor{floorPut, version, e.deletes}
		e.newest = version
	} else {
		t.above = floor{floorDelete, e.newest + 1, 0}
		e.deletes++
	}
	return t
}

// end notes how an operation ended: it must be called after that, and once.
func (l *ledger) end(t ticket, o outcome) {
	if t.op == node.OpGet || o == outcomeUnknown {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &l.entries[t.record]
	e.underWay--
	if t.alone && o == outcomeDone {
		e.floor = t.above
	}
}

// known is what is known of a record. l.mu is held.
func (l *ledger) known(record uint64) (e entry) {
	if record < uint64(len(l.entries)) {
		e = l.entries[record]
	}
	if e.floor.state == floorNone && record < l.options.loaded {
		e.floor.state = floorPut
	}
	return e
}

// entry makes room for a record. l.mu is held.
func (l *ledger) entry(record uint64) *entry {
	if n := uint64(len(l.entries)); record >= n {
		l.entries = append(l.entries, make([]entry, record+1-n)...)
	}
	return &l.entries[record]
}

// finding is what a reply says about the store.
type finding uint8

const (
	findingOK          finding = iota
	findingAbsent              // nothing, which can be right
	findingLost                // an older value than it must be, or nothing
	findingResurrected         // a value that was deleted
	findingTorn                // a value that no put wrote
	findingForeign             // a value that no put wrote to this record
)

// String is the finding in words.
func (f finding) String() string {
	return [...]string{"ok", "absent", "lost update", "resurrected", "torn value", "foreign value"}[f]
}

// judge holds the reply to a get or del against what was known when it was sent.
// It must be called after the reply came, before or after end, and not for an
// operation that failed or whose end is unknown. found is whether the record was
// there; value is what a get found.
func (l *ledger) judge(t ticket, key, value []byte, found bool) finding {
	writer, version, fault := inspect(value, key)
	l.mu.Lock()
	e := l.known(t.record)
	l.mu.Unlock()
	switch {
	case !found:
		return l.judgeAbsent(t, e)
	case t.op == node.OpDel:
		return l.judgeThere(t, e)
	case fault == valueShort:
		if l.options.long || !l.matches(t, e, key, value) {
			return findingTorn
		}
		return l.judgeThere(t, e)
	case fault == valueTorn:
		return findingTorn
	case fault == valueForeign:
		return findingForeign
	case writer != l.options.writer:
		if l.options.shared {
			return findingOK
		}
		return findingForeign
	case version > e.newest:
		return findingForeign
	case version >= t.floor.least:
		return findingOK
	case t.floor.state == floorDelete:
		return findingResurrected
	}
	return findingLost
}

// judgeAbsent judges that a record was not there.
func (l *ledger) judgeAbsent(t ticket, e entry) finding {
	others := e.deletes
	if t.op == node.OpDel {
		others--
	}
	switch {
	case t.floor.state != floorPut:
		return findingAbsent
	case l.options.shared && l.options.deletes, others > t.floor.deletes:
		return findingAbsent
	}
	return findingLost
}

// judgeThere judges that a record was there, with no matter which value.
func (l *ledger) judgeThere(t ticket, e entry) finding {
	switch {
	case l.options.shared, t.floor.state == floorPut, e.newest > 0 && e.newest >= t.floor.least:
		return findingOK
	case t.floor.state == floorDelete:
		return findingResurrected
	}
	return findingForeign
}

// matches reports whether a value too short to say where it came from is the one
// that it should be, where that can be only one.
func (l *ledger) matches(t ticket, e entry, key, value []byte) bool {
	if l.options.shared || t.floor.least != e.newest {
		return true
	}
	var room [valueHead]byte
	return bytes.Equal(value, appendValue(room[:0], len(value), key, l.options.writer, e.newest))
}

// explain says in words what a reply was and what it should have been, for the
// same arguments as judge.
func (l *ledger) explain(t ticket, key, value []byte, found bool) string {
	due := "nothing was acknowledged before"
	switch t.floor.state {
	case floorPut:
		due = fmt.Sprintf("version %d of client %d was acknowledged before", t.floor.least, l.options.writer)
		if t.floor.least == 0 {
			due = "it was loaded before"
		}
	case floorDelete:
		due = "its delete was acknowledged before"
	}
	if !found {
		return "found nothing; " + due
	}
	if t.op == node.OpDel {
		return "found it; " + due
	}
	got := fmt.Sprintf("got the %d bytes %q", len(value), clip(value))
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
