package target

import (
	"bytes"
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

// program is the server program of a store, from Debian's package of the same name.
type program struct {
	name string
	// args are its arguments to listen at host:port, without persistence.
	args func(host, port string, threads int) []string
	// threads reports whether it uses more than one thread.
	threads bool
	// ask is a request. One line of its reply begins with pid and ends with the id of
	// the process; another begins with version and ends with the version.
	ask, pid, version string
}

// programs returns the programs by protocol.
func programs() map[string]program {
	return map[string]program{
		"redis":     {"redis-server", redisArgs, false, "INFO server\r\n", "process_id:", "redis_version:"},
		"memcached": {"memcached", memcachedArgs, true, "stats\r\n", "STAT pid ", "STAT version "},
	}
}

// redisArgs turns off protected mode, in which a server without a password refuses
// clients on other hosts.
func redisArgs(host, port string, _ int) []string {
	return []string{"--bind", host, "--port", port, "--protected-mode", "no", "--save", "", "--appendonly", "no", "--loglevel", "warning"}
}

const (
	// memcachedMB is the memory for items. When it is full, puts fail. Without -M
	// memcached would evict other records instead, which would count as lost updates.
	memcachedMB = 4096
	// memcachedConns bounds connections. Those above the bound wait without an error,
	// and the default, 1024, is too low for an open loop of many clients.
	memcachedConns = 65536
)

func memcachedArgs(host, port string, threads int) []string {
	args := []string{"-l", host, "-p", port, "-U", "0", "-M", "-m", strconv.Itoa(memcachedMB),
		"-c", strconv.Itoa(min(memcachedConns, openFiles())), "-t", strconv.Itoa(threads)}
	if os.Geteuid() == 0 { // without -u it refuses to run; as another user it would outlive a killed parent
		args = append(args, "-u", "root")
	}
	return args
}

// errEnded is the error of a program that ended by itself.
var errEnded = errors.New("ended")

// ended is the error of a child that ended by itself. What it printed is on standard
// error.
func (p program) ended(c *child) error {
	if c.err == nil {
		return fmt.Errorf("%s %w: exit status 0", p.name, errEnded)
	}
	return fmt.Errorf("%s %w: %w", p.name, errEnded, c.err)
}

// start starts the program at addr and waits until it accepts connections.
func (p program) start(ctx context.Context, path, addr string, threads int) (node.ReadyNode, *child, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return node.ReadyNode{}, nil, err
	}
	c, err := startChild(path, p.args(host, port, threads)...)
	if err != nil {
		return node.ReadyNode{}, nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	version, err := p.await(ctx, c, addr)
	if err != nil {
		c.kill()
		return node.ReadyNode{}, nil, err
	}
	ready := node.ReadyNode{Addr: addr, PID: c.cmd.Process.Pid, GOMAXPROCS: 1, Program: p.name + " " + version}
	if p.threads {
		ready.GOMAXPROCS = threads
	}
	return ready, c, nil
}

// await waits until the program accepts connections, and returns its version.
func (p program) await(ctx context.Context, c *child, addr string) (version string, err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(startTick)
	defer tick.Stop()
	for {
		if version, err = p.identify(ctx, addr, c.cmd.Process.Pid); err == nil {
			return version, nil
		}
		select {
		case <-c.done:
			return "", p.ended(c)
		case <-ctx.Done():
			return "", fmt.Errorf("%s does not accept connections at %s: %w", p.name, addr, err)
		case <-tick.C:
		}
	}
}

// identify returns the version of the server at addr. It fails if the server is another
// process, which may have taken the port.
func (p program) identify(ctx context.Context, addr string, pid int) (version string, err error) {
	conn, err := node.Dial(ctx, addr)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(greetTimeout))
	if err := conn.Send([]byte(p.ask)); err != nil {
		return "", err
	}
	for process := ""; process == "" || version == ""; {
		line, err := conn.In.Line(longestLine)
		if err != nil {
			return "", err
		}
		if text, found := bytes.CutPrefix(line, []byte(p.pid)); found {
			process = string(text)
			if process != strconv.Itoa(pid) {
				return "", fmt.Errorf("process %s has the port, want %d", process, pid)
			}
		} else if text, found := bytes.CutPrefix(line, []byte(p.version)); found {
			version = string(text)
		}
	}
	return version, nil
}

// child is a running child process.
type child struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended and err is set
	err  error
}

// startChild starts a child that prints to standard error. On Linux the child ends
// when this process ends, even if this process is killed.
func startChild(path string, args ...string) (*child, error) {
	c := &child{cmd: exec.Command(path, args...), done: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr = os.Stderr, os.Stderr
	c.cmd.SysProcAttr = endWithParent()
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // for the kernel, the parent is the thread that starts the child
		err := c.cmd.Start()
		started <- err
		if err == nil {
			c.err = c.cmd.Wait()
			close(c.done)
		}
	}()
	return c, <-started
}

// kill kills the child and waits for its end. The child has nothing to save.
func (c *child) kill() {
	c.cmd.Process.Kill()
	<-c.done
}
