package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"
)

// Command is the command line of "dhtbench node": it runs one node. Its tags are
// for kong.
type Command struct {
	Cluster  string `placeholder:"FILE" help:"Cluster file: host:port of one node a line, the same on every node. Default: this node alone."`
	ID       *int   `name:"id" placeholder:"N" help:"Id of this node in the cluster file, from 0. Default: the node with an address of this machine."`
	Listen   string `placeholder:"ADDR" help:"Address to listen at, host:port; port 0 is a free one. Default: the address in the cluster file."`
	Shell    bool   `help:"Prompt for commands (put, get, del, owner) while serving; leaving the prompt ends the node."`
	UntilEOF bool   `name:"until-eof" help:"End at the end of standard input; the coordinator starts nodes like this."`
	Share    int    `placeholder:"N" default:"1" help:"Use 1/N of this machine's processors, but at least one. Default: ${default}."`

	OrphanAfter time.Duration `placeholder:"DURATION" help:"With --until-eof: end if no line arrives on standard input for this long. Default: 0, never."`

	Null  []int `placeholder:"BYTES" help:"Store nothing: puts and dels succeed, gets return BYTES zero bytes; of several numbers the key chooses one."`
	Stall Stall `placeholder:"D/P" help:"Fault: answer nothing for D at the start of every period P of CLOCK_MONOTONIC, such as 600ms/1s."`

	ServiceTime time.Duration `placeholder:"DURATION" help:"Fault: do one operation at a time and take this long for each. Default: 0, none."`
}

// Ready is the line of JSON that a node writes to standard output as soon as it
// accepts connections: {"ready":{...}}. Only answers to the parent process
// follow, such as VitalsMessage.
type Ready struct {
	Ready ReadyNode `json:"ready"`
}

// ReadyNode is a node that accepts connections.
type ReadyNode struct {
	ID   int    `json:"id"`
	Addr string `json:"addr"` // host:port that it listens at, never with port 0
	PID  int    `json:"pid"`  // on its own host

	GOMAXPROCS int `json:"gomaxprocs"` // the most processors that it uses at once

	// Program is the name and the version of a store that is not part of dhtbench.
	Program string `json:"program,omitempty"`
}

// Validate returns all errors in the flags, joined.
func (c *Command) Validate() error {
	var errs []error
	if c.Cluster == "" && c.Listen == "" {
		errs = append(errs, errors.New("--cluster or --listen is required; --listen alone starts a cluster of one node"))
	}
	if c.Cluster == "" && c.ID != nil {
		errs = append(errs, errors.New("--id requires --cluster"))
	}
	if c.ID != nil && *c.ID < 0 {
		errs = append(errs, fmt.Errorf("--id %d: must not be negative", *c.ID))
	}
	if c.Shell && c.UntilEOF {
		errs = append(errs, errors.New("--shell and --until-eof are mutually exclusive"))
	}
	if c.OrphanAfter < 0 {
		errs = append(errs, fmt.Errorf("--orphan-after %v: must not be negative", c.OrphanAfter))
	}
	if c.OrphanAfter > 0 && !c.UntilEOF {
		errs = append(errs, errors.New("--orphan-after requires --until-eof"))
	}
	if c.Share < 0 {
		errs = append(errs, fmt.Errorf("--share %d: must be at least 1", c.Share))
	}
	if c.ServiceTime < 0 {
		errs = append(errs, fmt.Errorf("--service-time %v: must not be negative", c.ServiceTime))
	}
	for _, bytes := range c.Null {
		if bytes < 0 || bytes > MaxValue {
			errs = append(errs, fmt.Errorf("--null %d: must be 0 to %d", bytes, MaxValue))
		}
	}
	return errors.Join(errs...)
}

// Run serves until ctx is done, until standard input ends (with --until-eof) or
// until the user leaves the prompt (with --shell). Then it answers the requests
// that have arrived and returns nil.
func (c *Command) Run(ctx context.Context) error {
	return c.run(ctx, os.Stdin, os.Stdout, os.Stderr)
}

// run is Run with any streams.
func (c *Command) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	cluster, self, err := c.place()
	if err != nil {
		return err
	}
	if c.Share > 1 {
		// More threads would only take processors from other processes.
		runtime.GOMAXPROCS(Processors(c.Share))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	table, err := c.table(ctx)
	if err != nil {
		return fmt.Errorf("start node %d: %w", self, err)
	}
	listen := c.Listen
	if listen == "" {
		listen = cluster.Addrs[self]
	}
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("start node %d: %w", self, err)
	}
	ready := ReadyNode{ID: self, Addr: ln.Addr().String(), PID: os.Getpid(), GOMAXPROCS: runtime.GOMAXPROCS(0)}
	if len(cluster.Addrs) == 0 {
		cluster.Addrs = make([]string, 1)
	}
	cluster.Addrs[self] = ready.Addr // for the shell: the file's address may be another

	log := slog.New(slog.NewTextHandler(stderr, nil)).With("node", self)
	server := &Server{Table: table, Log: log, Stall: c.Stall}
	var serving sync.WaitGroup
	var serveErr error
	serving.Go(func() {
		defer cancel() // if the server fails, the prompt ends too
		serveErr = server.Serve(ctx, ln)
	})

	err = c.attend(ctx, cluster, ready, stdin, stdout, stderr)
	cancel()
	serving.Wait()
	return errors.Join(err, serveErr)
}

// table returns the table to serve until ctx is done.
func (c *Command) table(ctx context.Context) (Table, error) {
	var table Table = NewStore()
	if c.Null != nil {
		table = Null(c.Null)
	}
	if c.ServiceTime == 0 {
		return table, nil
	}
	return newSerialTable(ctx, table, c.ServiceTime)
}

// place returns the cluster and the node's id in it. Without a cluster file the
// cluster is empty, because the address is not known yet.
func (c *Command) place() (Cluster, int, error) {
	if c.Cluster == "" {
		return Cluster{}, 0, nil
	}
	cluster, err := ReadCluster(c.Cluster)
	if err != nil {
		return Cluster{}, 0, err
	}
	if c.ID != nil {
		if *c.ID >= len(cluster.Addrs) {
			return Cluster{}, 0, fmt.Errorf("%s: --id %d: must be 0 to %d",
				c.Cluster, *c.ID, len(cluster.Addrs)-1)
		}
		return cluster, *c.ID, nil
	}
	own, err := ownAddrs()
	if err != nil {
		return Cluster{}, 0, err
	}
	self, err := cluster.self(own, func(host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(context.Background(), "ip", host)
	})
	return cluster, self, err
}

// attend reports that the node is ready and waits until it has to end.
func (c *Command) attend(ctx context.Context, cluster Cluster, ready ReadyNode, stdin io.Reader, stdout, stderr io.Writer) error {
	if c.Shell {
		fmt.Fprintf(stderr, "node %d of %d serves at %s\n", ready.ID, len(cluster.Addrs), ready.Addr)
		client := NewClient(cluster, ClientOptions{})
		defer client.Close()
		sh := &shell{client: client, cluster: cluster, self: ready.ID}
		return sh.prompt(ctx, stdin, stdout, stderr)
	}
	if c.UntilEOF {
		return (&Parent{In: stdin, Out: stdout, Silence: c.OrphanAfter}).Attend(ctx, ready)
	}
	if err := writeReady(stdout, ready); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// Processors is 1/share of the processors that this process may use, but at least 1. A
// CPU limit of its control group counts, rounded up, unless GOMAXPROCS was set before.
// A share below 1 counts as 1.
func Processors(share int) int { return max(1, runtime.GOMAXPROCS(0)/max(1, share)) }
