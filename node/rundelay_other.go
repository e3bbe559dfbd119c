//go:build !linux

package node

// runDelay is not known here.
func runDelay() int64 { return 0 }
