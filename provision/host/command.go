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

// commandGrace is how long a command may take to end after it was told to.
const commandGrace = 10 * time.Second

// Command is what is run on, or with, hosts that were made for it.
type Command struct {
	Argv []string
	// Inventory is the path of the inventory, which Argv finds in its
	// environment as [InventoryVariable].
	Inventory string
	// Prefix, if any, runs Argv somewhere: in a namespace, for instance.
	Prefix []string
}

// Status is the exit status of a command that ran and did not succeed.
type Status struct {
	Argv []string
	Code int // 1 to 255; 128 + the signal for one that was killed
}

func (s Status) Error() string {
	return fmt.Sprintf("%s: exit status %d", strings.Join(s.Argv, " "), s.Code)
}

// ExitCode is what the program that ran the command should exit with.
func (s Status) ExitCode() int { return s.Code }

// Run runs the command with this process's standard streams and waits for it.
// When ctx ends the command is interrupted, and killed if it has not ended 10 s
// later. The error is a [Status] when the command ran and failed.
func (c Command) Run(ctx context.Context) error {
	argv := append(append([]string(nil), c.Prefix...), c.Argv...)
	if len(c.Argv) == 0 {
		return errors.New("run command: no command given")
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
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
