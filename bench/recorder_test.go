package bench

import (
	"errors"
	"fmt"
	"testing"

	"dhtbench/node"
	"dhtbench/results"
)

func TestRecorderCountsByOutcome(t *testing.T) {
	r := newRecorder(5)
	lost := fmt.Errorf("put: %w", node.ErrUnknown)
	for i, err := range []error{nil, node.ErrNotFound, fmt.Errorf("put: %w", node.ErrFailed), lost, errors.New("anything else")} {
		r.record(int64(i)*100, int64(i)*100+50, err)
	}
	r.wrong(errors.New("wrong"))
	want := results.Counts{OK: 1, NotFound: 1, Failed: 1, Unknown: 2, Wrong: 1}
	if r.counts != want {
		t.Errorf("%+v, want %+v", r.counts, want)
	}
	if r.service.Count() != 2 || r.service.Sum() != 100 {
		t.Errorf("service time of %d operations, want of the 2 that got a reply", r.service.Count())
	}
	if !errors.Is(r.first, node.ErrNotFound) {
		t.Errorf("first error %v", r.first)
	}
}

func TestRecorderMarksEveryHundredth(t *testing.T) {
	for _, operations := range []int{1, 7, 99, 100, 101, 2000, 12345} {
		r := newRecorder(operations)
		for i := 1; i <= operations; i++ {
			r.record(0, int64(i), nil)
		}
		if r.marked != marks {
			t.Fatalf("%d operations: %d marks, want %d", operations, r.marked, marks)
		}
		for i, at := range r.marks {
			// Operation number at is the first with which the share is reached.
			share := float64(i+1) / marks * float64(operations)
			if float64(at) < share-1e-9 || float64(at) >= share+1 {
				t.Errorf("%d operations: mark %d at operation %d, want the first >= %v", operations, i, at, share)
			}
		}
	}
}

func TestRecordAllocatesNothing(t *testing.T) {
	r := newRecorder(1 << 30)
	if n := testing.AllocsPerRun(1000, func() { r.record(100, 30_100, nil) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// BenchmarkRecord is the cost of recording one operation, both clock readings
// included.
func BenchmarkRecord(b *testing.B) {
	c, err := newClock()
	if err != nil {
		b.Fatal(err)
	}
	r := newRecorder(1 << 40)
	b.ReportAllocs()
	for b.Loop() {
		send := c.now()
		r.record(send, c.now(), nil)
	}
}
