package node

import (
	"encoding/json"
	"math"
	"runtime"
	"sync"
	"testing"
)

func TestP99(t *testing.T) {
	edges := []float64{math.Inf(-1), 0, 1e-6, 2e-6, 3e-6, math.Inf(1)}
	for _, test := range []struct {
		counts []uint64
		want   int64
	}{
		{[]uint64{0, 0, 0, 0, 0}, 0},
		{[]uint64{0, 1, 0, 0, 0}, 1000},
		{[]uint64{0, 99, 1, 0, 0}, 1000},
		{[]uint64{0, 98, 2, 0, 0}, 2000},
		{[]uint64{0, 990, 0, 10, 0}, 1000},
		{[]uint64{0, 989, 0, 11, 0}, 3000},
		{[]uint64{0, 0, 0, 0, 5}, 3000},
	} {
		if got := p99(edges, test.counts); got != test.want {
			t.Errorf("p99 of %v is %d, want %d", test.counts, got, test.want)
		}
	}
}

func TestMiddle(t *testing.T) {
	inf := math.Inf(1)
	for _, test := range []struct{ low, high, want float64 }{
		{1e-6, 3e-6, 2000}, {-inf, 0, 0}, {5e-6, inf, 5000},
	} {
		if got := middle(test.low, test.high); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("middle of %v and %v is %v, want %v", test.low, test.high, got, test.want)
		}
	}
}

// Since returns what happened between two readings.
func TestVitalsSince(t *testing.T) {
	runtime.GC()
	before := ReadVitals()
	for range 3 {
		runtime.GC()
	}
	turns := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range turns {
			}
		})
	}
	for i := range 1000 {
		turns <- i
	}
	close(turns)
	wg.Wait()
	v := ReadVitals().Since(before)
	if v.GCs < 3 || v.GCPauseNS <= 0 || v.SchedP99NS <= 0 {
		t.Errorf("vitals are %+v, want 3 collections with pauses, and goroutines that waited", v)
	}
	if v.GCPauseNS > ReadVitals().GCPauseNS || v.waits == nil {
		t.Errorf("pauses of %d ns are more than those since the start", v.GCPauseNS)
	}
	now := ReadVitals()
	if nothing := now.Since(now); nothing.GCs != 0 || nothing.GCPauseNS != 0 || nothing.SchedP99NS != 0 || nothing.RunDelayNS != 0 {
		t.Errorf("between one reading and itself: %+v", nothing)
	}
}

func TestVitalsMessage(t *testing.T) {
	v := Vitals{GCs: 1, GCPauseNS: 2, SchedP99NS: 3, RunDelayNS: 4, Hiccups: []Hiccup{{AtNS: 5, NS: 6}}}
	line, err := json.Marshal(VitalsMessage{Vitals: &v, Usage: Usage{CPUNS: 7, Held: Held{RSSBytes: 8}}})
	const want = `{"vitals":{"gcs":1,"gc_pause_ns":2,"sched_p99_ns":3,"run_delay_ns":4,"hiccups":[{"at_ns":5,"ns":6}]},"usage":{"cpu_ns":7,"rss_bytes":8}}`
	if string(line) != want || err != nil {
		t.Errorf("message is %s, %v; want %s", line, err, want)
	}
}

func BenchmarkReadVitals(b *testing.B) {
	for b.Loop() {
		ReadVitals()
	}
}
