package ec2

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// checkTerminal refuses a pipe, which cannot answer for a person, unless --yes.
func (c *Command) checkTerminal() error {
	if c.Yes || term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return errors.New("this makes hosts that cost money, and there is no terminal to ask at: see --plan, then give --yes")
}

// confirm shows the plan with all that is known by now and asks whether to pay
// for it.
func (c *Command) confirm(ctx context.Context, f facts) error {
	if c.Yes {
		return nil
	}
	if err := c.printPlan(c.out(), f); err != nil {
		return fmt.Errorf("print plan: %w", err)
	}
	fmt.Fprintf(c.out(), "\nMake these hosts, for about $%.2f an hour? Type yes: ", c.perHour())
	answer := make(chan string, 1)
	go func() { // a read of a terminal knows no context; it ends with the process
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case line := <-answer:
		if line == "yes" {
			return nil
		}
		return errors.New("not confirmed: nothing was made")
	case <-ctx.Done():
		return fmt.Errorf("wait for an answer: %w", context.Cause(ctx))
	}
}
