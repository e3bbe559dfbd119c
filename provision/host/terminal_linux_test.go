package host

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal returns both sides of a new pseudo-terminal: the user's and the
// program's.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminal: mount /dev/pts: %v", err)
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
		t.Skipf("no terminal: mount /dev/pts: %v", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// TestFirstConnectionMayAsk: the prefix asks at the terminal, as ssh asks for a
// passphrase. The first connection gets the answer. A later one has no terminal, so
// it fails at once instead of being stopped.
func TestFirstConnectionMayAsk(t *testing.T) {
	const variable = "DHTBENCH_TEST_ASKS"
	if os.Getenv(variable) != "" {
		h := remote(`read -r answer 2>/dev/null </dev/tty || { echo "me@far: Permission denied (publickey)." >&2; exit 255; }
test "$answer" = secret && exec "$@"`)
		_, _, err := h.find(t.Context(), os.Args[0], "0")
		fmt.Println("first:", err)
		_, err = h.Run(t.Context(), "node 3", "true")
		fmt.Println("later:", err)
		return
	}
	person, program := openTerminal(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestFirstConnectionMayAsk$")
	cmd.Env = append(os.Environ(), variable+"=1", "XDG_CACHE_HOME="+t.TempDir())
	cmd.Stdin = program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if _, err := person.WriteString("secret\nsecret\n"); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "first: <nil>\n") || !strings.Contains(string(out), "later: node 3 on far ended: exit status 255") ||
		!strings.Contains(string(out), "ssh needs an answer") {
		t.Errorf("%v\n%s", err, out)
	}
}
