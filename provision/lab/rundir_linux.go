package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// runDirPattern names run directories: prefix, then what makes one unique.
const runDirPattern = "dhtbench-lab-*"

// maxRunDir bounds the length of a run directory's name: the sockets in it have
// at most 108 bytes, of which ssh uses up to 30 for a name of its own.
const maxRunDir = 76

// runDir is a directory in the file system that a lab has for its own. Outside
// of the lab it stays empty: inside, a file system in memory is mounted on it.
//
// It is locked as long as a process of the lab lives, for which init inherits
// lock. So whoever can lock one knows that its lab is dead.
type runDir struct {
	path string
	lock *os.File
}

// newRunDir makes one and locks it.
func newRunDir() (runDir, error) {
	path, err := os.MkdirTemp("", runDirPattern)
	if err != nil {
		return runDir{}, fmt.Errorf("make the lab's directory: %w", err)
	}
	d := runDir{path: path}
	if len(path) > maxRunDir {
		return d, errors.Join(fmt.Errorf("make the lab's directory: %s is too long a name for the sockets in it: set TMPDIR to a shorter one", path), d.remove())
	}
	d.lock, err = lockDir(path)
	if err != nil {
		return d, errors.Join(fmt.Errorf("lock the lab's directory: %w", err), d.remove())
	}
	return d, nil
}

// remove removes the directory if it is there, and must be called after the
// lab's end: a directory's removal takes away what is mounted on it anywhere.
func (d runDir) remove() error {
	if d.lock != nil {
		defer d.lock.Close()
	}
	if err := os.Remove(d.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the lab's directory: %w", err)
	}
	return nil
}

// lockDir opens and locks a directory. It fails with EWOULDBLOCK when another
// holds the lock.
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

// clean removes the directories of labs that were killed, and names each. Those
// of living labs are left alone. Since removal takes an empty directory only,
// nothing that is not the lab's can be lost.
func clean() error {
	found, err := filepath.Glob(filepath.Join(os.TempDir(), runDirPattern))
	if err != nil {
		return fmt.Errorf("find directories of labs: %w", err)
	}
	var faults []error
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
			faults = append(faults, err)
			continue
		}
		fmt.Printf("removed %s\n", path)
	}
	return errors.Join(faults...)
}
