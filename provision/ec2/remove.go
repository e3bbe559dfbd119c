package ec2

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// terminate ends instances. AWS ends all of them or, when it does not know one,
// none: then each is ended by itself.
func (t *teardown) terminate(ctx context.Context, alive []item) error {
	if len(alive) == 0 {
		return nil
	}
	err := t.terminateAll(ctx, alive)
	if err == nil || len(alive) == 1 && !isNotFound(err) {
		return explain("terminate instances", err)
	}
	err = nil
	for _, i := range alive {
		switch fault := t.terminateAll(ctx, []item{i}); {
		case fault == nil:
		case isNotFound(fault) && !t.young(i):
			t.gone[i] = true
		case !isNotFound(fault):
			err = errors.Join(err, explain("terminate instance "+i.ID, fault))
		}
	}
	return err
}

// terminateAll is one call. The hosts' own shutting down is skipped: nothing on
// them is worth keeping, and it takes time that is paid for.
func (t *teardown) terminateAll(ctx context.Context, list []item) error {
	return t.journal.removing("TerminateInstances", list, func() error {
		_, err := t.cloud.ec2.TerminateInstances(ctx, &api.TerminateInstancesInput{
			InstanceIds:    ids(instance, list),
			SkipOsShutdown: aws.Bool(true),
		})
		for _, i := range list {
			t.ordered[i] = t.ordered[i] || err == nil
		}
		return err
	})
}

// unseenInstances are those of the journal that AWS did not show by their tag
// and that are not known to have ended, each looked for by its id.
func (t *teardown) unseenInstances(ctx context.Context, seen []item) (list []item, err error) {
	made, _ := t.journal.made()
	for i := range made {
		if i.Kind != instance || t.gone[i] || slices.Contains(seen, i) {
			continue
		}
		byID := types.Filter{Name: aws.String("instance-id"), Values: []string{i.ID}}
		found, err := t.cloud.foundInstances(ctx, byID)
		switch {
		case err != nil:
			return nil, err
		case len(found) > 0 && found[0].ended(), len(found) == 0 && !t.young(i):
			t.gone[i] = true
		default:
			list = append(list, i)
		}
	}
	return list, nil
}

// delete removes one thing that is no instance. That it is not there is what was
// wanted, unless it is so young that AWS may merely not know it yet. That
// something still holds it is no fault either: the next pass tries again.
func (t *teardown) delete(ctx context.Context, i item) error {
	err := t.journal.removing("Delete "+string(i.Kind), items(i.Kind, i.ID), func() error { return t.deleteCall(ctx, i) })
	switch {
	case err == nil, isNotFound(err) && !t.young(i):
		t.gone[i] = true // unless AWS shows it again
		return nil
	case isNotFound(err), isHeld(err):
		return nil
	}
	return explain("remove "+i.String(), err)
}

// isHeld: something that is on its way out still uses the thing. The network
// interface of an instance may do so for minutes after its end.
func isHeld(err error) bool {
	switch code(err) {
	case "DependencyViolation", "InvalidPlacementGroup.InUse", "InvalidGroup.InUse", "VolumeInUse", "InvalidNetworkInterface.InUse":
		return true
	}
	return false
}

// deleteCall is the call that removes a thing of its kind.
func (t *teardown) deleteCall(ctx context.Context, i item) error {
	var err error
	switch id := aws.String(i.ID); i.Kind {
	case keyPair:
		_, err = t.cloud.ec2.DeleteKeyPair(ctx, &api.DeleteKeyPairInput{KeyName: id})
	case group:
		_, err = t.cloud.ec2.DeleteSecurityGroup(ctx, &api.DeleteSecurityGroupInput{GroupId: id})
	case placement:
		_, err = t.cloud.ec2.DeletePlacementGroup(ctx, &api.DeletePlacementGroupInput{GroupName: id})
	case volume:
		_, err = t.cloud.ec2.DeleteVolume(ctx, &api.DeleteVolumeInput{VolumeId: id})
	case netif:
		_, err = t.cloud.ec2.DeleteNetworkInterface(ctx, &api.DeleteNetworkInterfaceInput{NetworkInterfaceId: id})
	}
	return err
}
