package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"

	"dhtbench/node"
)

// ServerCommand is "dhtbench server", which the coordinator starts on a host: a
// server that is not a node. It runs the store's own program as its child, or is a
// null server of the store's protocol. Its fields are its flags.
type ServerCommand struct {
	Protocol    string        `arg:"" help:"Protocol: redis or memcached." enum:"redis,memcached"`
	Listen      string        `help:"Address to listen at, host:port; port 0 is a free one." required:"" placeholder:"ADDR"`
	Share       int           `help:"Use 1/N of this machine's processors, but at least one." default:"1" placeholder:"N"`
	OrphanAfter time.Duration `help:"End if no line arrives on standard input for this long. Default: 0, never." placeholder:"DURATION"`
	Null        []int         `help:"Store nothing and answer at once; gets return BYTES zero bytes; of several numbers the key chooses one." placeholder:"BYTES"`
}

// Run serves until ctx is done or standard input ends.
func (c *ServerCommand) Run(ctx context.Context) error {
	threads := node.Processors(c.Share)
	if c.Null != nil {
		runtime.GOMAXPROCS(threads)
		return c.runNull(ctx)
	}
	return c.runProgram(ctx, programs()[c.Protocol], threads)
}

// parent returns the other end of the standard streams.
func (c *ServerCommand) parent() *node.Parent {
	return &node.Parent{In: os.Stdin, Out: os.Stdout, Silence: c.OrphanAfter}
}

const (
	// startTimeout is how long a program may take until it accepts connections.
	startTimeout = 10 * time.Second
	// startTick is the interval between attempts to connect to it.
	startTick = 5 * time.Millisecond
	// portTries is the number of free ports to try, since another process may take one
	// before the program does.
	portTries = 3
)

// runProgram runs the program of a store until ctx is done or standard input ends. It
// fails if the program ends earlier.
func (c *ServerCommand) runProgram(ctx context.Context, p program, threads int) error {
	path, err := exec.LookPath(p.name)
	if err != nil {
		return fmt.Errorf("%s: not found; install it, on Debian with apt install %s", p.name, p.name)
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	tries := 1
	if port == "0" {
		tries = portTries
	}
	for try := 1; ; try++ {
		addr, err := freeAddr(host, port)
		if err != nil {
			return fmt.Errorf("start %s: %w", p.name, err)
		}
		ready, child, err := p.start(ctx, path, addr, threads)
		if err == nil {
			return c.attend(ctx, p, child, ready)
		}
		if try == tries || !errors.Is(err, errEnded) {
			return err
		}
	}
}

// attend serves the parent process until it or the child ends.
func (c *ServerCommand) attend(ctx context.Context, p program, child *child, ready node.ReadyNode) error {
	defer child.kill()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-child.done
		cancel()
	}()
	parent := c.parent()
	parent.Child = ready.PID
	err := parent.Attend(ctx, ready)
	select {
	case <-child.done:
		return p.ended(child)
	default:
		return err
	}
}

// freeAddr returns host:port, with a free port in place of port 0.
func freeAddr(host, port string) (string, error) {
	if port != "0" {
		return net.JoinHostPort(host, port), nil
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return net.JoinHostPort(host, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)), nil
}
