package node

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/term"
)

// openTerminal returns the two sides of a new pseudo-terminal, of the person and of
// the program.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		skip(t, "a terminal is needed, as a mounted /dev/pts gives: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	if err := person.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	raw, err := person.SyscallConn() // Fd would take the deadline away
	if err != nil {
		t.Fatal(err)
	}
	var number, unlock int32
	for request, arg := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlock} {
		raw.Control(func(fd uintptr) {
			if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(arg))); errno != 0 {
				t.Fatal(errno)
			}
		})
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// On a terminal the shell has line editing and a history, and restores the state of
// the terminal, however the person leaves.
func TestShellOnTerminal(t *testing.T) {
	const up = "\x1b[A"
	for name, leave := range map[string]string{"exit": "exit\r", "Ctrl-C": "\x03", "Ctrl-D": "\x04"} {
		t.Run(name, func(t *testing.T) {
			person, program := openTerminal(t)
			before, err := term.GetState(int(program.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			left := make(chan error, 1)
			go func() {
				c := Command{Listen: "127.0.0.1:0", Shell: true}
				left <- c.run(testContext(t), program, program, program)
			}()
			screen := bufio.NewReader(person)
			await(t, screen, "node 0> ")
			person.WriteString("put key valuX\x7fe\r") // a mistake, and a backspace
			await(t, screen, "node 0> ")
			person.WriteString("get key\r")
			await(t, screen, "value\r\n")
			await(t, screen, "node 0> ")
			person.WriteString(up + "\r")
			await(t, screen, "value\r\n")
			await(t, screen, "node 0> ")
			person.WriteString(leave)
			select {
			case err := <-left:
				if err != nil {
					t.Errorf("left with %v", err)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("the shell did not end")
			}
			after, err := term.GetState(int(program.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fmt.Sprint(before), fmt.Sprint(after)); diff != "" {
				t.Errorf("the terminal is not as it was:\n%s", diff)
			}
		})
	}
}

// await reads from the screen until text appears.
func await(t *testing.T, screen *bufio.Reader, text string) {
	t.Helper()
	var shown strings.Builder
	for !strings.HasSuffix(shown.String(), text) {
		b, err := screen.ReadByte()
		if err != nil {
			t.Fatalf("the screen showed %q and then %v, want %q", shown.String(), err, text)
		}
		shown.WriteByte(b)
	}
}
