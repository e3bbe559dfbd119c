package ec2

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// machine is a running instance.
type machine struct {
	ID      string
	Public  string // address for ssh
	Private string // address for other hosts
}

// awaitRunning waits until all launched instances run, and returns them in the
// order of their launch. AWS may show only some of them for a while.
func (l *launch) awaitRunning(ctx context.Context, ids []string) ([]machine, error) {
	if len(ids) != l.Nodes {
		return nil, fmt.Errorf("launch hosts: AWS made %d instead of %d", len(ids), l.Nodes)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, l.pace.Boot, fmt.Errorf("not done within %v", l.pace.Boot))
	defer cancel()
	for told := time.Now(); ; {
		seen, err := l.cloud.instances(ctx, where(tagRun, l.run.ID))
		if err != nil {
			return nil, explain("wait until hosts run", err)
		}
		machines, err := l.judge(ids, seen)
		if err != nil || len(machines) == len(ids) {
			return machines, err
		}
		if time.Since(told) > l.pace.Progress {
			l.say("%d of %d hosts run", len(machines), len(ids))
			told = time.Now()
		}
		if err := pause(ctx, l.pace.Poll); err != nil {
			return nil, fmt.Errorf("wait until hosts run: %d of %d run: %w", len(machines), len(ids), err)
		}
	}
}

// judge returns the instances that run and have both addresses. An instance that
// ends, or that this run did not launch, is an error.
func (l *launch) judge(ids []string, seen []types.Instance) ([]machine, error) {
	slices.SortFunc(seen, func(a, b types.Instance) int {
		return cmp.Compare(aws.ToInt32(a.AmiLaunchIndex), aws.ToInt32(b.AmiLaunchIndex))
	})
	var machines []machine
	for _, i := range seen {
		id := aws.ToString(i.InstanceId)
		if !slices.Contains(ids, id) {
			return nil, fmt.Errorf("instance %s has the tag of this run, which did not launch it", id)
		}
		m := machine{ID: id, Public: aws.ToString(i.PublicIpAddress), Private: aws.ToString(i.PrivateIpAddress)}
		switch s := stateOf(i); s {
		case types.InstanceStateNamePending:
		case types.InstanceStateNameRunning:
			if m.Private != "" && (m.Public != "" || l.SSHAddress != "public") {
				machines = append(machines, m)
			}
		default:
			reason := "no reason given"
			if i.StateReason != nil {
				reason = aws.ToString(i.StateReason.Message)
			}
			return nil, fmt.Errorf("instance %s is %s instead of running: %s", id, s, reason)
		}
	}
	return machines, nil
}

// stateOf returns the state of an instance, or "" if AWS gives none.
func stateOf(i types.Instance) types.InstanceStateName {
	if i.State == nil {
		return ""
	}
	return i.State.Name
}
