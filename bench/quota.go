package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// quotaLimit lets the processes of a control group run for a quarter of one
// processor's time.
const quotaLimit = "25000 100000" // µs, in every so many µs

// quota is a control group, version 2, with quotaLimit.
type quota struct {
	parent  string // folder of this process's own group
	group   string
	enabled bool // processor time was not divided in parent before
}

// newQuota makes a quota below this process's own group, as files below root show
// it. It fails where the machine does not allow that.
func newQuota(root string) (q quota, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("make a control group with a limit: %w", err)
		}
	}()
	q.parent = controlGroup(root)
	controllers, err := os.ReadFile(filepath.Join(q.parent, "cgroup.controllers"))
	if err != nil {
		return q, err
	}
	if !lists(controllers, "cpu") {
		return q, errors.New("version 2 does not control processor time here")
	}
	divided, err := os.ReadFile(filepath.Join(q.parent, "cgroup.subtree_control"))
	if err != nil {
		return q, err
	}
	if !lists(divided, "cpu") {
		if err := control(q.parent, "cgroup.subtree_control", "+cpu"); err != nil {
			return q, err
		}
		q.enabled = true
	}
	q.group = filepath.Join(q.parent, "dhtbench-"+strconv.Itoa(os.Getpid()))
	err = os.Mkdir(q.group, 0o755)
	if err == nil {
		err = control(q.group, "cpu.max", quotaLimit)
	}
	if err != nil {
		return q, errors.Join(err, q.remove())
	}
	return q, nil
}

// remove removes the group, which must be empty.
func (q quota) remove() error {
	err := os.Remove(q.group)
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	if q.enabled {
		err = errors.Join(err, control(q.parent, "cgroup.subtree_control", "-cpu"))
	}
	return err
}

// holdBack puts a process into a quota. undo takes it out again.
func holdBack(root string, pid int) (undo func() error, err error) {
	q, err := newQuota(root)
	if err != nil {
		return nil, err
	}
	undo = func() error {
		return errors.Join(control(q.parent, "cgroup.procs", strconv.Itoa(pid)), q.remove())
	}
	if err := control(q.group, "cgroup.procs", strconv.Itoa(pid)); err != nil {
		return nil, errors.Join(err, q.remove())
	}
	return undo, nil
}

// lists reports whether a list of controllers has one of that name.
func lists(controllers []byte, name string) bool {
	return slices.ContainsFunc(bytes.Fields(controllers), func(f []byte) bool { return string(f) == name })
}

// control writes a value to a file of a control group. It does not make the file.
func control(group, file, value string) error {
	f, err := os.OpenFile(filepath.Join(group, file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	return errors.Join(err, f.Close())
}
