package target

import "golang.org/x/sys/unix"

// openFiles returns the number of files that a child may have open at most.
func openFiles() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	const headroom = 64
	return int(min(limit.Max, 1<<30)) - headroom
}
