package lab

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Command is `provision lab`: run a command among hosts made of namespaces. Its
// fields are its flags.
type Command struct {
	Nodes int           `help:"Number of hosts." default:"8"`
	RTT   time.Duration `name:"rtt" help:"Round trip between hosts, such as 500us. Without it, what this machine's kernel takes." placeholder:"DURATION"`
	Clean bool          `help:"Remove what labs that were killed left behind, and do nothing else."`
	Argv  []string      `arg:"" optional:"" name:"command" help:"Command to run, after --. It finds the hosts in the file named by $$DHTBENCH_HOSTS."`
}

// Bounds of the flags. Each host knows each other by a route and a neighbour
// entry; 64 hosts have 4,160 of both.
const (
	maxNodes = 64
	maxRTT   = 10 * time.Second
)

// Validate returns all faults of the flags at once.
func (c *Command) Validate() error {
	var faults []error
	if c.Nodes < 1 || c.Nodes > maxNodes {
		faults = append(faults, fmt.Errorf("--nodes %d: must be 1 to %d", c.Nodes, maxNodes))
	}
	if c.RTT < 0 || c.RTT > maxRTT {
		faults = append(faults, fmt.Errorf("--rtt %v: must be above 0 and at most %v", c.RTT, maxRTT))
	}
	if c.Clean && len(c.Argv) > 0 {
		faults = append(faults, errors.New("--clean runs no command"))
	}
	if !c.Clean && len(c.Argv) == 0 {
		faults = append(faults, errors.New("no command given: say what to run among the hosts, after --"))
	}
	return errors.Join(faults...)
}

// Run makes the hosts, runs the command among them and waits for it, whatever
// happens leaving nothing behind. When ctx ends the command is interrupted, and
// killed if it has not ended 10 s later. The error is a [host.Status] when the
// command ran and failed. It needs Linux and root, and says so.
func (c *Command) Run(ctx context.Context) error {
	if c.Clean {
		return clean()
	}
	return run(ctx, *c)
}

// StageCommand is one of the lab's own processes; only the lab starts it.
type StageCommand struct {
	Stage     string `arg:"" enum:"init,switch,host"`
	Inside    bool   // the process has its namespaces already
	Processor int    `default:"-1"` // of the switch's own; -1: none
}

// Run plays the part until its orders end.
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
