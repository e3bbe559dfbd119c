package ec2

import (
	"context"
	"time"
)

// checkCredentials warns of credentials that may end before the run: without
// any, nothing can be removed from here, and hosts go on until their timers end
// them.
//
// Note: it does not refuse them. Those that come with a time (SSO, a role,
// CloudShell) are mostly renewed by the SDK when they end, which nobody can know
// beforehand; those that are given with a token come without a time.
func (c *Command) checkCredentials(ctx context.Context, cl *cloud) error {
	got, err := cl.credentials.Retrieve(ctx)
	if err != nil {
		return explain("get credentials of AWS", err)
	}
	needed := c.Lifetime + c.pace().Teardown
	switch {
	case got.CanExpire && time.Until(got.Expires) < needed:
		c.say("warning: the AWS credentials in use (%s) end at %s, and a run may need them for %s: unless they can be renewed by then without you, log in again first, or give a shorter --lifetime", got.Source, stamp(got.Expires), short(needed))
	case !got.CanExpire && got.SessionToken != "":
		c.say("warning: the AWS credentials in use (%s) are temporary, they do not say until when, and they cannot be renewed: a run may need them for %s; if they end before, nothing can be removed from here, and hosts run until their timers end them", got.Source, short(needed))
	}
	return nil
}
