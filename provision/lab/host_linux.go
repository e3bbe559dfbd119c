package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// enter moves the process into new namespaces by executing it again, and then does
// not return. inside means that this was done.
//
// Note: one thread of a Go program cannot take the others with it.
func enter(inside bool, namespaces int) error {
	if inside {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the executable: %w", err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Unshare(namespaces); err != nil {
		return fmt.Errorf("create namespaces: %w%s", err, remedy(err))
	}
	argv := append([]string{self}, os.Args[1:]...)
	return fmt.Errorf("execute again inside namespaces: %w", syscall.Exec(self, append(argv, "--inside"), os.Environ()))
}

// runHost makes a host's namespaces, connects them, takes part in the measurement
// of the round trip, and then executes sshd.
func runHost(ctx context.Context, isInside bool) error {
	if err := enter(isInside, unix.CLONE_NEWNET|unix.CLONE_NEWNS|unix.CLONE_NEWUTS); err != nil {
		return err
	}
	orders, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	var first order
	for {
		var o order
		if err := orders.Decode(&o); errors.Is(err, io.EOF) {
			return errors.New("the lab ended before sshd started")
		} else if err != nil {
			return fmt.Errorf("read order: %w", err)
		}
		var a answer
		var err error
		switch o.Do {
		case "furnish":
			first = o
			a.PID = os.Getpid()
			err = furnish(o)
		case "connect":
			err = join(first)
		case "probe":
			a.RoundTrips, err = roundTrips(ctx, o.Echo, o.Count)
		case "serve":
			return serve(first)
		}
		if err != nil {
			return err
		}
		if err := answers.Encode(a); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
	}
}

// furnish sets the host's name and makes its mounts and files.
func furnish(o order) error {
	if err := unix.Sethostname([]byte(o.Port.name())); err != nil {
		return fmt.Errorf("set host name: %w", err)
	}
	if err := mountForHost(); err != nil {
		return err
	}
	err := writeHostFiles(map[string][]byte{
		"sshd_config":     serverConfig(o.Port),
		"host_key":        []byte(o.HostKey),
		"authorized_keys": []byte(o.Authorized),
		"shadow":          []byte(shadow),
	})
	if err != nil {
		return err
	}
	return unlockRoot()
}

// join connects the host to the switch and starts the echo server.
func join(o order) error {
	if err := errors.Join(loopback(), connect(o.Port, ports(o.Nodes))); err != nil {
		return err
	}
	l, err := net.Listen("tcp", echoAddress(o.Port))
	if err != nil {
		return fmt.Errorf("listen for probes: %w", err)
	}
	go echo(l) // until this process executes sshd
	return nil
}

// echoAddress returns the address of a host's echo server.
func echoAddress(p port) string {
	return net.JoinHostPort(p.addr().String(), strconv.Itoa(echoPort))
}

// serve executes the host's sshd.
func serve(o order) error {
	argv := []string{o.SSHD, "-D", "-e", "-f", hostDir + "/sshd_config"}
	return fmt.Errorf("start %s: %w", o.SSHD, syscall.Exec(o.SSHD, argv, []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}))
}
