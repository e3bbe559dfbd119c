package results

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// repeated repeats the lines of a results file until left is 0.
type repeated struct {
	lines [][]byte
	left  int // lines
	rest  []byte
	next  int
}

func (r *repeated) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		r.rest = r.lines[r.next%len(r.lines)]
		r.next, r.left = r.next+1, r.left-1
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// BenchmarkReadAndSummarize reads and summarizes 10,000 trials: those of a default
// sweep, and those of a study with its timelines. It reports the processor time of both
// as read-cpu-s and summarize-cpu-s, and the memory in use as MB.
func BenchmarkReadAndSummarize(b *testing.B) {
	const trials = 10_000
	for _, name := range []string{"loopback.jsonl", "verdict.jsonl"} {
		b.Run(fmt.Sprintf("%s/trials=%d", name, trials), func(b *testing.B) {
			text, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				before := processorTime(b)
				all, err := Read(name, &repeated{lines: bytes.SplitAfter(text, []byte("\n"))[:bytes.Count(text, []byte("\n"))], left: trials})
				if err != nil || len(all) != trials {
					b.Fatal(len(all), err)
				}
				read := processorTime(b)
				settings := Summarize(all)
				b.ReportMetric((read - before).Seconds(), "read-cpu-s")
				b.ReportMetric((processorTime(b) - read).Seconds(), "summarize-cpu-s")
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				b.ReportMetric(float64(m.Sys-m.HeapReleased)/1e6, "MB")
				runtime.KeepAlive(settings)
			}
		})
	}
}

// processorTime returns the processor time of this process.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
