package ec2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
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
	if err == nil {
		err = c.destroyExpired(ctx, cl)
	}
	if _, ok := errors.AsType[leftovers](err); err == nil || ok {
		return err
	}
	return c.notLooked(expired, "", err)
}

// destroyExpired removes the runs of the owner whose hosts should have powered
// themselves off by now. Every launch begins with it.
func (c *Command) destroyExpired(ctx context.Context, cl *cloud) error {
	all, err := cl.survey(ctx, where(tagOwner, c.owner()))
	faults := []error{err}
	var over []string
	for _, f := range all {
		// EC2 treats * and ? in a filter as wildcards: compare the owner here.
		past := f.Run.Owner == c.owner() && !f.Run.Expires.IsZero() && time.Now().After(f.Run.Expires)
		if past && !f.ended() && checkRunID(f.Run.ID) == nil && !slices.Contains(over, f.Run.ID) {
			over = append(over, f.Run.ID)
		}
	}
	if len(over) == 0 && err == nil && c.Destroy != "" {
		c.say("no run of %s in %s is expired", c.owner(), cl.region)
	}
	for _, id := range over {
		f, j, err := c.openRun(id)
		if errors.Is(err, errLocked) {
			c.say("run %s is expired and still active on this machine: it is not removed", id)
			continue
		}
		if err == nil {
			err = c.tearDown(ctx, cl, f, j, id)
			j.close()
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// destroyRun removes what is left of one run. The journal, if it is on this
// machine, has the run's region; otherwise --region is used.
func (c *Command) destroyRun(ctx context.Context, id string) error {
	f, j, err := c.openRun(id)
	if err != nil {
		return c.notLooked(id, "", err)
	}
	defer j.close()
	region := c.Region
	if h := j.header(); h != nil {
		region = h.Region
	}
	cl, err := c.connect(ctx, region)
	if err != nil {
		return c.notLooked(id, region, err)
	}
	return c.tearDown(ctx, cl, f, j, id)
}

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
