package ec2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"dhtbench/provision/host"

	"github.com/alecthomas/kong"
)

// roleVariable says what a process of this test binary is: nothing for what
// `go test` starts, which starts itself again as roleTests in a network
// namespace where nothing but loopback exists; roleProvision for the program
// under test.
const (
	roleVariable  = "DHTBENCH_EC2_TEST_ROLE"
	roleTests     = "tests"
	roleProvision = "provision"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case roleProvision:
		os.Exit(provision())
	case roleTests:
		if err := loopbackUp(); err != nil {
			fmt.Fprintln(os.Stderr, "bring up loopback:", err)
			os.Exit(1)
		}
		credentials()
		status := m.Run()
		stopMotos()
		os.Exit(status)
	}
	// Without a namespace of their own the tests that need AWS's stand-in skip.
	if status, err := isolate(); err == nil {
		os.Exit(status)
	} else {
		notIsolated = err
	}
	credentials()
	os.Exit(m.Run())
}

// notIsolated is why the tests could not get a namespace of their own, if they
// could not.
var notIsolated error

// credentials are such as moto takes, and keep the SDK from looking for others:
// in the user's files, or at the address of EC2's metadata service.
func credentials() {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID":           "testing",
		"AWS_SECRET_ACCESS_KEY":       "testing",
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED":   "true",
		// Unless a test says otherwise, calls go to a port where nobody listens.
		"AWS_ENDPOINT_URL": "http://127.0.0.1:1",
	} {
		os.Setenv(name, value)
	}
	for _, name := range []string{"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "AWS_REGION", "AWS_ENDPOINT_URL_EC2"} {
		os.Unsetenv(name)
	}
}

// grammar is the command line of the program provision, as far as it is ours.
type grammar struct {
	EC2 Command `cmd:"" name:"ec2"`
}

// parse reads a command line after `provision ec2`.
func parse(args ...string) (*Command, error) {
	var g grammar
	parser, err := kong.New(&g, kong.Exit(func(int) {}), kong.Writers(io.Discard, io.Discard))
	if err != nil {
		return nil, err
	}
	_, err = parser.Parse(append([]string{"ec2"}, args...))
	g.EC2.seams = seams{pace: fast(), ready: atOnce, beat: noBeat}
	return &g.EC2, err
}

// fast is a pace for tests, in which waits are for processes on this machine. Limits
// are long, so that a busy machine causes no errors.
func fast() pace {
	return pace{
		Attempts: 3,
		Backoff:  time.Millisecond,
		Call:     2 * time.Minute,
		Poll:     2 * time.Millisecond,
		Settle:   100 * time.Millisecond,
		Boot:     2 * time.Minute,
		SSH:      2 * time.Minute,
		Beat:     time.Second,
		Teardown: 2 * time.Minute,
	}
}

// atOnce stands in for the wait until ssh works: it dials nothing.
func atOnce(context.Context, string, []host.Host) error { return nil }

// noBeat stands in for heartbeats.
func noBeat(context.Context, host.Host) error { return nil }

// provision is the program under test.
func provision() int {
	c, err := parse(os.Args[1:]...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "provision:", err)
		return 2
	}
	if os.Getenv(sshVariable) != "" {
		c.seams.ready, c.seams.beat = nil, nil
	}
	if limit, err := time.ParseDuration(os.Getenv(hasteVariable)); err == nil {
		c.seams.pace.SSH, c.seams.pace.Progress = limit, limit*3/4
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err = c.Run(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "provision:", err)
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return 1
}

// sshVariable, when set, has the program under test use ssh, of which a test
// puts its own on PATH.
const sshVariable = "DHTBENCH_EC2_TEST_SSH"

// hasteVariable is the time limit of the program under test for ssh.
const hasteVariable = "DHTBENCH_EC2_TEST_HASTE"

// rootVariable is set when the tests are run by root, not merely by one who is
// root in a user namespace.
const rootVariable = "DHTBENCH_EC2_TEST_ROOT"

// skip says why a test does not run and what would make it; where everything
// must be there, that is a failure.
func skip(t *testing.T, format string, a ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, a...)
	}
	t.Skipf(format, a...)
}
