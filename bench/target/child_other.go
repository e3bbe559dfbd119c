//go:build !linux

package target

import "syscall"

// endWithParent does nothing: a parent that is killed leaves its child running.
func endWithParent() *syscall.SysProcAttr { return nil }
