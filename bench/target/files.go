package target

import "golang.org/x/sys/unix"

// openFiles returns how many connections a child may have open: its limit of open
// files, less some for other uses.
func openFiles() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	const headroom = 64
	return int(min(limit.Max, 1<<30)) - headroom
}
