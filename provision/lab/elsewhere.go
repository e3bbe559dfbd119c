//go:build !linux

package lab

import (
	"context"
	"errors"
)

// errLinux is the error on other systems.
var errLinux = errors.New("provision lab needs Linux namespaces; on other systems, give your own hosts to dhtbench bench --hosts")

func clean() error                        { return errLinux }
func run(context.Context, Command) error  { return errLinux }
func runInit(context.Context) error       { return errLinux }
func runSwitch(bool, int) error           { return errLinux }
func runHost(context.Context, bool) error { return errLinux }
