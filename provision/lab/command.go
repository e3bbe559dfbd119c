package lab

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Command is `provision lab`. Its fields are its flags.
type Command struct {
	Nodes int           `help:"Number of hosts." default:"8"`
	RTT   time.Duration `name:"rtt" help:"Round trip between hosts, such as 500us; default: no added delay." placeholder:"DURATION"`
	Clean bool          `help:"Remove the directories of killed labs, and do nothing else."`
	Argv  []string      `arg:"" optional:"" name:"command" help:"Command to run with the hosts, after --. DHTBENCH_HOSTS names their inventory."`
}

// Limits of the flags. Each host has a route and a neighbour entry for each other
// one: 64 hosts have 4,160 of both.
const (
	maxNodes = 64
	maxRTT   = 10 * time.Second
)

// Validate returns all errors of the flags, joined.
func (c *Command) Validate() error {
	var errs []error
	if c.Nodes < 1 || c.Nodes > maxNodes {
		errs = append(errs, fmt.Errorf("--nodes %d: must be 1 to %d", c.Nodes, maxNodes))
	}
	if c.RTT < 0 || c.RTT > maxRTT {
		errs = append(errs, fmt.Errorf("--rtt %v: must be above 0 and at most %v", c.RTT, maxRTT))
	}
	if c.Clean && len(c.Argv) > 0 {
		errs = append(errs, errors.New("--clean cannot be combined with a command"))
	}
	if !c.Clean && len(c.Argv) == 0 {
		errs = append(errs, errors.New("no command: give one after --"))
	}
	return errors.Join(errs...)
}

// Run makes the hosts, runs the command, waits for it and removes the hosts. When
// ctx ends, Run interrupts the command, and kills it 10 s later. The error is a
// [host.Status] when the command ran and failed. Run needs Linux and root.
func (c *Command) Run(ctx context.Context) error {
	if c.Clean {
		return clean()
	}
	return run(ctx, *c)
}

// StageCommand is a process of the lab. Only the lab starts it.
type StageCommand struct {
	Stage     string `arg:"" enum:"init,switch,host"`
	Inside    bool   // the process is in its namespaces
	Processor int    `default:"-1"` // reserved for the switch; -1: none
}

// Run runs the process until its orders end.
func (c *StageCommand) Run(ctx context.Context) error {
	switch c.Stage {
	case "init":
		return runInit(ctx)
	case "switch":
		return runSwitch(c.Inside, c.Processor)
	default:
		return runHost(ctx, c.Inside)
	}
}
