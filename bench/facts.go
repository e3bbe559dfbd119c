package bench

import (
	"debug/buildinfo"
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
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return results.Build{Go: runtime.Version()}
	}
	return describeBuild(info)
}

func describeBuild(info *debug.BuildInfo) results.Build {
	facts := results.Build{Go: info.GoVersion}
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

// checkBuild returns an error unless the executable at path is this program in the same
// build: records describe only one build.
func checkBuild(path string) error {
	that, err := buildinfo.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w; give an executable of dhtbench", err)
	}
	this, ok := debug.ReadBuildInfo()
	if ok && that.Path != this.Path {
		return fmt.Errorf("%s is the program %s: must be %s", path, that.Path, this.Path)
	}
	if that, this := describeBuild(that), buildFacts(); that != this {
		return fmt.Errorf("%s was built with %v, and this program with %v: both must be the same; run make", path, that, this)
	}
	return nil
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
