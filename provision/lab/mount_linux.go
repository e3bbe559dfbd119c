package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// closedFlags are for file systems without programs.
const closedFlags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC

// mountForAll makes the mounts that all processes of the lab share: /proc and /sys
// of the lab, and the run directory. No mount is visible outside the lab.
func mountForAll(dir string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("keep mounts inside the lab: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", closedFlags, ""); err != nil {
		return fmt.Errorf("mount /proc: %w", err)
	}
	if err := mountSys(); err != nil {
		return err
	}
	if err := unix.Mount("lab", dir, "tmpfs", closedFlags, "mode=700"); err != nil {
		return fmt.Errorf("mount %s: %w", dir, err)
	}
	return nil
}

// mountForHost makes a host's own /sys, /tmp, /run and home of root. The own /run
// hides the sockets of the machine's services, the own home hides its shell's
// startup files.
func mountForHost() error {
	if err := mountSys(); err != nil {
		return err
	}
	root, err := user.LookupId("0")
	if err != nil {
		return fmt.Errorf("find home: %w", err)
	}
	for dir, options := range map[string]string{"/tmp": "mode=1777", "/run": "mode=755", root.HomeDir: "mode=700"} {
		if err := unix.Mount("lab", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
			return fmt.Errorf("mount %s: %w", dir, err)
		}
	}
	for _, dir := range []string{hostDir, "/run/sshd"} { // the second: sshd's chroot before a login
		if err := os.Mkdir(dir, 0o755); err != nil {
			return fmt.Errorf("make directory: %w", err)
		}
	}
	return nil
}

// mountSys mounts a /sys that shows the network devices of this namespace. It
// keeps /sys/fs/cgroup, where a measurement reads how it was throttled.
func mountSys() error {
	const groups = "/sys/fs/cgroup"
	tree, err := unix.OpenTree(unix.AT_FDCWD, groups, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err == nil {
		defer unix.Close(tree)
	}
	if err := unix.Mount("sysfs", "/sys", "sysfs", closedFlags|unix.MS_RDONLY, ""); err != nil {
		return fmt.Errorf("mount /sys: %w", err)
	}
	if err != nil {
		return nil // no control groups, or a kernel older than 5.2
	}
	if err := unix.MoveMount(tree, "", unix.AT_FDCWD, groups, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("keep %s: %w", groups, err)
	}
	return nil
}

// writeHostFiles writes a host's files. Names are relative to [hostDir].
func writeHostFiles(files map[string][]byte) error {
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(hostDir, name), text, 0o600); err != nil {
			return fmt.Errorf("write file of host: %w", err)
		}
	}
	return nil
}

// unlockRoot replaces /etc/shadow for this host, so that root can log in by key
// even if the machine's root is locked.
func unlockRoot() error {
	const name = "/etc/shadow"
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := unix.Mount(filepath.Join(hostDir, "shadow"), name, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("replace %s: %w", name, err)
	}
	return nil
}
