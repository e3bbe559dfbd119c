// Dhtbench measures distributed hash tables and key-value stores. It contains a small
// DHT node, a load generator, and the report on the measurements.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"dhtbench/bench"
	"dhtbench/bench/target"
	"dhtbench/node"
	"dhtbench/plots"
	"dhtbench/results/compare"
	"dhtbench/results/export"

	"github.com/alecthomas/kong"
)

// program is the table of subcommands.
type program struct {
	Version kong.VersionFlag `help:"Print the version and end."`

	Bench   bench.Command        `cmd:"" help:"Measure latency and throughput against the number of clients or the rate."`
	Show    bench.ShowCommand    `cmd:"" help:"Print the table and the warnings of a results file."`
	Compare plots.CompareCommand `cmd:"" help:"Compare two results files, or the two sides of one."`
	Export  export.Command       `cmd:"" help:"Write a results file in the format of another tool."`
	Merge   export.MergeCommand  `cmd:"" help:"Merge results files of several machines."`
	Plot    plots.Command        `cmd:"" help:"Draw the figures of results files."`
	Report  plots.ReportCommand  `cmd:"" help:"Render REPORT.md from its template and draw its figures."`
	Node    node.Command         `cmd:"" help:"Run a DHT node."`
	Study   bench.StudyCommand   `cmd:"" help:"Measure how often verdicts are wrong, with injected faults."`
	Shell   node.ShellCommand    `cmd:"" help:"Put, get and delete keys of a cluster."`
	Agent   bench.AgentCommand   `cmd:"" help:"Internal: runs clients for the coordinator." hidden:""`

	Server target.ServerCommand `cmd:"" help:"Internal: runs a server of another store for the coordinator." hidden:""`
}

// Exit statuses.
const (
	statusFailure = 1
	statusUsage   = 2
)

func main() {
	parser := kong.Must(new(program),
		kong.Name("dhtbench"),
		kong.Description("Measure distributed hash tables and key-value stores."),
		kong.UsageOnError(),
		kong.Vars{"version": version()},
	)
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		usage(parser, err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	command.BindTo(ctx, (*context.Context)(nil))
	err = command.Run()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dhtbench:", err)
		if _, refused := errors.AsType[compare.Refusal](err); refused {
			os.Exit(statusUsage)
		}
		os.Exit(statusFailure)
	}
}

// version describes the build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dhtbench, of an unknown build"
	}
	return fmt.Sprintf("dhtbench %s, %s %s/%s", info.Main.Version, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}

// usage prints the error of the command line and the help to read.
func usage(parser *kong.Kong, err error) {
	fmt.Fprintln(os.Stderr, "dhtbench:", err)
	if parse, ok := errors.AsType[*kong.ParseError](err); ok && parse.Context.Command() != "" {
		fmt.Fprintf(os.Stderr, "see %s %s --help\n", parser.Model.Name, parse.Context.Command())
	} else {
		fmt.Fprintf(os.Stderr, "see %s --help\n", parser.Model.Name)
	}
	os.Exit(statusUsage)
}
