package workload

import (
	"fmt"
	"sync"
	"testing"
)

// begin, end and judge are Begin, End and the check of a reply, one step each.
func (l *Ledger) begin(record uint64, op Op, version uint32) Pending {
	return l.Begin(&Operation{Op: op, Record: record, Version: version})
}

func (l *Ledger) end(p Pending, o Outcome) { l.End(p, o, nil, nil) }

func (l *Ledger) judge(p Pending, key, value []byte, found bool) Verification {
	return l.check(p, l.known(p.record), found, key, value)
}

// outcome returns the outcome of a reply.
func outcome(found bool) Outcome {
	if found {
		return OK
	}
	return NotFound
}

// TestLedgerHasNoFalsePositives: the replies of a store that does one operation at a
// time are correct in every interleaving.
func TestLedgerHasNoFalsePositives(t *testing.T) {
	for seed := range uint64(400) {
		random := splitmix{state: seed}
		flag := func() bool { return random.uint64n(2) == 0 }
		s := simulation{
			clients: 1 + int(random.uint64n(3)), inflight: 1 + int(random.uint64n(6)), records: 1 + int(random.uint64n(4)),
			deletes: flag(), loaded: flag(), long: flag(),
			unknown: 5 * random.uint64n(2), failed: 5 * random.uint64n(2),
		}
		shape := fmt.Sprintf("%+v", s)
		findings := s.run(2000, seed)
		for f, n := range findings {
			if f != Correct && (f != Absent || s.loaded && !s.deletes) {
				t.Fatalf("seed %d: %v %d times, with %s", seed, f, n, shape)
			}
		}
		if findings[Correct] == 0 {
			t.Fatalf("seed %d: nothing was found and judged, with %s", seed, shape)
		}
	}
}

func TestLedgerFindsFaults(t *testing.T) {
	faults := map[storeFault]Verification{
		faultLost: LostUpdate, faultUndeleted: Resurrected, faultTorn: TornValue, faultForeign: ForeignValue,
	}
	for fault, want := range faults {
		for _, inflight := range []int{1, 4} {
			for _, long := range []bool{true, false} {
				t.Run(fmt.Sprintf("%v/inflight=%d/long=%v", want, inflight, long), func(t *testing.T) {
					s := simulation{clients: 1, inflight: inflight, records: 5, deletes: true, loaded: true, long: long, fault: fault}
					findings := s.run(60_000, 1)
					if findings[want] < 5 {
						t.Errorf("found %v", findings)
					}
					for f := range findings {
						// Old and foreign values that are too short to identify their
						// put are torn.
						if f != want && f != Correct && f != Absent && (long || f != TornValue) {
							t.Errorf("found %v", findings)
						}
					}
				})
			}
		}
	}
}

// TestSharedLedgerFindsFaults: in records that other clients write too, the ledger
// still finds old values of its own client and values that are wrong in themselves.
func TestSharedLedgerFindsFaults(t *testing.T) {
	for fault, want := range map[storeFault]Verification{faultLost: LostUpdate, faultTorn: TornValue, faultForeign: ForeignValue} {
		s := simulation{clients: 2, inflight: 2, records: 5, deletes: true, loaded: true, long: true, fault: fault}
		if findings := s.run(60_000, 1); findings[want] < 5 {
			t.Errorf("found %v, want %v", findings, want)
		}
	}
}

func TestLedgerChecksSequentialReplies(t *testing.T) {
	const record = 3
	key := recordKey(record)
	l := newLedger(ledgerOptions{writer: 9, long: true})
	put := func(version uint32, o Outcome) { l.end(l.begin(record, Put, version), o) }
	del := func(o Outcome) { l.end(l.begin(record, Del, 0), o) }
	get := func(value []byte, found bool, want Verification) {
		t.Helper()
		pending := l.begin(record, Get, 0)
		if f := l.judge(pending, key, value, found); f != want {
			t.Errorf("get passes as %v, want %v: %s", f, want, l.Explain(pending, found, key, value))
		}
	}
	value := func(version uint32) []byte { return appendValue(nil, 20, key, 9, version) }

	get(nil, false, Absent)
	get(value(1), true, ForeignValue) // not put yet
	put(1, OK)
	get(value(1), true, Correct)
	get(nil, false, LostUpdate)
	put(2, Failed)
	get(value(1), true, Correct)
	put(3, OK)
	get(value(1), true, LostUpdate)
	get(value(3), true, Correct)
	get(value(4), true, ForeignValue)
	get(appendValue(nil, 20, key, 8, 3), true, ForeignValue) // of a client that does not write it
	get(appendValue(nil, 20, recordKey(4), 9, 3), true, ForeignValue)
	get(value(3)[:19], true, TornValue)
	get(value(3)[:15], true, TornValue)
	del(OK)
	get(nil, false, Absent)
	get(value(3), true, Resurrected)
	again := l.begin(record, Del, 0)
	if f := l.judge(again, key, nil, true); f != Resurrected {
		t.Errorf("a second del that finds it passes as %v", f)
	}
	if f := l.judge(again, key, nil, false); f != Absent {
		t.Errorf("a second del that finds nothing passes as %v", f)
	}
	l.end(again, OK)
	put(5, OK)
	first := l.begin(record, Del, 0)
	if f := l.judge(first, key, nil, false); f != LostUpdate {
		t.Errorf("a del that finds nothing, with no other pending, passes as %v", f)
	}
	other := l.begin(record, Del, 0)
	if f := l.judge(first, key, nil, false); f != Absent {
		t.Errorf("a del that finds nothing, with another pending, passes as %v", f)
	}
	l.end(other, Failed)
	l.end(first, Failed)
	put(6, Unknown)
	put(7, OK) // the put before may take effect after it
	get(value(5), true, Correct)
	get(value(6), true, Correct)
	get(value(3), true, LostUpdate)
}

func TestLedgerKnowsLoadedRecords(t *testing.T) {
	others := appendValue(nil, 20, recordKey(1), 5, 1)
	for _, deletes := range []bool{true, false} {
		l := newLedger(ledgerOptions{writer: 9, shared: true, deletes: deletes, loaded: 2})
		missing := LostUpdate
		if deletes {
			missing = Absent
		}
		for record, want := range []Verification{missing, missing, Absent} {
			read := l.begin(uint64(record), Get, 0)
			if f := l.judge(read, recordKey(uint64(record)), nil, false); f != want {
				t.Errorf("record %d of 2, others delete: %v; absence passes as %v, want %v", record, deletes, f, want)
			}
		}
		if f := l.judge(l.begin(1, Get, 0), recordKey(1), others, true); f != Correct {
			t.Errorf("another client's value passes as %v", f)
		}
	}
}

func TestLedgerChecksShortValues(t *testing.T) {
	key := recordKey(0)
	for size := 1; size < valueHead; size++ {
		l := newLedger(ledgerOptions{})
		l.end(l.begin(0, Put, 1), OK)
		value := appendValue(nil, size, key, 0, 1)
		read := l.begin(0, Get, 0)
		if f := l.judge(read, key, value, true); f != Correct {
			t.Errorf("the value of %d bytes that was put passes as %v", size, f)
		}
		value[size-1] ^= 1
		if f := l.judge(read, key, value, true); f != TornValue {
			t.Errorf("another value of %d bytes passes as %v", size, f)
		}
		l.begin(0, Put, 2) // concurrent with the other put: the value can be either
		if f := l.judge(read, key, value, true); f != Correct {
			t.Errorf("a value of %d bytes that may be of another put passes as %v", size, f)
		}
	}
}

func TestLedgerFromSeveralGoroutines(t *testing.T) {
	const callers, operations, records = 4, 5000, 3
	l := newLedger(ledgerOptions{long: true})
	var mu sync.Mutex
	store := make(map[uint64][]byte)
	var version uint32
	perform := func(random *splitmix, op Op, record uint64) {
		key := recordKey(record)
		mu.Lock() // versions rise from one begin to the next
		var value []byte
		if op == Put {
			version++
			value = appendValue(nil, 32, key, 0, version)
		}
		pending := l.begin(record, op, version)
		mu.Unlock()

		mu.Lock()
		reply, found := store[record]
		switch op {
		case Put:
			store[record] = value
		case Del:
			delete(store, record)
		}
		mu.Unlock()

		o := OK
		if op != Put {
			o = outcome(found)
		}
		if f := l.End(pending, o, key, reply); f.Wrong() {
			t.Errorf("%v: %v: %s", op, f, l.Explain(pending, found, key, reply))
		}
	}
	var wg sync.WaitGroup
	for c := range uint64(callers) {
		wg.Go(func() {
			random := splitmix{state: c}
			for range operations {
				perform(&random, Put+Op(random.uint64n(3)), random.uint64n(records))
			}
		})
	}
	wg.Wait()
}

func TestLedgerAllocatesNothing(t *testing.T) {
	l := newLedger(ledgerOptions{})
	for _, size := range []int{8, 32} {
		key := recordKey(7)
		value := appendValue(nil, size, key, 0, 1)
		l.end(l.begin(7, Put, 1), OK)
		if n := testing.AllocsPerRun(100, func() {
			l.end(l.begin(7, Put, 1), OK)
			l.End(l.begin(7, Get, 0), OK, key, value)
		}); n != 0 {
			t.Errorf("values of %d bytes: %v allocations", size, n)
		}
	}
}

func BenchmarkLedger(b *testing.B) {
	const records = 1 << 16
	key := recordKey(0)
	value := appendValue(nil, 32, key, 0, 1)
	for name, do := range map[string]func(l *Ledger, record uint64){
		"put": func(l *Ledger, record uint64) { l.end(l.begin(record, Put, 1), OK) },
		"get": func(l *Ledger, record uint64) { l.End(l.begin(record, Get, 0), OK, key, value) },
	} {
		b.Run("op="+name, func(b *testing.B) {
			b.ReportAllocs()
			l := newLedger(ledgerOptions{loaded: records})
			for record := uint64(0); b.Loop(); record++ {
				do(l, record%records)
			}
		})
	}
}

// In some stores a failed put may remove the record. Until the next put is
// acknowledged, the record may be absent.
func TestFailedPutMayRemoveRecord(t *testing.T) {
	for _, removes := range []bool{false, true} {
		o := mixed(t, "get=1,put=1")
		o.Clients, o.Records, o.FailedPutRemoves = 1, 1, removes
		l := NewLedger(o, 0)
		absent := func(when string, want Verification) {
			t.Helper()
			if got := l.judge(l.begin(0, Get, 0), nil, nil, false); got != want {
				t.Errorf("removes=%v, %s: %v, want %v", removes, when, got, want)
			}
		}
		absent("after the load", LostUpdate)
		put := l.begin(0, Put, 1)
		after := map[bool]Verification{false: LostUpdate, true: Absent}[removes]
		absent("while a put is pending", after)
		l.end(put, Failed)
		absent("after it failed", after)
		l.end(l.begin(0, Put, 2), OK)
		absent("after the next put", LostUpdate)
		before := l.begin(0, Get, 0)
		l.end(l.begin(0, Put, 3), OK)
		if got := l.judge(before, nil, nil, false); got != after {
			t.Errorf("removes=%v: a get during a put finds nothing: %v, want %v", removes, got, after)
		}
	}
}

// TestSharedRecordsTakeNoMemoryBeforeTheyAreWritten has as many records as would take
// 240 MB.
func TestSharedRecordsTakeNoMemoryBeforeTheyAreWritten(t *testing.T) {
	const records = 10_000_000
	o := ledgerOptions{shared: true, long: true, loaded: records}
	l := newLedger(o)
	if n := testing.AllocsPerRun(100, func() {
		p := l.Begin(&Operation{Op: Get, Record: records - 1})
		l.End(p, NotFound, nil, nil)
	}); n != 0 || len(l.entries)+len(l.written) != 0 {
		t.Errorf("a get makes %v allocations, and %d entries", n, len(l.entries)+len(l.written))
	}
	for range 3 {
		l.End(l.Begin(&Operation{Op: Put, Record: records - 1, Version: 1}), OK, nil, nil)
	}
	if len(l.written) != 1 {
		t.Errorf("%d entries after puts of one record", len(l.written))
	}
}
