package node

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// terminal prompts on a terminal, with line editing and history. The terminal
// is put back as it was whatever ends it. Ctrl-C and Ctrl-D leave.
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
	if width, height, err := term.GetSize(fd); err == nil && width > 0 { // some terminals say 0
		t.SetSize(width, height)
	}
	defer io.WriteString(stdout, "\r\n") // the caller's next line begins at the left
	return s.loop(ctx, t.ReadLine, t, t)
}
