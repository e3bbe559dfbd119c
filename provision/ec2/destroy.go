package ec2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// expired, as the argument of --destroy, means all expired runs of the owner.
const expired = "expired"

// destroy removes what is left of the run, or of the expired runs, that
// --destroy names. The tags in AWS are enough to find it: no folder is needed.
func (c *Command) destroy(ctx context.Context) error {
	if c.Destroy != expired {
		if err := checkRunID(c.Destroy); err != nil {
			return err
		}
		return c.destroyRun(ctx, c.Destroy)
	}
	cl, err := c.connect(ctx, c.Region)
	var regions []*cloud
	if err == nil {
		regions, err = c.clouds(ctx, cl)
	}
	if err == nil {
		err = c.destroyExpired(ctx, regions...)
	}
	if _, ok := errors.AsType[leftovers](err); err == nil || ok {
		return err
	}
	return c.notLooked(expired, "", err)
}

// destroyExpired removes the runs of the owner whose hosts should have powered
// themselves off by now. Every launch does it in its region.
func (c *Command) destroyExpired(ctx context.Context, regions ...*cloud) error {
	owner := regions[0].owner
	all, err := surveyAll(ctx, regions, where(tagManaged, "true"))
	faults := []error{err}
	over := make(map[string]string) // region by id
	overdue := make(map[string]bool)
	for _, f := range all {
		switch {
		case !f.Run.expired() || f.ended() || checkRunID(f.Run.ID) != nil:
		case f.Run.Owner == owner:
			over[f.Run.ID] = f.Region
		case f.Kind == instance && !overdue[f.Run.ID]:
			overdue[f.Run.ID] = true
			c.say("warning: run %s of %s in %s should have ended at %s and still has hosts; ask its owner, or remove it with --destroy", f.Run.ID, f.Run.Owner, f.Region, stamp(f.Run.Expires))
		}
	}
	if len(over) == 0 && err == nil && c.Destroy != "" {
		c.say("no run of %s is expired in %s", owner, names(regions))
	}
	for id, region := range over {
		f, j, err := c.openRun(id)
		if errors.Is(err, errLocked) {
			c.say("run %s is expired and still active on this machine: it is not removed", id)
			continue
		}
		if err == nil {
			err = c.tearDown(ctx, regions[0].in(region), f, j, id)
			j.close()
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// destroyRun removes what is left of one run. The journal, if it is on this
// machine, has the run's region. Otherwise destroyRun searches for the run.
func (c *Command) destroyRun(ctx context.Context, id string) error {
	f, j, err := c.openRun(id)
	if err != nil {
		return c.notLooked(id, "", err)
	}
	defer j.close()
	cl, err := c.connect(ctx, c.Region)
	if err != nil {
		return c.notLooked(id, "", err)
	}
	if h := j.header(); h != nil {
		return c.tearDown(ctx, cl.in(h.Region), f, j, id)
	}
	regions, err := c.clouds(ctx, cl)
	if err != nil {
		return c.notLooked(id, "", err)
	}
	seen, err := surveyAll(ctx, regions, where(tagRun, id))
	switch {
	case len(seen) > 0:
		return c.tearDown(ctx, cl.in(seen[0].Region), f, j, id)
	case err != nil:
		return c.notLooked(id, "", err)
	}
	return notFound{Run: id, Account: cl.account, Regions: names(regions)}
}

// names lists regions.
func names(regions []*cloud) string {
	var list []string
	for _, cl := range regions {
		list = append(list, cl.region)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// notFound is the error of a run without resources and without a folder. It may
// have been removed, or be in another account or region.
type notFound struct{ Run, Account, Regions string }

func (n notFound) Error() string {
	return fmt.Sprintf("run %s was not found in account %s in %s, and its folder is not on this machine; check the id with --list, and choose another account with AWS_PROFILE", n.Run, n.Account, n.Regions)
}

// ExitCode returns the exit status of a program that ends with this error.
func (n notFound) ExitCode() int { return 3 }

// openRun opens the journal of a run. If the run's folder is not on this machine,
// the journal is empty and in memory.
func (c *Command) openRun(id string) (folder, *journal, error) {
	f, err := c.folder(id)
	if err != nil {
		return f, nil, err
	}
	j, err := openJournal(f.journal(), false)
	if errors.Is(err, fs.ErrNotExist) {
		return f, new(journal), nil
	}
	return f, j, err
}

// tearDown removes all resources of a run, and then its private key. Unless all
// are known to be gone, the error is a [leftovers].
func (c *Command) tearDown(ctx context.Context, cl *cloud, f folder, j *journal, id string) error {
	if h := j.header(); h != nil && h.Account != cl.account {
		return c.notLooked(id, cl.region, fmt.Errorf("run %s is in account %s and the credentials are of account %s; choose others with AWS_PROFILE", id, h.Account, cl.account))
	}
	c.say("removing run %s in %s, account %s", id, cl.region, cl.account)
	t := teardown{cloud: cl, journal: j, run: id, pace: c.pace(), say: c.say}
	if err := t.remove(ctx); err != nil {
		return err
	}
	if err := os.Remove(f.key()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.say("warning: the run's private key is not deleted: %v", err)
	}
	c.say("nothing of run %s is left in %s", id, cl.region)
	return nil
}

// notLooked returns the error of a run whose resources were not listed. An empty
// region means --region.
func (c *Command) notLooked(id, region string, reason error) error {
	return leftovers{Run: id, Region: cmp.Or(region, c.Region), Items: []string{unlooked}, Err: reason}
}
