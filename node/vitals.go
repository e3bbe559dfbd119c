package node

import (
	"bytes"
	"context"
	"math"
	"os"
	"runtime/metrics"
	"strconv"
)

// Vitals are the delays of a process by the Go runtime and the kernel, since its
// start or between two readings. No number is negative.
type Vitals struct {
	GCs int64 `json:"gcs"` // completed garbage collections
	// GCPauseNS is the sum of the garbage collector's stop-the-world pauses. The
	// runtime counts them in buckets; each counts as the middle of its bucket,
	// which is at most an eighth off.
	GCPauseNS int64 `json:"gc_pause_ns"`
	// SchedP99NS is the p99 of the time from when a goroutine was ready to run
	// until it ran: the upper edge of the bucket, at most a quarter too long. 0:
	// no goroutine waited.
	SchedP99NS int64 `json:"sched_p99_ns"`
	// RunDelayNS is the time in which threads were ready to run and had no
	// processor, summed over the threads that still run. 0 where the kernel does
	// not report it.
	RunDelayNS int64 `json:"run_delay_ns"`
	// Hiccups are from a HiccupMeter, in order of time. ReadVitals and Since
	// leave them nil.
	Hiccups []Hiccup `json:"hiccups,omitempty"`

	waits *metrics.Float64Histogram // of goroutines; nil: unknown
}

// Usage is what a process used of its host. A 0 means unknown.
type Usage struct {
	CPUNS   int64 `json:"cpu_ns"` // processor time, since its start or between two readings
	Held          // at the last reading
	AtStart Held  `json:"at_start,omitzero"` // at the reading before it
}

// Held is what a process holds at an instant. A 0 means unknown.
type Held struct {
	RSSBytes    int64 `json:"rss_bytes,omitempty"`   // resident memory
	Goroutines  int64 `json:"goroutines,omitempty"`  // known only of the process that reads
	Descriptors int64 `json:"descriptors,omitempty"` // open file descriptors
}

// VitalsMessage is the line of JSON with which a server answers the line
// {"vitals":{}} of its parent process: its vitals and its usage since the last such
// line, or since its start.
type VitalsMessage struct {
	Vitals *Vitals `json:"vitals,omitempty"` // nil: unknown, as of a program in another language
	Usage  Usage   `json:"usage"`
}

// ReadVitals returns the vitals of this process since its start.
func ReadVitals() Vitals {
	samples := []metrics.Sample{
		{Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/sched/pauses/total/gc:seconds"},
		{Name: "/sched/latencies:seconds"},
	}
	metrics.Read(samples)
	v := Vitals{GCs: int64(samples[0].Value.Uint64()), RunDelayNS: runDelay()}
	pauses := samples[1].Value.Float64Histogram()
	for i, n := range pauses.Counts {
		if n > 0 {
			v.GCPauseNS += int64(float64(n) * middle(pauses.Buckets[i], pauses.Buckets[i+1]))
		}
	}
	v.waits = samples[2].Value.Float64Histogram()
	v.SchedP99NS = p99(v.waits.Buckets, v.waits.Counts)
	return v
}

// Since returns the vitals between two readings of one process, of which before
// is the earlier.
func (v Vitals) Since(before Vitals) Vitals {
	d := Vitals{
		GCs:        v.GCs - before.GCs,
		GCPauseNS:  v.GCPauseNS - before.GCPauseNS,
		RunDelayNS: max(0, v.RunDelayNS-before.RunDelayNS), // negative if a thread has ended
	}
	if v.waits == nil || before.waits == nil {
		return d
	}
	counts := make([]uint64, len(v.waits.Counts))
	for i := range counts {
		counts[i] = v.waits.Counts[i] - before.waits.Counts[i]
	}
	d.waits = &metrics.Float64Histogram{Counts: counts, Buckets: v.waits.Buckets}
	d.SchedP99NS = p99(d.waits.Buckets, counts)
	return d
}

// ownVitals returns a function that returns the vitals and the usage of this
// process since its last call, the first time since now. It works until ctx ends.
// It is not safe for concurrent use.
func ownVitals(ctx context.Context) (func() VitalsMessage, error) {
	meter := new(HiccupMeter)
	if err := meter.Start(ctx); err != nil {
		return nil, err
	}
	then, before, usage := meter.clock.Now(), ReadVitals(), childVitals(os.Getpid())
	return func() VitalsMessage {
		now, all := meter.clock.Now(), ReadVitals()
		v := all.Since(before)
		v.Hiccups = meter.Between(then, now)
		then, before = now, all
		m := usage()
		m.Vitals = &v
		return m
	}, nil
}

// childVitals is ownVitals for any process on this host, with only the usage.
func childVitals(pid int) func() VitalsMessage {
	before := ReadUsage(pid)
	return func() VitalsMessage {
		now := ReadUsage(pid)
		u := Usage{CPUNS: max(0, now.CPUNS-before.CPUNS), Held: now.Held, AtStart: before.Held}
		before = now
		return VitalsMessage{Usage: u}
	}
}

// middle returns the middle, in nanoseconds, of a bucket between two edges in
// seconds. If one edge is infinite it returns the other.
func middle(low, high float64) float64 {
	switch {
	case math.IsInf(low, -1):
		low = high
	case math.IsInf(high, 1):
		high = low
	}
	return (low + high) / 2 * 1e9
}

// p99 returns the upper edge, in nanoseconds, of the bucket with the p99. edges
// are in seconds. 0: all counts are 0.
func p99(edges []float64, counts []uint64) int64 {
	var all uint64
	for _, n := range counts {
		all += n
	}
	above := all / 100 // the number of values above p99
	for i := len(counts) - 1; i >= 0; i-- {
		if counts[i] > above {
			edge := edges[i+1]
			if math.IsInf(edge, 1) {
				edge = edges[i]
			}
			return int64(math.Round(edge * 1e9))
		}
		above -= counts[i]
	}
	return 0
}

// runDelay returns the run delay of the threads of this process, in nanoseconds:
// the second field of schedstat, see the kernel's sched-stats.rst. 0: unknown.
func runDelay() int64 {
	const tasks = "/proc/self/task/"
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return 0
	}
	var all int64
	for _, thread := range threads {
		stat, err := os.ReadFile(tasks + thread.Name() + "/schedstat")
		if err != nil {
			continue // the thread has ended, or the kernel does not count
		}
		if fields := bytes.Fields(stat); len(fields) > 1 {
			delay, _ := strconv.ParseInt(string(fields[1]), 10, 64)
			all += delay
		}
	}
	return all
}
