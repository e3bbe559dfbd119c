package bench

import (
	"fmt"
	"sync"
	"testing"

	"dhtbench/node"
)

// TestLedgerNeverAccusesAGoodStore is the soundness of judge: whatever the
// interleaving, a store that does one operation at a time is never blamed.
func TestLedgerNeverAccusesAGoodStore(t *testing.T) {
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
			if f != findingOK && (f != findingAbsent || s.loaded && !s.deletes) {
				t.Fatalf("seed %d: %v %d times, with %s", seed, f, n, shape)
			}
		}
		if findings[findingOK] == 0 {
			t.Fatalf("seed %d: nothing was found and judged, with %s", seed, shape)
		}
	}
}

func TestLedgerFindsFaults(t *testing.T) {
	faults := map[storeFault]finding{
		faultLost: findingLost, faultUndeleted: findingResurrected, faultTorn: findingTorn, faultForeign: findingForeign,
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
						// What is too short to say that it is old or another's is
						// still not what it should be.
						if f != want && f != findingOK && f != findingAbsent && (long || f != findingTorn) {
							t.Errorf("found %v", findings)
						}
					}
				})
			}
		}
	}
}

// TestSharedLedgerFindsFaults: of records that others write as well, it still
// tells its own values that are too old, and what is wrong in itself.
func TestSharedLedgerFindsFaults(t *testing.T) {
	for fault, want := range map[storeFault]finding{faultLost: findingLost, faultTorn: findingTorn, faultForeign: findingForeign} {
		s := simulation{clients: 2, inflight: 2, records: 5, deletes: true, loaded: true, long: true, fault: fault}
		if findings := s.run(60_000, 1); findings[want] < 5 {
			t.Errorf("found %v, want %v", findings, want)
		}
	}
}

func TestLedgerJudgesOneAfterTheOther(t *testing.T) {
	const record = 3
	key := recordKey(record)
	l := newLedger(ledgerOptions{writer: 9, long: true})
	put := func(version uint32, o outcome) { l.end(l.begin(record, node.OpPut, version), o) }
	del := func(o outcome) { l.end(l.begin(record, node.OpDel, 0), o) }
	get := func(value []byte, found bool, want finding) {
		t.Helper()
		ticket := l.begin(record, node.OpGet, 0)
		if f := l.judge(ticket, key, value, found); f != want {
			t.Errorf("get is judged %v, want %v: %s", f, want, l.explain(ticket, key, value, found))
		}
	}
	value := func(version uint32) []byte { return appendValue(nil, 20, key, 9, version) }

	get(nil, false, findingAbsent)
	get(value(1), true, findingForeign) // not put yet
	put(1, outcomeDone)
	get(value(1), true, findingOK)
	get(nil, false, findingLost)
	put(2, outcomeFailed)
	get(value(1), true, findingOK)
	put(3, outcomeDone)
	get(value(1), true, findingLost)
	get(value(3), true, findingOK)
	get(value(4), true, findingForeign)
	get(appendValue(nil, 20, key, 8, 3), true, findingForeign) // of a client that does not write it
	get(appendValue(nil, 20, recordKey(4), 9, 3), true, findingForeign)
	get(value(3)[:19], true, findingTorn)
	get(value(3)[:15], true, findingTorn)
	del(outcomeDone)
	get(nil, false, findingAbsent)
	get(value(3), true, findingResurrected)
	again := l.begin(record, node.OpDel, 0)
	if f := l.judge(again, key, nil, true); f != findingResurrected {
		t.Errorf("a second del that finds it is judged %v", f)
	}
	if f := l.judge(again, key, nil, false); f != findingAbsent {
		t.Errorf("a second del that finds nothing is judged %v", f)
	}
	l.end(again, outcomeDone)
	put(5, outcomeDone)
	first := l.begin(record, node.OpDel, 0)
	if f := l.judge(first, key, nil, false); f != findingLost {
		t.Errorf("a del that finds nothing, with no other under way, is judged %v", f)
	}
	other := l.begin(record, node.OpDel, 0)
	if f := l.judge(first, key, nil, false); f != findingAbsent {
		t.Errorf("a del that finds nothing, with another under way, is judged %v", f)
	}
	l.end(other, outcomeFailed)
	l.end(first, outcomeFailed)
	put(6, outcomeUnknown)
	put(7, outcomeDone) // the one before may come after it
	get(value(5), true, findingOK)
	get(value(6), true, findingOK)
	get(value(3), true, findingLost)
}

func TestLedgerKnowsLoadedRecords(t *testing.T) {
	others := appendValue(nil, 20, recordKey(1), 5, 1)
	for _, deletes := range []bool{true, false} {
		l := newLedger(ledgerOptions{writer: 9, shared: true, deletes: deletes, loaded: 2})
		missing := findingLost
		if deletes {
			missing = findingAbsent
		}
		for record, want := range []finding{missing, missing, findingAbsent} {
			read := l.begin(uint64(record), node.OpGet, 0)
			if f := l.judge(read, recordKey(uint64(record)), nil, false); f != want {
				t.Errorf("record %d of 2, others delete: %v; absence is judged %v, want %v", record, deletes, f, want)
			}
		}
		if f := l.judge(l.begin(1, node.OpGet, 0), recordKey(1), others, true); f != findingOK {
			t.Errorf("another client's value is judged %v", f)
		}
	}
}

func TestLedgerJudgesShortValues(t *testing.T) {
	key := recordKey(0)
	for size := 1; size < valueHead; size++ {
		l := newLedger(ledgerOptions{})
		l.end(l.begin(0, node.OpPut, 1), outcomeDone)
		value := appendValue(nil, size, key, 0, 1)
		read := l.begin(0, node.OpGet, 0)
		if f := l.judge(read, key, value, true); f != findingOK {
			t.Errorf("the value of %d bytes that was put is judged %v", size, f)
		}
		value[size-1] ^= 1
		if f := l.judge(read, key, value, true); f != findingTorn {
			t.Errorf("another value of %d bytes is judged %v", size, f)
		}
		l.begin(0, node.OpPut, 2) // which may have come first: now it could be either
		if f := l.judge(read, key, value, true); f != findingOK {
			t.Errorf("a value of %d bytes that may be of another put is judged %v", size, f)
		}
	}
}

func TestLedgerFromSeveralGoroutines(t *testing.T) {
	const callers, operations, records = 4, 5000, 3
	l := newLedger(ledgerOptions{long: true})
	var mu sync.Mutex
	store := make(map[uint64][]byte)
	var version uint32
	perform := func(random *splitmix, op node.Op, record uint64) {
		key := recordKey(record)
		mu.Lock() // versions rise from one begin to the next
		var value []byte
		if op == node.OpPut {
			version++
			value = appendValue(nil, 32, key, 0, version)
		}
		ticket := l.begin(record, op, version)
		mu.Unlock()

		mu.Lock()
		reply, found := store[record]
		switch op {
		case node.OpPut:
			store[record] = value
		case node.OpDel:
			delete(store, record)
		}
		mu.Unlock()

		if op != node.OpPut {
			if f := l.judge(ticket, key, reply, found); f != findingOK && f != findingAbsent {
				t.Errorf("%v: %v: %s", op, f, l.explain(ticket, key, reply, found))
			}
		}
		l.end(ticket, outcomeDone)
	}
	var wg sync.WaitGroup
	for c := range uint64(callers) {
		wg.Go(func() {
			random := splitmix{state: c}
			for range operations {
				perform(&random, node.OpPut+node.Op(random.uint64n(3)), random.uint64n(records))
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
		l.end(l.begin(7, node.OpPut, 1), outcomeDone)
		if n := testing.AllocsPerRun(100, func() {
			l.end(l.begin(7, node.OpPut, 1), outcomeDone)
			l.judge(l.begin(7, node.OpGet, 0), key, value, true)
		}); n != 0 {
			t.Errorf("values of %d bytes: %v allocations", size, n)
		}
	}
}

func BenchmarkLedger(b *testing.B) {
	const records = 1 << 16
	key := recordKey(0)
	value := appendValue(nil, 32, key, 0, 1)
	for name, do := range map[string]func(l *ledger, record uint64){
		"put": func(l *ledger, record uint64) { l.end(l.begin(record, node.OpPut, 1), outcomeDone) },
		"get": func(l *ledger, record uint64) { l.judge(l.begin(record, node.OpGet, 0), key, value, true) },
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
