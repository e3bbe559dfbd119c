package bench

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"dhtbench/node"
	"dhtbench/results"
)

func TestRecorderCountsByOutcome(t *testing.T) {
	p := phases()
	p.Loop, p.Workload = Open, "get=1"
	r := newRecorder(p, 5, true)
	lost := fmt.Errorf("put: %w", node.ErrUnknown)
	for i, err := range []error{nil, node.ErrNotFound, fmt.Errorf("put: %w", node.ErrFailed), lost, errors.New("anything else")} {
		at := int64(i) * 100
		r.record(node.OpGet, timing{at, at + 20, at + 50}, err)
	}
	for f := findingOK; f <= findingForeign; f++ {
		r.find(f, false, errors.New("wrong"))
	}
	want := results.Counts{OK: 1, NotFound: 1, Failed: 1, Unknown: 2, Wrong: 4, Absent: 1, Torn: 1, Foreign: 1, Lost: 1, Missing: 1, Resurrected: 1}
	if r.counts != want {
		t.Errorf("%+v, want %+v", r.counts, want)
	}
	c := r.result()
	if c.Service.Count() != 2 || c.Service.Sum() != 60 || c.Response.Sum() != 100 || c.Lag.Sum() != 40 {
		t.Errorf("service %v, response %v, lag %v of %d operations, want those of the 2 that got a reply",
			c.Service.Sum(), c.Response.Sum(), c.Lag.Sum(), c.Service.Count())
	}
	if len(c.Kinds) != 1 || c.Kinds["get"].Count() != 2 || len(r.points) != 2 || r.points[1] != (point{150, 50}) {
		t.Errorf("kinds %v, points %v", c.Kinds, r.points)
	}
	if !errors.Is(r.first, node.ErrFailed) {
		t.Errorf("first error %v", r.first)
	}
}

func TestMilestonesAreEqualShares(t *testing.T) {
	for _, operations := range []int{1, 7, 99, 100, 101, 199, 200, 201, 2000, 12345} {
		var m milestones
		for i := 1; i <= operations; i++ {
			m.add(int64(i) * 1000)
		}
		all := m.marks()
		if len(all) != min(operations, marks) || all[len(all)-1] != int64(operations)*1000 {
			t.Fatalf("%d operations: %d marks, the last at %d", operations, len(all), all[len(all)-1])
		}
		for i, at := range all {
			if want := float64(i+1) / float64(len(all)) * float64(operations) * 1000; float64(at) < want-2 || float64(at) > want+2 {
				t.Errorf("%d operations: mark %d at %d, want %v", operations, i, at, want)
			}
		}
	}
}

func TestRecordAllocatesNothing(t *testing.T) {
	for _, loop := range []string{Closed, Open} {
		p := phases()
		p.Loop = loop
		r := newRecorder(p, 1<<20, true)
		if n := testing.AllocsPerRun(1000, func() { r.record(node.OpGet, timing{100, 120, 30_100}, nil) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", loop, n)
		}
	}
}

// BenchmarkRecord is the cost of recording one operation, clock readings left out.
func BenchmarkRecord(b *testing.B) {
	for _, c := range []struct {
		name     string
		change   func(*results.Params)
		timeline bool
	}{
		{"loop=closed", func(p *results.Params) {}, false},
		{"loop=closed/timeline", func(p *results.Params) {}, true},
		{"loop=open", func(p *results.Params) { p.Loop = Open }, true},
		{"loop=open/mix", func(p *results.Params) { p.Loop, p.Workload = Open, "get=1" }, true},
		{"loop=open/mix/anatomy", func(p *results.Params) { p.Loop, p.Workload, p.Breakdown = Open, "get=1", true }, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := phases()
			c.change(&p)
			r := newRecorder(p, 1<<20, c.timeline)
			b.ReportAllocs()
			at := int64(0)
			for b.Loop() {
				if len(r.points) == cap(r.points) {
					r.points = r.points[:0] // as a phase of another client begins
				}
				at += 30_000
				t := timing{at, at + 100, at + 30_000 + at&0x3ff}
				r.record(node.OpGet, t, nil)
				r.dissect(t, 2000, 500)
			}
		})
	}
}

// BenchmarkGet is a get at a node on loopback in the closed loop, with all that is
// recorded and with nothing: what the recording adds to an operation.
func BenchmarkGet(b *testing.B) {
	addr, _ := startNode(b)
	for _, recorded := range []bool{false, true} {
		b.Run(fmt.Sprintf("recorded=%v", recorded), func(b *testing.B) {
			p := phases()
			p.Loop, p.Workload = Open, "get=1" // all histograms there are
			r := newRecorder(p, 1<<20, true)
			client := node.NewClient(node.Cluster{Addrs: []string{addr}}, node.ClientOptions{})
			defer client.Close()
			clock, err := newClock()
			if err != nil {
				b.Fatal(err)
			}
			key := []byte("key")
			if err := client.Put(context.Background(), key, key); err != nil {
				b.Fatal(err)
			}
			var value []byte
			for b.Loop() {
				send := clock.now()
				value, err = client.AppendGet(context.Background(), value[:0], key)
				completion := clock.now()
				if recorded {
					r.record(node.OpGet, timing{send, send, completion}, err)
				}
			}
		})
	}
}

// BenchmarkClock is the cost of one reading of the clock.
func BenchmarkClock(b *testing.B) {
	c, err := newClock()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c.now()
	}
}
