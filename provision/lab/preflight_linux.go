package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"

	"golang.org/x/sys/unix"
)

// tunDevice is the device that makes TAP devices.
const tunDevice = "/dev/net/tun"

// needed returns the capabilities that the lab and its sshd need. Root has them,
// except in some containers.
func needed() map[int]string {
	return map[int]string{
		unix.CAP_SYS_ADMIN:  "CAP_SYS_ADMIN",
		unix.CAP_NET_ADMIN:  "CAP_NET_ADMIN",
		unix.CAP_SYS_CHROOT: "CAP_SYS_CHROOT",
		unix.CAP_SETUID:     "CAP_SETUID",
		unix.CAP_SETGID:     "CAP_SETGID",
	}
}

// preflight finds the programs that the lab needs. The error lists everything that
// is missing.
func preflight(c Command) (ssh, sshd string, err error) {
	var errs []error
	fault := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	fault(mayMakeNamespaces())
	ssh, err = exec.LookPath("ssh")
	if err != nil {
		fault(errors.New("ssh is missing; install openssh-client"))
	}
	sshd, err = findServer()
	fault(err)
	if c.RTT > 0 {
		fault(checkTun())
	}
	if _, err := exec.LookPath(c.Argv[0]); err != nil {
		fault(fmt.Errorf("find command: %w", err))
	}
	return ssh, sshd, errors.Join(errs...)
}

// mayMakeNamespaces checks this process's permissions. It names only the first one
// that is missing, since one remedy adds them all.
func mayMakeNamespaces() error {
	if os.Geteuid() != 0 {
		return errors.New("provision lab needs root (try sudo)")
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData // capabilities 0 to 31, and 32 to 63
	if err := unix.Capget(&header, &data[0]); err != nil {
		return fmt.Errorf("read capabilities: %w", err)
	}
	for number, name := range needed() {
		if data[number/32].Effective>>(number%32)&1 == 0 {
			return fmt.Errorf("provision lab needs %s, which root lacks here; run the container with --privileged", name)
		}
	}
	return nil
}

// findServer finds sshd, which is often not in PATH, and checks that the user for
// its privilege separation exists.
func findServer() (string, error) {
	path, err := exec.LookPath("sshd")
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin"} {
		if err == nil {
			break
		}
		path, err = exec.LookPath(dir + "/sshd")
	}
	if err != nil {
		return "", errors.New("sshd is missing; install openssh-server (its service need not run)")
	}
	if _, err := user.Lookup("sshd"); err != nil {
		return "", fmt.Errorf("%s needs the user sshd; install openssh-server: %w", path, err)
	}
	return path, nil
}

// checkTun checks that TAP devices can be made.
func checkTun() error {
	f, err := os.OpenFile(tunDevice, os.O_RDWR, 0)
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--rtt needs %s; load the kernel module tun, or give the container the device", tunDevice)
	case errors.Is(err, fs.ErrPermission) && os.Geteuid() != 0:
		return nil // mayMakeNamespaces reports it
	default:
		return fmt.Errorf("--rtt needs TAP devices: %w", err)
	}
}
