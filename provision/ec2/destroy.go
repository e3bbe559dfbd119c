package ec2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// expired, as the argument of --destroy, means all runs past their lifetime.
const expired = "expired"

// destroy removes what is left of the run, or of all expired runs, that
// --destroy names. It needs no folder of the run: tags are enough.
func (c *Command) destroy(ctx context.Context) error {
	if c.Destroy != expired {
		if err := checkRunID(c.Destroy); err != nil {
			return err
		}
		return c.destroyRun(ctx, c.Destroy, "")
	}
	cl, err := c.open(ctx, c.Region)
	if err != nil {
		return c.notLooked(expired, "", err)
	}
	all, err := cl.everything(ctx, where(tagOwner, c.owner()))
	if err != nil {
		err = c.notLooked(expired, "", err)
	}
	return errors.Join(c.destroyExpired(ctx, all), err)
}

// destroyExpired removes the runs, among things found, whose hosts should have
// powered themselves off by now. Those of other owners are left alone, though
// they may be among the things: in the filter of a look, * and ? of --owner
// stand for anything.
func (c *Command) destroyExpired(ctx context.Context, all []found) error {
	var over []string
	for _, f := range all {
		past := !f.Run.Expires.IsZero() && time.Now().After(f.Run.Expires)
		if f.Run.Owner == c.owner() && past && !f.ended() && checkRunID(f.Run.ID) == nil && !slices.Contains(over, f.Run.ID) {
			over = append(over, f.Run.ID)
		}
	}
	if len(over) == 0 {
		if c.Destroy != "" {
			c.say("no run of %s in %s is past its lifetime", c.owner(), c.Region)
		}
		return nil
	}
	var faults []error
	for _, id := range over {
		err := c.destroyRun(ctx, id, c.Region)
		if errors.Is(err, errLocked) {
			c.say("run %s is past its lifetime and still going on here: left alone", id)
			continue
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// sweep removes hosts of the owner's own runs that should be gone, before new
// ones are made: a killed run may have left them.
func (c *Command) sweep(ctx context.Context, cl *cloud) error {
	hosts, err := cl.foundInstances(ctx, where(tagOwner, c.owner()))
	if err != nil {
		return err
	}
	return c.destroyExpired(ctx, hosts)
}

// destroyRun removes what is left of one run. The run's journal, if it is here,
// says where to look; otherwise --region does, and region overrides it. Whatever
// kept it from looking, something may be left: the error is a [Leftovers].
func (c *Command) destroyRun(ctx context.Context, id, region string) error {
	f, err := c.folder(id)
	if err != nil {
		return c.notLooked(id, region, err)
	}
	j, err := openJournal(f.journal(), false)
	if errors.Is(err, fs.ErrNotExist) {
		j, err = new(journal), nil
	}
	if err != nil {
		return c.notLooked(id, region, err)
	}
	defer j.close()
	h := j.header()
	if region == "" && h != nil {
		region = h.Region
	}
	cl, account, err := c.openAccount(ctx, cmp.Or(region, c.Region))
	if err == nil && h != nil && h.Account != account {
		err = fmt.Errorf("run %s is in account %s and these are credentials of %s: nothing was removed: choose others with AWS_PROFILE", id, h.Account, account)
	}
	if err != nil {
		return c.notLooked(id, region, err)
	}
	c.say("removing all of run %s in %s, account %s", id, cl.region, account)
	t := teardown{cloud: cl, journal: j, run: id, pace: c.pace(), say: c.say}
	if err := t.remove(ctx); err != nil {
		return err
	}
	c.say("nothing of run %s is left in %s", id, cl.region)
	return nil
}

// openAccount is open, and asks whose account it is.
func (c *Command) openAccount(ctx context.Context, region string) (*cloud, string, error) {
	cl, err := c.open(ctx, region)
	if err != nil {
		return nil, "", err
	}
	identity, err := cl.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, "", explain("ask AWS who we are", err)
	}
	return cl, aws.ToString(identity.Account), nil
}

// notLooked is the error of a run at which nobody has looked, for that reason.
// A region of "" is --region.
func (c *Command) notLooked(id, region string, reason error) error {
	return Leftovers{Run: id, Region: cmp.Or(region, c.Region), Items: []string{unlooked}, Err: reason}
}
