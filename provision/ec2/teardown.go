package ec2

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// teardown removes all resources of one run: those that AWS shows with the run's
// tag and those that the run's journal lists. Neither list alone is complete.
// It lists and removes in turn until both lists are empty. A failed call never
// counts as a removal.
type teardown struct {
	cloud   *cloud
	journal *journal
	run     string // id
	pace    pace
	say     func(format string, a ...any)

	gone map[item]bool // terminated or deleted
	last error         // the last error of a call
	said string        // the last message
}

// remove returns nil when no resource of the run is left. It returns [leftovers]
// when the pace's time for the teardown is over, or ctx ends, before that.
func (t *teardown) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, t.pace.Teardown, fmt.Errorf("the teardown was not done within %v", t.pace.Teardown))
	defer cancel()
	t.gone = make(map[item]bool)
	began := time.Now()
	for {
		left, err := t.pass(ctx)
		wait := t.settles(began)
		switch {
		case ctx.Err() != nil: // any error of this pass comes from the end of ctx
		case err != nil:
			t.last = err
			t.sayOnce("the teardown continues after an error", ": %v", err)
		case len(left) == 0 && wait <= 0:
			return t.journal.write(entry{State: clean})
		case len(left) == 0:
			t.sayOnce("nothing is left to see", "; waiting another %v because a call had no answer", short(wait))
		default:
			t.sayOnce("still there: "+describe(left), "")
		}
		if err := pause(ctx, t.pace.Poll); err != nil {
			return t.leftovers(left, err)
		}
	}
}

// settles returns how much longer a resource may appear that no list contains
// yet. It is positive only after a call whose outcome is unknown. The SDK may
// have repeated that call until just before the teardown began.
func (t *teardown) settles(began time.Time) time.Duration {
	_, last := t.journal.made()
	if !last.IsZero() && last.Before(began) {
		last = began
	}
	return time.Until(last.Add(t.pace.Settle))
}

// sayOnce prints what and detail, unless what was printed last.
func (t *teardown) sayOnce(what, detail string, a ...any) {
	if what != t.said {
		t.said = what
		t.say("%s", what+fmt.Sprintf(detail, a...))
	}
}

// leftovers returns the error for resources that are left when time is up.
func (t *teardown) leftovers(left []item, why error) error {
	if t.last == nil {
		t.last = why
	}
	l := leftovers{Run: t.run, Region: t.cloud.region, Err: t.last}
	for _, i := range left {
		l.Items = append(l.Items, i.String())
	}
	slices.Sort(l.Items)
	if len(left) == 0 {
		l.Items = []string{unseen}
	}
	return l
}

// pass lists all resources once and removes them. It terminates instances first
// and deletes the others, which instances use, when no instance is left. It
// returns the resources that it listed. Nothing is left only when that list is
// empty and err is nil.
func (t *teardown) pass(ctx context.Context) (left []item, err error) {
	seen, err := t.cloud.survey(ctx, where(tagRun, t.run))
	var alive, others []item
	for _, f := range seen {
		switch {
		case f.ended():
			t.gone[f.item] = true
			continue
		case f.Kind != instance:
			others = append(others, f.item)
		case f.State != types.InstanceStateNameShuttingDown:
			alive = append(alive, f.item)
		}
		left = append(left, f.item)
	}
	for _, i := range t.unlisted(left, err == nil) {
		if i.Kind == instance {
			alive = append(alive, i)
		} else {
			others = append(others, i)
		}
		left = append(left, i)
	}
	if slices.ContainsFunc(left, func(i item) bool { return i.Kind == instance }) {
		return left, errors.Join(err, t.terminate(ctx, alive))
	}
	for _, i := range others {
		err = errors.Join(err, t.delete(ctx, i))
	}
	return left, err
}

// unlisted returns resources of the journal that may exist though AWS did not
// list them. If the listing was complete, only young ones may.
func (t *teardown) unlisted(listed []item, complete bool) (list []item) {
	made, _ := t.journal.made()
	for i := range made {
		if t.gone[i] || slices.Contains(listed, i) {
			continue
		}
		if complete && !t.young(i) {
			t.gone[i] = true
			continue
		}
		list = append(list, i)
	}
	return list
}

// young reports whether i was made so recently that AWS may not show it yet.
func (t *teardown) young(i item) bool {
	made, _ := t.journal.made()
	return time.Since(made[i]) < t.pace.Settle
}

// terminate ends instances. AWS ends none of them if it does not know one. Then
// terminate ends them one by one.
func (t *teardown) terminate(ctx context.Context, alive []item) error {
	if len(alive) == 0 {
		return nil
	}
	// The operating system's own shutdown is skipped: it takes time that is paid
	// for, and nothing on the hosts is worth keeping.
	input := &api.TerminateInstancesInput{SkipOsShutdown: aws.Bool(true)}
	for _, i := range alive {
		input.InstanceIds = append(input.InstanceIds, i.ID)
	}
	_, err := t.cloud.ec2.TerminateInstances(ctx, input)
	switch {
	case err == nil:
		return nil
	case len(alive) > 1:
		err = nil
		for _, i := range alive {
			err = errors.Join(err, t.terminate(ctx, []item{i}))
		}
		return err
	case code(err) == "InvalidInstanceID.NotFound":
		t.gone[alive[0]] = !t.young(alive[0])
		return nil
	}
	return explain("terminate "+alive[0].String(), err)
}

// delete removes a resource that is not an instance. It is no error when the
// resource does not exist or is still in use: the next pass tries again.
func (t *teardown) delete(ctx context.Context, i item) error {
	var err error
	switch id := aws.String(i.ID); i.Kind {
	case keyPair:
		_, err = t.cloud.ec2.DeleteKeyPair(ctx, &api.DeleteKeyPairInput{KeyName: id})
	case group:
		_, err = t.cloud.ec2.DeleteSecurityGroup(ctx, &api.DeleteSecurityGroupInput{GroupId: id})
	case placement:
		_, err = t.cloud.ec2.DeletePlacementGroup(ctx, &api.DeletePlacementGroupInput{GroupName: id})
	}
	switch {
	case err == nil, isNotFound(err) && !t.young(i):
		t.gone[i] = true // unless AWS shows it again
		return nil
	case isNotFound(err), isInUse(err):
		return nil
	}
	return explain("delete "+i.String(), err)
}
