package ec2

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// found is a thing that AWS shows.
type found struct {
	item
	State string // of instances, volumes and interfaces; "" for others
	Run   run    // as its tags say
}

// ended: an instance that costs nothing any more, and is shown for an hour.
func (f found) ended() bool {
	return f.Kind == instance && f.State == string(types.InstanceStateNameTerminated)
}

// instances that fit the filters, in every state.
func (c *cloud) instances(ctx context.Context, filters ...types.Filter) ([]types.Instance, error) {
	var all []types.Instance
	pages := api.NewDescribeInstancesPaginator(c.ec2, &api.DescribeInstancesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("look for instances", err)
		}
		for _, r := range page.Reservations {
			all = append(all, r.Instances...)
		}
	}
	return all, nil
}

// foundInstances is instances, as things found.
func (c *cloud) foundInstances(ctx context.Context, filters ...types.Filter) ([]found, error) {
	instances, err := c.instances(ctx, filters...)
	list := make([]found, 0, len(instances))
	for _, i := range instances {
		list = append(list, found{item{instance, aws.ToString(i.InstanceId)}, string(stateOf(i)), fromTags(i.Tags)})
	}
	return list, err
}

// foundOthers is everything else that fits the filters, of all kinds that a run
// makes. A kind that cannot be looked for keeps none of the others from being
// found, but is a fault of the whole: what was not seen may well be there.
func (c *cloud) foundOthers(ctx context.Context, filters ...types.Filter) (list []found, err error) {
	for _, look := range []func(context.Context, []types.Filter) ([]found, error){
		c.volumes, c.interfaces, c.keyPairs, c.groups, c.placements,
	} {
		part, fault := look(ctx, filters)
		list = append(list, part...)
		err = errors.Join(err, fault)
	}
	return list, err
}

// everything that fits the filters. With an error it is what was found in spite
// of it.
func (c *cloud) everything(ctx context.Context, filters ...types.Filter) ([]found, error) {
	instances, err := c.foundInstances(ctx, filters...)
	others, fault := c.foundOthers(ctx, filters...)
	return slices.Concat(instances, others), errors.Join(err, fault)
}

func (c *cloud) volumes(ctx context.Context, filters []types.Filter) (list []found, err error) {
	pages := api.NewDescribeVolumesPaginator(c.ec2, &api.DescribeVolumesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("look for volumes", err)
		}
		for _, v := range page.Volumes {
			list = append(list, found{item{volume, aws.ToString(v.VolumeId)}, string(v.State), fromTags(v.Tags)})
		}
	}
	return list, nil
}

func (c *cloud) interfaces(ctx context.Context, filters []types.Filter) (list []found, err error) {
	pages := api.NewDescribeNetworkInterfacesPaginator(c.ec2, &api.DescribeNetworkInterfacesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("look for network interfaces", err)
		}
		for _, n := range page.NetworkInterfaces {
			list = append(list, found{item{netif, aws.ToString(n.NetworkInterfaceId)}, string(n.Status), fromTags(n.TagSet)})
		}
	}
	return list, nil
}

func (c *cloud) keyPairs(ctx context.Context, filters []types.Filter) (list []found, err error) {
	answer, err := c.ec2.DescribeKeyPairs(ctx, &api.DescribeKeyPairsInput{Filters: filters})
	if err != nil {
		return nil, explain("look for key pairs", err)
	}
	for _, k := range answer.KeyPairs {
		list = append(list, found{item{keyPair, aws.ToString(k.KeyName)}, "", fromTags(k.Tags)})
	}
	return list, nil
}

func (c *cloud) groups(ctx context.Context, filters []types.Filter) (list []found, err error) {
	pages := api.NewDescribeSecurityGroupsPaginator(c.ec2, &api.DescribeSecurityGroupsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("look for security groups", err)
		}
		for _, g := range page.SecurityGroups {
			list = append(list, found{item{group, aws.ToString(g.GroupId)}, "", fromTags(g.Tags)})
		}
	}
	return list, nil
}

func (c *cloud) placements(ctx context.Context, filters []types.Filter) (list []found, err error) {
	answer, err := c.ec2.DescribePlacementGroups(ctx, &api.DescribePlacementGroupsInput{Filters: filters})
	if err != nil {
		return nil, explain("look for placement groups", err)
	}
	for _, p := range answer.PlacementGroups {
		if p.State != types.PlacementGroupStateDeleted {
			list = append(list, found{item{placement, aws.ToString(p.GroupName)}, "", fromTags(p.Tags)})
		}
	}
	return list, nil
}
