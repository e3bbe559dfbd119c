//go:build !linux

package node

// ReadUsage returns zeros: usage is measured only on Linux.
func ReadUsage(int) Usage { return Usage{} }
