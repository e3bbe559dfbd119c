// Provision makes hosts for dhtbench, runs a command with them, and removes them
// when the command ends, fails or is interrupted. It also uses the hosts of a Slurm
// job, which it neither starts nor ends.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"dhtbench/provision/ec2"
	"dhtbench/provision/lab"
	"dhtbench/provision/slurm"

	"github.com/alecthomas/kong"
)

// program lists the subcommands, one for each kind of host.
type program struct {
	Lab   lab.Command   `cmd:"" help:"Make hosts from namespaces of this machine."`
	EC2   ec2.Command   `cmd:"" name:"ec2" help:"Make hosts of Amazon EC2. They cost money."`
	Slurm slurm.Command `cmd:"" help:"Use the hosts of the Slurm job that this runs in."`

	LabStage lab.StageCommand `cmd:"" help:"Internal: runs a process of a lab." hidden:""`
}

// Exit statuses of errors without their own. A failed command's error has the
// command's exit status.
const (
	statusFailure = 1
	statusUsage   = 2
)

func main() {
	parser := kong.Must(new(program),
		kong.Name("provision"),
		kong.Description("Make hosts, run a command with them, and remove them."),
		kong.UsageOnError(),
	)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		usage(parser, err)
	}
	// Ctrl-C also ends the tee of `provision ... 2>&1 | tee log`. A write to the
	// broken pipe would end this program before it removed the hosts, so it handles
	// SIGPIPE. Ignoring the signal would be inherited by COMMAND.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	command.BindTo(ctx, (*context.Context)(nil))
	err = command.Run()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "provision:", err)
		os.Exit(status(err))
	}
}

// status returns the exit status for an error.
func status(err error) int {
	var known interface{ ExitCode() int }
	if errors.As(err, &known) && known.ExitCode() > 0 {
		return known.ExitCode()
	}
	return statusFailure
}

// usage prints an error of the command line and exits. It differs from that of
// dhtbench, which no package can share: both are programs.
func usage(parser *kong.Kong, err error) {
	fmt.Fprintln(os.Stderr, "provision:", err)
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context.Command() != "" {
		fmt.Fprintf(os.Stderr, "see %s %s --help\n", parser.Model.Name, parse.Context.Command())
	} else {
		fmt.Fprintf(os.Stderr, "see %s --help\n", parser.Model.Name)
	}
	os.Exit(statusUsage)
}
