package node

import (
	"context"
	"encoding/json"
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

// Command is the command line of "dhtbench node": one node, until its context
// ends. Its tags are read by kong.
type Command struct {
	Cluster  string `placeholder:"FILE" help:"Cluster file: host:port of one node a line, the same file on every node. Without it the node is a cluster of itself."`
	ID       *int   `name:"id" placeholder:"N" help:"Which node of the cluster file this is, from 0. Without it the one whose address this machine has."`
	Listen   string `placeholder:"ADDR" help:"Address to listen at, host:port; port 0 takes a free one. Without it the node's address in the cluster file."`
	Shell    bool   `help:"Prompt for commands (put, get, del, owner) beside serving; leaving the prompt ends the node."`
	UntilEOF bool   `name:"until-eof" help:"End at the end of standard input, as the coordinator starts nodes."`
	Share    int    `placeholder:"N" default:"1" help:"Use one Nth of this machine's processors, at least one."`

	OrphanAfter time.Duration `placeholder:"DURATION" help:"With --until-eof: end if no line comes on standard input for so long. 0: never."`

	Null  *int  `placeholder:"BYTES" help:"Keep nothing and do nothing: puts and dels are ok, gets return BYTES zero bytes. It shows what a measurement finds without the store."`
	Stall Stall `placeholder:"D/P" help:"Have a fault: answer nothing for D at the beginning of every P of the host's monotonic clock, as 600ms/1s. It shows whether a measurement finds what is known."`
}

// Ready is what a node prints when it accepts connections: one line of JSON on
// standard output, {"ready":{...}}. Only answers follow: see VitalsMessage.
type Ready struct {
	Ready ReadyNode `json:"ready"`
}

// ReadyNode is a node that accepts connections.
type ReadyNode struct {
	ID   int    `json:"id"`
	Addr string `json:"addr"` // host:port it listens at, with the real port
	PID  int    `json:"pid"`  // on the node's own host

	GOMAXPROCS int `json:"gomaxprocs"` // processors it uses at once
}

// Validate returns all faults in how the flags are combined.
func (c *Command) Validate() error {
	var faults []error
	if c.Cluster == "" && c.Listen == "" {
		faults = append(faults, errors.New("start node: say --cluster FILE, or --listen ADDR for a cluster of one"))
	}
	if c.Cluster == "" && c.ID != nil {
		faults = append(faults, errors.New("start node: --id names a node of a cluster file; say --cluster FILE too"))
	}
	if c.ID != nil && *c.ID < 0 {
		faults = append(faults, fmt.Errorf("start node: --id is %d, want 0 or more", *c.ID))
	}
	if c.Shell && c.UntilEOF {
		faults = append(faults, errors.New("start node: --shell and --until-eof both want standard input; choose one"))
	}
	if c.OrphanAfter < 0 || c.OrphanAfter > 0 && !c.UntilEOF {
		faults = append(faults, fmt.Errorf("start node: --orphan-after is %v, want 0 or more, and --until-eof with it", c.OrphanAfter))
	}
	if c.Share < 0 {
		faults = append(faults, fmt.Errorf("start node: --share is %d, want 1 or more", c.Share))
	}
	if c.Null != nil && (*c.Null < 0 || *c.Null > MaxValue) {
		faults = append(faults, fmt.Errorf("start node: --null is %d bytes, want 0 to %d", *c.Null, MaxValue))
	}
	return errors.Join(faults...)
}

// Run serves until ctx is done, standard input ends (with --until-eof) or the
// prompt is left (with --shell); then it answers what has arrived and returns
// nil.
func (c *Command) Run(ctx context.Context) error {
	return c.run(ctx, os.Stdin, os.Stdout, os.Stderr)
}

// run is Run on any streams.
func (c *Command) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	cluster, self, err := c.place()
	if err != nil {
		return err
	}
	if c.Share > 1 {
		// More threads would only push those of others on this machine from
		// their processors.
		runtime.GOMAXPROCS(max(1, runtime.NumCPU()/c.Share))
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
	cluster.Addrs[self] = ready.Addr // its own shell can reach it there

	log := slog.New(slog.NewTextHandler(stderr, nil)).With("node", self)
	server := &Server{Log: log, Stall: c.Stall}
	if c.Null != nil {
		server.Table = Null(*c.Null)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var serving sync.WaitGroup
	var serveErr error
	serving.Go(func() {
		defer cancel() // a server that fails ends the prompt, too
		serveErr = server.Serve(ctx, ln)
	})

	err = c.attend(ctx, cluster, ready, stdin, stdout, stderr)
	cancel()
	serving.Wait()
	return errors.Join(err, serveErr)
}

// place returns the cluster and the node's id in it. The cluster of a node
// without a cluster file is empty: its address is not known yet.
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
			return Cluster{}, 0, fmt.Errorf("%s: no node %d, its nodes are 0 to %d",
				c.Cluster, *c.ID, len(cluster.Addrs)-1)
		}
		return cluster, *c.ID, nil
	}
	own, err := OwnAddrs()
	if err != nil {
		return Cluster{}, 0, err
	}
	self, err := cluster.Self(own, func(host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(context.Background(), "ip", host)
	})
	return cluster, self, err
}

// attend says that the node is ready and waits until it is to end.
func (c *Command) attend(ctx context.Context, cluster Cluster, ready ReadyNode, stdin io.Reader, stdout, stderr io.Writer) error {
	if c.Shell {
		fmt.Fprintf(stderr, "node %d of %d serves at %s\n", ready.ID, len(cluster.Addrs), ready.Addr)
		client := NewClient(cluster, ClientOptions{})
		defer client.Close()
		sh := &shell{client: client, cluster: cluster, self: ready.ID}
		return sh.prompt(ctx, stdin, stdout, stderr)
	}
	s := &starter{in: stdin, out: stdout, silence: c.OrphanAfter}
	if c.UntilEOF {
		var err error
		if s.vitals, err = vitalsReader(ctx); err != nil {
			return fmt.Errorf("start node %d: %w", ready.ID, err)
		}
	}
	line, err := json.Marshal(Ready{Ready: ready})
	if err != nil {
		return fmt.Errorf("say that the node is ready: %w", err)
	}
	if _, err := stdout.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("say that the node is ready: %w", err)
	}
	if !c.UntilEOF {
		<-ctx.Done()
		return nil
	}
	return s.heed(ctx)
}
