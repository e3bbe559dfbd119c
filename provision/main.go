// Provision makes hosts for dhtbench to run on, runs a command with them, and
// takes them away again, whatever happened.
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

	"github.com/alecthomas/kong"
)

// program is the table of subcommands: one for each kind of host.
type program struct {
	Lab lab.Command `cmd:"" help:"Make hosts of namespaces on this machine."`
	EC2 ec2.Command `cmd:"" name:"ec2" help:"Make hosts of Amazon EC2, which cost money."`

	LabStage lab.StageCommand `cmd:"" help:"Be a process of a lab." hidden:""`
}

// Exit statuses. An error that knows one of its own, as that of the command
// that was run does, has that.
const (
	statusFailure = 1
	statusUsage   = 2
)

func main() {
	parser := kong.Must(new(program),
		kong.Name("provision"),
		kong.Description("Make hosts, run a command with them, and take them away again."),
		kong.UsageOnError(),
	)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		usage(parser, err)
	}
	// Hosts are removed even when nobody reads what is said about it: Ctrl-C
	// ends the tee of `provision ... 2>&1 | tee log` too, and a write to what is
	// left of the pipe would end a Go program that does not handle this signal.
	// It is not ignored, which COMMAND would inherit.
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

// status is the exit status that an error stands for.
func status(err error) int {
	var known interface{ ExitCode() int }
	if errors.As(err, &known) && known.ExitCode() > 0 {
		return known.ExitCode()
	}
	return statusFailure
}

// usage prints what is wrong with the command line and where to read more.
func usage(parser *kong.Kong, err error) {
	fmt.Fprintln(os.Stderr, "provision:", err)
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context.Command() != "" {
		fmt.Fprintf(os.Stderr, "see %s %s --help\n", parser.Model.Name, parse.Context.Command())
	} else {
		fmt.Fprintf(os.Stderr, "see %s --help\n", parser.Model.Name)
	}
	os.Exit(statusUsage)
}
