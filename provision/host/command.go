package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// commandGrace is how long an interrupted command may take to end.
const commandGrace = 10 * time.Second

// Command is a command that provision runs with the hosts it made.
type Command struct {
	Argv []string
	// Inventory is the path of the inventory. The command finds it in its
	// environment as [InventoryVariable].
	Inventory string
}

// Status is the error of a command that ran and failed.
type Status struct {
	Argv []string
	Code int // exit status, 1 to 255; 128 + the signal that killed the command
}

func (s Status) Error() string {
	return fmt.Sprintf("%s: exit status %d", strings.Join(s.Argv, " "), s.Code)
}

// ExitCode returns the exit status for the program that ran the command.
func (s Status) ExitCode() int { return s.Code }

// Run runs the command with this process's standard streams and waits for it.
// When ctx ends, Run interrupts the command, and kills it 10 s later. The error
// is a [Status] when the command ran and failed.
func (c Command) Run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), InventoryVariable+"="+c.Inventory)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = commandGrace
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code := exit.ExitCode()
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			code = 128 + int(status.Signal())
		}
		return Status{Argv: c.Argv, Code: code}
	}
	if err != nil {
		return fmt.Errorf("run %s: %w", strings.Join(c.Argv, " "), err)
	}
	return nil
}
