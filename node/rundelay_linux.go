package node

import (
	"bytes"
	"os"
	"strconv"
)

// runDelay is how long the threads of this process, all together, were ready to
// run and had no processor, in nanoseconds: the second field of schedstat. See
// sched-stats.rst of the kernel.
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
