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

// ShellCommand is the command line of "dhtbench shell": operations on the keys
// of a cluster. Its tags are for kong.
type ShellCommand struct {
	Cluster string   `required:"" placeholder:"FILE" help:"Cluster file: host:port of one node a line."`
	Command []string `arg:"" optional:"" passthrough:"" help:"One command, such as: put KEY VALUE. Default: read commands from standard input."`
}

// Run does the command of the arguments, or the commands of standard input.
func (c *ShellCommand) Run(ctx context.Context) error {
	return c.run(ctx, os.Stdin, os.Stdout, os.Stderr)
}

// run is Run with any streams.
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
help            print this help
exit            leave, as do quit and the end of input
Quote words with spaces: put 'my key' "a value", or a\ value.
`

// errLeave is the error of a command that leaves the shell.
var errLeave = errors.New("leave")

// shell does commands that a person types.
type shell struct {
	client  *Client
	cluster Cluster
	self    int // id of the node that runs the shell; -1: none
}

// do does one command, given as words, and writes its output to w. The error is
// errLeave after a command to leave.
func (s *shell) do(ctx context.Context, words []string, w io.Writer) error {
	want := map[string]int{"put": 2, "get": 1, "del": 1, "owner": 1, "help": 0, "exit": 0, "quit": 0}
	name, args := words[0], words[1:]
	n, ok := want[name]
	if !ok {
		return fmt.Errorf("%q: no such command; type help for a list", name)
	}
	if len(args) != n {
		return fmt.Errorf("%s: got %d arguments, want %d; quote words with spaces", name, len(args), n)
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

// keyError adds the command and the key to ErrNotFound.
func keyError(name, key string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%s %q: %w", name, key, err)
	}
	return err
}

// prompt does the commands of stdin, one a line, until a command to leave, the
// end of the input or the end of ctx; then it returns nil. It prints the error
// of a command to stderr and continues.
func (s *shell) prompt(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) error {
	if file, ok := stdin.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return s.terminal(ctx, file, stdout)
	}
	in := bufio.NewReader(stdin)
	return s.loop(ctx, func() (string, error) { return readLine(in) }, stdout, stderr)
}

// readLine returns the next line without its line break. The last line needs
// none.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

// loop does the commands of the lines that next returns. It calls next on a
// goroutine, because the end of ctx cannot interrupt a read.
func (s *shell) loop(ctx context.Context, next func() (string, error), stdout, stderr io.Writer) error {
	type input struct {
		line string
		err  error
	}
	wanted, lines := make(chan struct{}), make(chan input, 1)
	defer close(wanted)
	go func() {
		for range wanted { // the prompt comes after the output of the last command
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

// terminal is prompt on a terminal, with line editing and history. Ctrl-C and
// Ctrl-D leave. It restores the terminal's state in any case.
func (s *shell) terminal(ctx context.Context, file *os.File, stdout io.Writer) error {
	fd := int(file.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return fmt.Errorf("prepare terminal: %w", err)
	}
	defer term.Restore(fd, before)

	prompt := "dht> "
	if s.self >= 0 {
		prompt = fmt.Sprintf("node %d> ", s.self)
	}
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{file, stdout}, prompt)
	if width, height, err := term.GetSize(fd); err == nil && width > 0 { // some terminals report 0
		t.SetSize(width, height)
	}
	defer io.WriteString(stdout, "\r\n") // later output begins on a new line
	return s.loop(ctx, t.ReadLine, t, t)
}

// splitWords splits a line into words at spaces and tabs and removes quotes, as
// a shell does. Between single quotes every byte is literal, between double
// quotes every byte but a backslash. Outside of single quotes a backslash makes
// the next byte literal. A quote may begin inside a word; "" is a word.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote byte // the open quote, or 0
	in := false    // inside a word
	for i := 0; i < len(line); i++ {
		b := line[i]
		switch {
		case b == '\\' && quote != '\'':
			i++
			if i == len(line) {
				return nil, errors.New("nothing follows the backslash at the end of the line")
			}
			word.WriteByte(line[i])
			in = true
		case quote != 0 && b == quote:
			quote = 0
		case quote == 0 && (b == '\'' || b == '"'):
			quote, in = b, true
		case quote == 0 && (b == ' ' || b == '\t'):
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
		default:
			word.WriteByte(b)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("quote %c is not closed", quote)
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}
