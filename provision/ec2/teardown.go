package ec2

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// teardown removes all that there is of a run: what AWS shows with its tag and
// what its journal says was made, since neither alone is the whole truth. It
// looks and removes in turn until there is nothing, so that whatever goes wrong
// on the way is met by another look. Nothing counts as gone because a call failed
// or showed less than before.
type teardown struct {
	cloud   *cloud
	journal *journal
	run     string // id
	pace    Pace
	say     func(format string, a ...any)

	gone    map[item]bool // seen terminated, or removed
	ordered map[item]bool // instances that AWS has agreed to end
	last    error         // what went wrong last
	told    string        // what was said last
}

// remove returns nil when nothing of the run is left, and [Leftovers] when that
// could not be brought about within the pace's time, or before ctx ended.
func (t *teardown) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, t.pace.Teardown, fmt.Errorf("removal was given up after %v", t.pace.Teardown))
	defer cancel()
	t.gone, t.ordered = make(map[item]bool), make(map[item]bool)
	began := time.Now()
	for {
		left, err := t.pass(ctx)
		wait := t.doubt(began)
		switch {
		case ctx.Err() != nil: // what the end of time did to the pass is no news
		case err != nil:
			t.last = err
			t.tell("removal goes on after trouble", ": %v", err)
		case len(left) == 0 && wait <= 0:
			return t.journal.write(entry{State: clean})
		case len(left) == 0:
			t.tell("nothing is left to be seen", "; looking for another %v, as a call went unanswered", short(wait))
		default:
			t.tell("still there: "+describe(left), "")
		}
		if err := pause(ctx, t.pace.Poll); err != nil {
			return t.leftovers(left, err)
		}
	}
}

// doubt is for how long still what nobody knows of may come to sight. A call that
// was killed before its answer may have been tried again for minutes after its
// line in the journal, the last time just before the teardown began.
func (t *teardown) doubt(began time.Time) time.Duration {
	_, last := t.journal.made()
	if !last.IsZero() && last.Before(began) {
		last = began
	}
	return time.Until(last.Add(t.pace.Settle))
}

// tell says something once, until something else is to be said. more is of no
// matter for whether it is the same.
func (t *teardown) tell(what, more string, a ...any) {
	if what != t.told {
		t.told = what
		t.say("%s", what+fmt.Sprintf(more, a...))
	}
}

// leftovers is the error for what is left when time is up.
func (t *teardown) leftovers(left []item, why error) error {
	if t.last == nil {
		t.last = why
	}
	l := Leftovers{Run: t.run, Region: t.cloud.region, Err: t.last}
	for _, i := range left {
		l.Items = append(l.Items, i.String())
	}
	slices.Sort(l.Items)
	if len(left) == 0 {
		l.Items = []string{unseen}
	}
	return l
}

// pass looks once and orders the removal of what it sees. It returns what was
// there before; only when that is nothing, and err nil, is nothing left.
func (t *teardown) pass(ctx context.Context) (left []item, err error) {
	seen, err := t.cloud.foundInstances(ctx, where(tagRun, t.run))
	if err != nil {
		return t.blind(ctx, nil, nil, err)
	}
	var alive, doomed []item // doomed need no further order
	for _, f := range seen {
		switch {
		case f.ended():
			t.gone[f.item] = true
		case f.State == string(types.InstanceStateNameShuttingDown):
			doomed = append(doomed, f.item)
		default:
			alive = append(alive, f.item)
		}
	}
	unseen, err := t.unseenInstances(ctx, append(alive, doomed...))
	if err != nil {
		return t.blind(ctx, alive, doomed, err)
	}
	alive = append(alive, unseen...)
	if left = append(alive, doomed...); len(left) > 0 {
		return left, t.terminate(ctx, alive)
	}
	others, fault := t.cloud.foundOthers(ctx, where(tagRun, t.run))
	left, err = t.removeOthers(ctx, others, fault == nil)
	return left, errors.Join(fault, err)
}

// blind is a pass whose look at instances has failed for that reason: who may
// not look may still be allowed to remove. It ends those that were seen alive,
// and those of the journal that are neither doomed nor ended by an order of
// before.
func (t *teardown) blind(ctx context.Context, alive, doomed []item, reason error) (left []item, err error) {
	known := slices.Concat(alive, doomed)
	left = t.remembered(known)
	for _, i := range left[len(known):] {
		if i.Kind == instance && !t.ordered[i] {
			alive = append(alive, i)
		}
	}
	return left, errors.Join(reason, t.terminate(ctx, alive))
}

// remembered adds to a list what the journal says was made and that is not known
// to be gone.
func (t *teardown) remembered(list []item) []item {
	made, _ := t.journal.made()
	for _, i := range list {
		delete(made, i)
	}
	for i := range made {
		if !t.gone[i] {
			list = append(list, i)
		}
	}
	return list
}

// removeOthers removes things other than instances, which hold some of them and
// are gone by now. all says that others are all that AWS has: when some could
// not be looked for, those of the journal are removed unseen.
func (t *teardown) removeOthers(ctx context.Context, others []found, all bool) (left []item, err error) {
	for _, f := range others {
		left = append(left, f.item)
		if f.Kind == volume || f.Kind == netif {
			if f.State != "available" {
				continue // it goes with its instance
			}
		}
		err = errors.Join(err, t.delete(ctx, f.item))
	}
	for _, i := range t.remembered(left)[len(left):] {
		if all && !t.young(i) { // AWS would show it by now
			t.gone[i] = true
			continue
		}
		left = append(left, i)
		err = errors.Join(err, t.delete(ctx, i))
	}
	return left, err
}

// young: made so lately that AWS may not know of it everywhere.
func (t *teardown) young(i item) bool {
	made, _ := t.journal.made()
	return time.Since(made[i]) < t.pace.Settle
}
