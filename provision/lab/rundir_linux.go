package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// runDirPattern is the pattern of run directories, for [os.MkdirTemp].
const runDirPattern = "dhtbench-lab-*"

// maxRunDir is the longest path of a run directory: the path of a socket in it has
// at most 108 bytes, of which ssh uses up to 30.
const maxRunDir = 76

// runDir is the directory of a lab. Inside the lab, a tmpfs is mounted on it.
// Outside, it stays empty.
//
// It is locked as long as the lab exists: init inherits lock.
type runDir struct {
	path string
	lock *os.File
}

// newRunDir makes and locks a run directory.
func newRunDir() (runDir, error) {
	path, err := os.MkdirTemp("", runDirPattern)
	if err != nil {
		return runDir{}, fmt.Errorf("make the lab's directory: %w", err)
	}
	d := runDir{path: path}
	if len(path) > maxRunDir {
		return d, errors.Join(fmt.Errorf("make the lab's directory: %s: must have at most %d bytes; set TMPDIR to a shorter path", path, maxRunDir), d.remove())
	}
	d.lock, err = lockDir(path)
	if err != nil {
		return d, errors.Join(fmt.Errorf("lock the lab's directory: %w", err), d.remove())
	}
	return d, nil
}

// remove removes the directory. Call it after the lab's end: it would also remove
// the mount inside the lab.
func (d runDir) remove() error {
	if d.lock != nil {
		defer d.lock.Close()
	}
	if err := os.Remove(d.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the lab's directory: %w", err)
	}
	return nil
}

// lockDir opens and locks a directory. It fails with EWOULDBLOCK if the directory
// is locked.
func lockDir(path string) (*os.File, error) {
	f, err := os.OpenFile(path, unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return f, nil
}

// clean removes the directories of killed labs and prints each. It removes only
// empty directories.
func clean() error {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), runDirPattern))
	if err != nil {
		return fmt.Errorf("find directories of labs: %w", err)
	}
	var errs []error
	for _, path := range found {
		lock, err := lockDir(path)
		if errors.Is(err, unix.EWOULDBLOCK) {
			fmt.Printf("%s is in use\n", path)
			continue
		}
		if err == nil {
			err = runDir{path: path, lock: lock}.remove()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Printf("removed %s\n", path)
	}
	return errors.Join(errs...)
}
