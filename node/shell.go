package node

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// ShellCommand is the command line of "dhtbench shell": operations on a
// cluster from outside of it. Its tags are read by kong.
type ShellCommand struct {
	Cluster string   `required:"" placeholder:"FILE" help:"Cluster file: host:port of one node a line."`
	Command []string `arg:"" optional:"" passthrough:"" help:"One command to do, such as: put KEY VALUE. Without it they are read from standard input."`
}

// Run does the one command of the arguments, or those of standard input.
func (c *ShellCommand) Run(ctx context.Context) error {
	return c.run(ctx, os.Stdin, os.Stdout, os.Stderr)
}

// run is Run on any streams.
func (c *ShellCommand) run(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	cluster, err := ReadCluster(c.Cluster)
	if err != nil {
		return err
	}
	client := NewClient(cluster, ClientOptions{})
	defer client.Close()
	sh := &shell{client: client, cluster: cluster, self: -1}
	if len(c.Command) == 0 {
		return sh.prompt(ctx, stdin, stdout, stderr)
	}
	if err := sh.do(ctx, c.Command, stdout); err != nil && !errors.Is(err, errLeave) {
		return err
	}
	return nil
}

const shellHelp = `put KEY VALUE   store the value under the key
get KEY         print the value of the key
del KEY         remove the key
owner KEY       print which node keeps the key
help            print this
exit            leave, as do quit and the end of input
Quote what has spaces: put 'my key' "a value", or a\ value.
`

// errLeave is how a command ends the shell.
var errLeave = errors.New("leave")

// shell does commands for a person.
type shell struct {
	client  *Client
	cluster Cluster
	self    int // the node this is; -1: none
}

// do does one command, given as words, and writes what it has to say to w.
// Its error is errLeave if it was to leave.
func (s *shell) do(ctx context.Context, words []string, w io.Writer) error {
	want := map[string]int{"put": 2, "get": 1, "del": 1, "owner": 1, "help": 0, "exit": 0, "quit": 0}
	name, args := words[0], words[1:]
	n, ok := want[name]
	if !ok {
		return fmt.Errorf("do %q: no such command, help lists them", name)
	}
	if len(args) != n {
		return fmt.Errorf("do %s: it takes %d words and got %d; quote what has spaces", name, n, len(args))
	}
	switch name {
	case "put":
		return s.client.Put(ctx, []byte(args[0]), []byte(args[1]))
	case "get":
		value, err := s.client.Get(ctx, []byte(args[0]))
		if err != nil {
			return keyError(name, args[0], err)
		}
		_, err = w.Write(append(value, '\n'))
		return err
	case "del":
		return keyError(name, args[0], s.client.Del(ctx, []byte(args[0])))
	case "owner":
		id := s.cluster.Owner([]byte(args[0]))
		here := ""
		if id == s.self {
			here = " (this node)"
		}
		_, err := fmt.Fprintf(w, "node %d at %s%s\n", id, s.cluster.Addrs[id], here)
		return err
	case "help":
		_, err := io.WriteString(w, shellHelp)
		return err
	}
	return errLeave
}

// keyError adds to ErrNotFound what was not found.
func keyError(name, key string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%s %q: %w", name, key, err)
	}
	return err
}

// prompt does the commands of stdin, one a line, until one says to leave, the
// input ends or ctx is done; then it returns nil. A command's error is printed
// to stderr and the next one is read.
func (s *shell) prompt(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	if file, ok := stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return s.terminal(ctx, file, stdout)
	}
	in := bufio.NewReader(stdin)
	return s.loop(ctx, func() (string, error) { return readLine(in) }, stdout, stderr)
}

// readLine returns the next line without its end. A last line without an end
// is a line.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

// loop reads lines with next, on a goroutine because a read cannot be ended
// when ctx is, and does them.
func (s *shell) loop(ctx context.Context, next func() (string, error), stdout, stderr io.Writer) error {
	type input struct {
		line string
		err  error
	}
	wanted, lines := make(chan struct{}), make(chan input, 1)
	defer close(wanted)
	go func() {
		for range wanted { // only after a command is done, so that its output comes first
			line, err := next()
			lines <- input{line, err}
		}
	}()
	for {
		wanted <- struct{}{}
		var in input
		select {
		case <-ctx.Done():
			return nil
		case in = <-lines:
		}
		if in.err == io.EOF {
			return nil
		}
		if in.err != nil {
			return fmt.Errorf("read command: %w", in.err)
		}
		words, err := splitWords(in.line)
		if err == nil && len(words) > 0 {
			err = s.do(ctx, words, stdout)
		}
		if errors.Is(err, errLeave) {
			return nil
		}
		if err != nil {
			fmt.Fprintln(stderr, err)
		}
	}
}
