package bench

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v4/mem"
	"golang.org/x/sys/unix"
)

// limits are the resources that processes on a host can use. 0 means unknown or no
// limit.
type limits struct {
	// Files is the number of files and connections that a process can have open. Go
	// raises the soft limit of a process to the hard limit when the process starts, and
	// so do redis-server and memcached. A child process starts with the soft limit from
	// before.
	Files uint64 `json:"files"`
	// MemoryBytes is the memory that is available now: of the host, or less if a
	// control group has a limit.
	MemoryBytes uint64 `json:"memory_bytes"`
	// Threads is the number of threads that a control group or the user can start now.
	Threads uint64 `json:"threads"`
}

// readLimits reads the limits of this process, those of control groups from files below
// root, which is "/" except in tests.
func readLimits(root string) (l limits, err error) {
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		return l, fmt.Errorf("read the limit of open files: %w", err)
	}
	l.Files = files.Cur
	memory, err := mem.VirtualMemory()
	if err != nil {
		return l, fmt.Errorf("read the available memory: %w", err)
	}
	l.MemoryBytes, l.Threads = memory.Available, userThreads()
	for _, group := range controlGroups(root, "memory") {
		l.MemoryBytes = min(l.MemoryBytes, memoryRoom(group))
	}
	for _, group := range controlGroups(root, "pids") {
		if most := groupValue(group, "pids.max"); most < math.MaxUint64 {
			l.Threads = lesser(l.Threads, room(most, groupValue(group, "pids.current")))
		}
	}
	return l, nil
}

// lesser returns the smaller of two limits. a may be 0, which means unknown; b is at
// least 1.
func lesser(a, b uint64) uint64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// room returns what is left of a limit, but at least 1, since 0 means unknown.
func room(most, used uint64) uint64 {
	if used >= most {
		return 1
	}
	return most - used
}

// memoryRoom returns the number of bytes that a control group can still use, MaxUint64
// without a limit. Inactive file cache counts as free, because the kernel frees it when
// needed.
func memoryRoom(group string) uint64 {
	most, used, cache := groupValue(group, "memory.max"), groupValue(group, "memory.current"), "inactive_file"
	if most == math.MaxUint64 { // version 1, or no limit
		most, used, cache = groupValue(group, "memory.limit_in_bytes"), groupValue(group, "memory.usage_in_bytes"), "total_inactive_file"
	}
	if most == math.MaxUint64 || used == math.MaxUint64 {
		return math.MaxUint64
	}
	stat, _ := os.ReadFile(filepath.Join(group, "memory.stat"))
	for line := range strings.Lines(string(stat)) {
		if text, found := strings.CutPrefix(line, cache+" "); found {
			freed, _ := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
			used -= min(used, freed)
		}
	}
	return room(most, used)
}

// groupValue returns the number in a file of a control group, or MaxUint64 if there is
// no such file or no limit.
func groupValue(group, file string) uint64 {
	text, err := os.ReadFile(filepath.Join(group, file))
	if err != nil {
		return math.MaxUint64
	}
	value, err := strconv.ParseUint(string(bytes.TrimSpace(text)), 10, 64)
	if err != nil { // max
		return math.MaxUint64
	}
	return value
}

// controlGroups returns the folders below root of the control groups, version 1 or 2,
// that limit this process by a controller: its own group and all groups that contain it.
func controlGroups(root, controller string) (folders []string) {
	own, _ := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	for line := range strings.Lines(string(own)) { // number:controllers:path
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		if parts[1] != "" && !slices.Contains(strings.Split(parts[1], ","), controller) {
			continue
		}
		base := filepath.Join(root, "sys/fs/cgroup", parts[1])
		for path := filepath.Clean("/" + parts[2]); ; path = filepath.Dir(path) {
			folders = append(folders, filepath.Join(base, path))
			if path == "/" {
				break
			}
		}
	}
	return folders
}

// userThreads returns how many threads the user of this process can still start, or 0
// if there is no limit. Root has no limit.
func userThreads() uint64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NPROC, &limit); err != nil || limit.Cur > math.MaxInt32 || os.Geteuid() == 0 {
		return 0
	}
	var used uint64
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range processes {
		var owner unix.Stat_t
		if unix.Stat(process, &owner) == nil && int(owner.Uid) == os.Geteuid() {
			threads, _ := os.ReadDir(filepath.Join(process, "task"))
			used += uint64(len(threads))
		}
	}
	return room(limit.Cur, used)
}
