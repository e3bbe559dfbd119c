package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"dhtbench/node"
	"dhtbench/results"

	"github.com/shirou/gopsutil/v4/cpu"
	"golang.org/x/sys/unix"
)

// usage is the resource usage of the process up to an instant.
type usage struct {
	at               int64 // on the agent's clock
	userNS, systemNS int64
	stealNS          int64
	throttledNS      int64
	spun             time.Duration // by pacers
	held             results.Held
	vitals           node.Vitals
}

// readUsage reads the usage. It takes more than a millisecond, so call it outside
// of the measurement. What the kernel does not report is 0.
func (a *agent) readUsage() (usage, error) {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return usage{}, fmt.Errorf("read the agent's use of CPU: %w", err)
	}
	u := usage{at: a.clock.Now(), userNS: r.Utime.Nano(), systemNS: r.Stime.Nano(), throttledNS: throttled("/"), spun: a.spun(), vitals: node.ReadVitals(),
		held: results.Held(node.ReadUsage(os.Getpid()).Held)}
	if times, err := cpu.Times(false); err == nil && len(times) == 1 {
		u.stealNS = int64(times[0].Steal * float64(time.Second))
	}
	return u, nil
}

// until returns the record of an agent between two readings.
func (u usage) until(after usage, host string, clients []int) results.Agent {
	return results.Agent{
		Host:        host,
		Clients:     clients,
		GOMAXPROCS:  runtime.GOMAXPROCS(0),
		WallNS:      after.at - u.at,
		UserNS:      after.userNS - u.userNS,
		SystemNS:    after.systemNS - u.systemNS,
		SpinNS:      int64(after.spun - u.spun),
		StealNS:     after.stealNS - u.stealNS,
		ThrottledNS: after.throttledNS - u.throttledNS,
		Held:        after.held,
		AtStart:     u.held,
	}
}

// vitals returns the agent's vitals between two readings.
func (a *agent) vitals(before, after usage) node.Vitals {
	v := after.vitals.Since(before.vitals)
	v.Hiccups = a.hiccups.Between(before.at, after.at)
	return v
}

// throttled returns for how many nanoseconds CPU limits have stopped this process. It
// is the sum over its control groups, of version 1 and 2, and their parents, read from
// files below root.
func throttled(root string) (ns int64) {
	for _, group := range controlGroups(root, "cpu") {
		ns += throttledIn(group)
	}
	return ns
}

// throttledIn returns for how many nanoseconds the limit of one control group has
// stopped its processes. It is 0 without a limit.
func throttledIn(group string) int64 {
	stat, err := os.ReadFile(filepath.Join(group, "cpu.stat"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(stat)) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseInt(text, 10, 64)
		switch name {
		case "throttled_usec": // version 2
			return n * int64(time.Microsecond)
		case "throttled_time": // version 1
			return n
		}
	}
	return 0
}

// controlGroup is the folder of this process's control group, version 2, below root.
// It is empty where there is none.
func controlGroup(root string) string {
	own, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return ""
	}
	_, path, found := bytes.Cut(bytes.TrimSpace(own), []byte("0::"))
	if !found {
		return ""
	}
	return filepath.Join(root, "sys/fs/cgroup", string(path))
}
