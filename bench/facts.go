package bench

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"

	"dhtbench/results"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/mem"
	"golang.org/x/sys/unix"
)

// buildFacts describes the running executable.
func buildFacts() results.Build {
	facts := results.Build{Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return facts
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			facts.Revision = s.Value
		case "vcs.modified":
			facts.Dirty = s.Value == "true"
		}
	}
	return facts
}

// hostFacts describes this host. Facts that a kernel does not tell are left
// empty.
func hostFacts(c clock) (results.Host, error) {
	facts := results.Host{
		OS:          runtime.GOOS,
		Arch:        runtime.GOARCH,
		Cores:       runtime.NumCPU(),
		ClockReadNS: int64(c.cost()),
	}
	cpus, err := cpu.Info()
	if err != nil {
		return facts, fmt.Errorf("read the processor's name: %w", err)
	}
	if len(cpus) > 0 {
		facts.CPU = cpus[0].ModelName
	}
	memory, err := mem.VirtualMemory()
	if err != nil {
		return facts, fmt.Errorf("read the size of memory: %w", err)
	}
	facts.MemoryBytes = memory.Total
	if facts.Kernel, err = host.KernelVersion(); err != nil {
		return facts, fmt.Errorf("read the kernel's version: %w", err)
	}
	if system, role, err := host.Virtualization(); err == nil && role == "guest" {
		facts.Virtualization = system
	}
	const clocksource = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
	if text, err := os.ReadFile(clocksource); err == nil {
		facts.Clocksource = strings.TrimSpace(string(text))
	}
	return facts, nil
}

// usage is what the process has used since it began.
type usage struct {
	userNS, systemNS int64
	gcs              int64
}

func readUsage() (usage, error) {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return usage{}, fmt.Errorf("read the agent's use of CPU: %w", err)
	}
	gcs := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(gcs)
	return usage{userNS: r.Utime.Nano(), systemNS: r.Stime.Nano(), gcs: int64(gcs[0].Value.Uint64())}, nil
}

// since is what was used between two readings.
func (u usage) since(before usage) results.Agent {
	return results.Agent{
		GOMAXPROCS: runtime.GOMAXPROCS(0),
		UserNS:     u.userNS - before.userNS,
		SystemNS:   u.systemNS - before.systemNS,
		Runtime:    results.Runtime{GCs: u.gcs - before.gcs},
	}
}
