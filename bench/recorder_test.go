package bench

import (
	"errors"
	"testing"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/node"
	"dhtbench/results"
)

// ended is a get with the given outcome, sent 20 ns late and completed 30 ns later.
func ended(at int64, o workload.Outcome, v workload.Verification, err error) *slot {
	return &slot{
		Operation: workload.Operation{Op: workload.Get}, intended: at, send: at + 20, completion: at + 50,
		reply: target.Reply{Outcome: o}, verification: v, err: err,
	}
}

func TestRecorderCountsByOutcome(t *testing.T) {
	p := phases()
	p.Loop, p.Workload = results.OpenLoop, "get=1"
	r := newRecorder(p, 5)
	keepTimeline(t, r)
	r.until = 1000
	failed := errors.New("failed")
	r.record(ended(0, workload.OK, workload.Correct, nil))
	r.record(ended(100, workload.NotFound, workload.Absent, nil))
	r.record(ended(200, workload.Failed, workload.Correct, failed))
	r.record(ended(300, workload.Unknown, workload.Correct, errors.New("unknown")))
	for _, v := range []workload.Verification{workload.LostUpdate, workload.Resurrected, workload.TornValue, workload.ForeignValue} {
		r.record(ended(400, workload.OK, v, errors.New("wrong")))
	}
	r.record(ended(500, workload.NotFound, workload.LostUpdate, errors.New("wrong")))
	r.record(ended(1000, workload.OK, workload.Correct, nil)) // after the window
	r.leave(70)
	want := results.Counts{OK: 6, NotFound: 2, Failed: 1, Unknown: 1, Unsent: 1, Wrong: 5, Absent: 1, Torn: 1, Foreign: 1, Lost: 2, Missing: 1, Resurrected: 1}
	if r.counts != want {
		t.Errorf("%+v, want %+v", r.counts, want)
	}
	c := r.client(0, "h", 0)
	if c.Service.Count() != 8 || c.Service.Sum() != 240 || c.Response.Sum() != 400 || c.Lag.Sum() != 160 || c.Completed != 7 {
		t.Errorf("service %v, response %v, lag %v of %d operations and %d completed, want those of the 8 with a reply",
			c.Service.Sum(), c.Response.Sum(), c.Lag.Sum(), c.Service.Count(), c.Completed)
	}
	if c.NoReply.Count() != 2 || c.NoReply.Sum() != 120 {
		t.Errorf("%d operations without a reply waited for %v", c.NoReply.Count(), c.NoReply.Sum())
	}
	if len(c.Kinds) != 1 || c.Kinds["get"].Count() != 8 || len(r.points) != 8 || r.points[1] != (point{100, 50}) {
		t.Errorf("kinds %v, points %v", c.Kinds, r.points)
	}
	if r.first != failed {
		t.Errorf("first error %v", r.first)
	}
}

// TestBreakdownIsAbsentWithoutTimes: a reply without the times of the server makes no
// breakdown, and one with them does.
func TestBreakdownIsAbsentWithoutTimes(t *testing.T) {
	p := phases()
	p.Loop, p.Breakdown = results.OpenLoop, true
	r := newRecorder(p, 5)
	s := ended(0, workload.OK, workload.Correct, nil)
	r.record(s)
	if b := r.client(0, "h", 0).Breakdown; b != nil {
		t.Errorf("breakdown of %d operations", b.Work.Count())
	}
	s.reply.Timed, s.reply.Queue, s.reply.Work = true, 5, 6
	r.record(s)
	if b := r.client(0, "h", 0).Breakdown; b == nil || b.Work.Sum() != 6 || b.Queue.Sum() != 5 || b.Network.Sum() != 19 {
		t.Errorf("breakdown %+v", b)
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

// keepTimeline makes r give its operations to a timeline that ends with the test.
func keepTimeline(t testing.TB, r *recorder) {
	line := newTimeline(0, 1)
	t.Cleanup(func() { line.end(nil) })
	r.keepTimeline(line, 1<<20)
}

func TestRecordAllocatesNothing(t *testing.T) {
	for _, loop := range []string{results.ClosedLoop, results.OpenLoop} {
		p := phases()
		p.Loop = loop
		r := newRecorder(p, 1<<20)
		keepTimeline(t, r)
		s := ended(100, workload.OK, workload.Correct, nil)
		if n := testing.AllocsPerRun(3*pointsTogether, func() { r.record(s) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", loop, n)
		}
	}
}

// BenchmarkRecord measures the recording of one operation without clock readings.
func BenchmarkRecord(b *testing.B) {
	for _, c := range []struct {
		name     string
		change   func(*results.Params)
		timeline bool
	}{
		{"loop=closed", func(p *results.Params) {}, false},
		{"loop=closed/timeline", func(p *results.Params) {}, true},
		{"loop=open", func(p *results.Params) { p.Loop = results.OpenLoop }, true},
		{"loop=open/mix", func(p *results.Params) { p.Loop, p.Workload = results.OpenLoop, "get=1" }, true},
		{"loop=open/mix/breakdown", func(p *results.Params) { p.Loop, p.Workload, p.Breakdown = results.OpenLoop, "get=1", true }, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := phases()
			c.change(&p)
			r := newRecorder(p, 1<<20)
			if c.timeline {
				keepTimeline(b, r)
			}
			s := ended(0, workload.OK, workload.Correct, nil)
			s.reply.Timed, s.reply.Queue, s.reply.Work = true, 2000, 500
			b.ReportAllocs()
			at := int64(0)
			for b.Loop() {
				at += 30_000
				s.intended, s.send, s.completion = at, at+100, at+30_000+at&0x3ff
				r.record(s)
			}
		})
	}
}

// BenchmarkClosedLoop measures the closed loop of one client at a node on loopback,
// with recording: the time from one send to the next.
func BenchmarkClosedLoop(b *testing.B) {
	addr, _ := startNode(b)
	p := mixed("get=1")
	p.Clients = 1
	w := planOf(b, p)
	c := &client{
		plan: w, target: w.target, servers: []string{addr}, clock: node.NewClock(),
		source: workload.NewSource(w.options, 0), ledger: workload.NewLedger(w.options, 0),
	}
	if err := c.begin(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer c.eachConnection((*connection).close)
	rec := newRecorder(w.Params, 0)
	b.ReportAllocs()
	b.ResetTimer()
	if err := c.closedLoop(b.Context(), extent{operations: b.N}, rec); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkClock measures one reading of the clock.
func BenchmarkClock(b *testing.B) {
	c := node.NewClock()
	for b.Loop() {
		c.Now()
	}
}
