package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"dhtbench/node"
	"dhtbench/results"

	"github.com/shirou/gopsutil/v4/cpu"
	"golang.org/x/sys/unix"
)

// usage is what the process has used, and what was done to it, up to an instant.
type usage struct {
	at               int64
	userNS, systemNS int64
	stealNS          int64
	throttledNS      int64
	vitals           node.Vitals
}

// readUsage reads it. What a kernel does not tell counts as nothing.
func (a *agent) readUsage() (usage, error) {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return usage{}, fmt.Errorf("read the agent's use of CPU: %w", err)
	}
	u := usage{at: a.clock.now(), userNS: r.Utime.Nano(), systemNS: r.Stime.Nano(), throttledNS: throttled("/"), vitals: node.ReadVitals()}
	if times, err := cpu.Times(false); err == nil && len(times) == 1 {
		u.stealNS = int64(times[0].Steal * float64(time.Second))
	}
	return u, nil
}

// used is what was used between two readings.
func (a *agent) used(before, after usage) results.Agent {
	vitals := after.vitals.Since(before.vitals)
	vitals.Hiccups = a.hiccups.Between(before.at, after.at)
	return results.Agent{
		GOMAXPROCS:  runtime.GOMAXPROCS(0),
		WallNS:      after.at - before.at,
		UserNS:      after.userNS - before.userNS,
		SystemNS:    after.systemNS - before.systemNS,
		StealNS:     after.stealNS - before.stealNS,
		ThrottledNS: after.throttledNS - before.throttledNS,
		Runtime:     runtimeOf(vitals),
	}
}

// throttled is for how long the limit of this process's control group, version 2,
// has held it back, as files below root tell. A limit of version 1, or of a group
// above, is not seen.
func throttled(root string) int64 {
	own, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return 0
	}
	_, path, found := bytes.Cut(bytes.TrimSpace(own), []byte("0::"))
	if !found {
		return 0
	}
	stat, err := os.ReadFile(filepath.Join(root, "sys/fs/cgroup", string(path), "cpu.stat"))
	if err != nil {
		return 0
	}
	_, after, found := bytes.Cut(stat, []byte("throttled_usec "))
	if !found {
		return 0
	}
	text, _, _ := bytes.Cut(after, []byte("\n"))
	usec, _ := strconv.ParseInt(string(text), 10, 64)
	return usec * int64(time.Microsecond)
}
