package bench

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"dhtbench/node"
	"dhtbench/results"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/host"
	"github.com/shirou/gopsutil/v4/mem"
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
func hostFacts(c node.Clock) (results.Host, error) {
	facts := results.Host{
		OS:          runtime.GOOS,
		Arch:        runtime.GOARCH,
		Cores:       runtime.NumCPU(),
		ClockReadNS: int64(c.Cost()),
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
