//go:build !linux

package lab

import (
	"context"
	"errors"
)

// errLinux is the answer of every other system.
var errLinux = errors.New("provision lab needs Linux: its hosts are namespaces; elsewhere, give your own hosts to dhtbench bench --hosts")

func clean() error                        { return errLinux }
func run(context.Context, Command) error  { return errLinux }
func runInit(context.Context) error       { return errLinux }
func runSwitch(bool, int) error           { return errLinux }
func runHost(context.Context, bool) error { return errLinux }
