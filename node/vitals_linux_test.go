//go:build amd64 || arm64 || riscv64

package node

import (
	"encoding/json"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// processTime returns the processor time of this process.
func processTime() time.Duration {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// With more busy threads than processors, threads wait for a processor.
func TestRunDelay(t *testing.T) {
	if _, err := os.ReadFile("/proc/self/schedstat"); err != nil {
		t.Skip("the kernel does not count run delays: ", err)
	}
	spinners := 4 * runtime.NumCPU()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(spinners))
	before := ReadVitals()
	end := time.Now().Add(100 * time.Millisecond)
	var wg sync.WaitGroup
	for range spinners {
		wg.Go(func() {
			for time.Now().Before(end) {
			}
		})
	}
	wg.Wait()
	if v := ReadVitals().Since(before); v.RunDelayNS < int64(50*time.Millisecond) {
		t.Errorf("run delay is %v, want most of 100 ms for each of %d threads", time.Duration(v.RunDelayNS), spinners)
	}
}

// vitals asks a node for its vitals.
func (c *child) vitals(t *testing.T) Vitals {
	t.Helper()
	if _, err := io.WriteString(c.stdin, "{\"vitals\":{}}\n"); err != nil {
		t.Fatal(err)
	}
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var message VitalsMessage
	if err := json.Unmarshal(line, &message); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	usage := message.Usage
	if usage.CPUNS <= 0 || min(usage.RSSBytes, usage.AtStart.RSSBytes) < 1<<20 || min(usage.Goroutines, usage.AtStart.Goroutines) < 1 ||
		min(usage.Descriptors, usage.AtStart.Descriptors) < 3 {
		t.Errorf("usage %+v, want processor time, and memory, goroutines and descriptors twice", usage)
	}
	return *message.Vitals
}

// A node reports a stop of its process as a hiccup, once, with its end on the host's
// clock. It still answers heartbeats.
func TestNodeReportsVitals(t *testing.T) {
	const hold = 60 * time.Millisecond
	child := startChild(t, "127.0.0.1:0")
	conn := dialConn(t, Cluster{Addrs: []string{child.ready.Addr}})
	clock := NewClock()
	child.vitals(t) // since its start
	begin := clock.Now()
	child.cmd.Process.Signal(syscall.SIGSTOP)
	child.waitStopped(t)
	stop := clock.Now()
	conn.SetReadDeadline(time.Now().Add(hold))
	conn.In.Wait() // for hold
	stopped := clock.Now() - stop
	child.cmd.Process.Signal(syscall.SIGCONT)

	var longest Hiccup
	for asked := 0; longest.NS < stopped-int64(hiccupPeriod) && asked < 1000; asked++ { // the meter's turn may come after ours
		for _, h := range child.vitals(t).Hiccups {
			if h.NS > longest.NS {
				longest = h
			}
		}
	}
	end := clock.Now()
	if longest.NS < stopped-int64(hiccupPeriod) || longest.NS > end-begin+int64(hiccupPeriod) {
		t.Errorf("the longest hiccup is %v, want about %v", time.Duration(longest.NS), time.Duration(stopped))
	}
	if longest.AtNS < stop+stopped || longest.AtNS > end {
		t.Errorf("it ended at %d, want a time between %d and %d", longest.AtNS, stop+stopped, end)
	}
	for _, h := range child.vitals(t).Hiccups {
		if h.AtNS <= longest.AtNS {
			t.Errorf("the hiccup at %d is reported again", h.AtNS)
		}
	}
	io.WriteString(child.stdin, "\n")
	if line, err := child.out.ReadString('\n'); line != "\n" || err != nil {
		t.Errorf("heartbeat was answered with %q, %v", line, err)
	}
}

// BenchmarkHiccupMeter measures a meter's share of one processor in an idle process.
func BenchmarkHiccupMeter(b *testing.B) {
	new(HiccupMeter).Start(b.Context())
	for b.Loop() {
		used := processTime()
		began := time.Now()
		<-time.After(time.Second)
		b.ReportMetric(100*float64(processTime()-used)/float64(time.Since(began)), "%cpu")
	}
}
