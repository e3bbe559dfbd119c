package ec2

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal returns both sides of a new pseudo-terminal: the person's and the
// program's.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		skip(t, "a terminal is needed, as a mounted /dev/pts gives: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		skip(t, "a terminal is needed, as a mounted /dev/pts gives: %v", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// TestTerminalIsAsked: the plan with AWS's answers precedes the question, and only
// yes launches.
func TestTerminalIsAsked(t *testing.T) {
	m := startMoto(t)
	for answer, made := range map[string]bool{"yes": true, "y": false, "": false} {
		t.Run("answer "+answer, func(t *testing.T) {
			s := newStage(t, m, swift, "person")
			defer s.tell()
			person, program := openTerminal(t)
			cmd := s.child(s.flags("--ssh-cidr", "203.0.113.7", "--", "true")...)
			cmd.Stdin = program
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			await(t, &s.words, "Type yes: ")
			if !strings.Contains(s.words.String(), "us-east-1a, us-east-1b") || !strings.Contains(s.words.String(), "ami-") {
				t.Error("the plan does not say what AWS said")
			}
			// So far it has only looked, as the plan says.
			if _, asked := plannedCalls(s.words.String()); !slices.Equal(s.proxy.log(), asked) {
				t.Errorf("calls before the question: %q, want %q", s.proxy.log(), asked)
			}
			if _, err := person.WriteString(answer + "\n"); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); (exitCode(err) == 0) != made {
				t.Errorf("ended with %v", err)
			}
			if launched := slices.Contains(s.proxy.log(), "RunInstances"); launched != made {
				t.Errorf("launched: %t, want %t", launched, made)
			}
			s.mustBeEmpty()
		})
	}
}

// await waits until the text is there.
func await(t *testing.T, b *lockedBuffer, want string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for !bytes.Contains([]byte(b.String()), []byte(want)) {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("no %q within 20 s in: %s", want, b.String())
		}
	}
}
