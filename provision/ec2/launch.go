package ec2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"dhtbench/provision/host"
)

// lastMinute is how long before the hosts' lifetime is over a run ends.
const lastMinute = time.Minute

// launch is one run, from the first resource made to the last one removed.
type launch struct {
	*Command
	pace    pace
	cloud   *cloud
	facts   facts
	run     run
	folder  folder
	keys    keys
	journal *journal
	group   string // id of the security group; "" until it is made
}

// launch makes hosts, runs COMMAND and removes the hosts.
func (c *Command) launch(ctx context.Context) (err error) {
	if err := errors.Join(c.checkCost(), c.checkProgram(), c.checkTerminal()); err != nil {
		return err
	}
	cl, err := c.connect(ctx, c.Region)
	if err != nil {
		return err
	}
	f, err := c.preflight(ctx, cl)
	if err != nil {
		return err
	}
	if err := c.confirm(ctx, f); err != nil {
		return err
	}
	if err := c.destroyExpired(ctx, cl); err != nil {
		return err
	}
	l, err := c.begin(cl, f)
	if err != nil {
		return err
	}
	defer l.journal.close()
	// Deferred, so that a panic of this goroutine removes the hosts too.
	defer func() { err = l.end(ctx, err) }()
	return l.lend(ctx)
}

// begin makes the run's folder, keys and journal. It makes nothing in AWS.
func (c *Command) begin(cl *cloud, f facts) (*launch, error) {
	now := time.Now().UTC().Truncate(time.Second)
	l := &launch{Command: c, pace: c.pace(), cloud: cl, facts: f}
	l.run = run{ID: newRunID(now), Owner: cl.owner, Created: now, Expires: now.Add(c.Lifetime)}
	var err error
	if l.folder, err = c.makeFolder(l.run.ID); err != nil {
		return nil, err
	}
	if l.keys, err = makeKeys(l.folder, l.run); err != nil {
		return nil, err
	}
	if l.journal, err = openJournal(l.folder.journal(), true); err != nil {
		return nil, err
	}
	h := &header{
		Run: l.run, Account: cl.account, Region: c.Region, Type: c.Type,
		Image: f.Image, ImageName: f.ImageName, Nodes: c.Nodes, Argv: c.Argv, USDPerHour: c.perHour(),
	}
	if err := l.journal.write(entry{State: started, Header: h}); err != nil {
		l.journal.close()
		return nil, err
	}
	c.say("run %s in %s, journal %s", l.run.ID, c.Region, l.folder.journal())
	return l, nil
}

// lend makes the hosts and runs COMMAND with them. Hosts may exist after it,
// whatever it returns.
func (l *launch) lend(ctx context.Context) error {
	end := l.run.Expires.Add(-lastMinute)
	ctx, cancel := context.WithDeadlineCause(ctx, end, fmt.Errorf("the lifetime of %v is over; raise --lifetime", l.Lifetime))
	defer cancel()
	machines, at, err := l.makeMachines(ctx)
	if err != nil {
		return err
	}
	hosts, err := l.writeSSH(l.folder, l.run, machines, l.hostFacts(at))
	if err != nil {
		return err
	}
	if err := l.awaitReady(ctx, hosts); err != nil {
		return err
	}
	l.say("%d hosts are ready in %s, inventory %s", len(hosts), at.Zone, l.folder.inventory())
	l.say("they cost about $%.2f an hour and power themselves off by %s", l.perHour(), l.run.Expires.Local().Format(time.TimeOnly))
	defer l.keepLeases(ctx, hosts)()
	err = host.Command{Argv: l.Argv, Inventory: l.folder.inventory()}.Run(ctx)
	if ctx.Err() != nil {
		err = errors.Join(err, context.Cause(ctx))
	}
	return err
}

// hostFacts returns the facts that all hosts share, for the record.
func (l *launch) hostFacts(at spot) map[string]string {
	return map[string]string{
		"image":           l.facts.Image,
		"image_name":      l.facts.ImageName,
		"instance_type":   l.Type,
		"region":          l.Region,
		"zone":            at.Zone,
		"placement_group": cmp.Or(at.Placement, "none"),
		"run":             l.run.ID,
	}
}

// end removes all resources, even if ctx has ended. The error is before, joined
// with that of the removal.
func (l *launch) end(ctx context.Context, before error) error {
	if before != nil {
		l.say("%v", before)
	}
	if err := l.tearDown(context.WithoutCancel(ctx), l.cloud, l.folder, l.journal, l.run.ID); err != nil {
		return errors.Join(err, before)
	}
	l.say("the run took %s and cost about $%.2f", short(time.Since(l.run.Created)), l.cost(time.Since(l.run.Created)))
	if status, ok := errors.AsType[host.Status](before); ok {
		l.say("exit status %d is COMMAND's", status.Code)
	}
	return before
}
