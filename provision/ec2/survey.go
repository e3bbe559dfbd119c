package ec2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"golang.org/x/sync/errgroup"
)

// found is a resource that AWS shows.
type found struct {
	item
	State  types.InstanceStateName // of instances; "" for others
	Run    run                     // from its tags
	Region string
}

// ended reports whether f is a terminated instance. AWS shows one for an hour.
func (f found) ended() bool { return f.State == types.InstanceStateNameTerminated }

// survey returns all resources of runs that match the filters. Volumes and
// network interfaces are left out: AWS deletes them with their instance. If one
// kind of resource cannot be listed, survey returns the others and an error.
func (c *cloud) survey(ctx context.Context, filters ...types.Filter) (all []found, err error) {
	for _, list := range []func(context.Context, []types.Filter) ([]found, error){
		c.foundInstances, c.keyPairs, c.groups, c.placements,
	} {
		part, fault := list(ctx, filters)
		all, err = append(all, part...), errors.Join(err, fault)
	}
	return all, err
}

// surveyAll is survey for several regions. If some cannot be searched, it returns
// the resources of the others and an error.
func surveyAll(ctx context.Context, regions []*cloud, filters ...types.Filter) (all []found, err error) {
	parts, faults := make([][]found, len(regions)), make([]error, len(regions))
	var each errgroup.Group
	each.SetLimit(8)
	for i, cl := range regions {
		each.Go(func() error {
			parts[i], faults[i] = cl.survey(ctx, filters...)
			return nil
		})
	}
	each.Wait()
	var failed []string
	for i, cl := range regions {
		if faults[i] != nil {
			failed = append(failed, cl.region)
			err = cmp.Or(err, faults[i])
		}
	}
	if err != nil {
		err = fmt.Errorf("search %s: %w", strings.Join(failed, ", "), err)
	}
	return slices.Concat(parts...), err
}

// instances returns the instances that match the filters, in any state.
func (c *cloud) instances(ctx context.Context, filters ...types.Filter) (all []types.Instance, err error) {
	pages := api.NewDescribeInstancesPaginator(c.ec2, &api.DescribeInstancesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("list instances", err)
		}
		for _, r := range page.Reservations {
			all = append(all, r.Instances...)
		}
	}
	return all, nil
}

func (c *cloud) foundInstances(ctx context.Context, filters []types.Filter) (list []found, err error) {
	instances, err := c.instances(ctx, filters...)
	for _, i := range instances {
		list = append(list, found{item{instance, aws.ToString(i.InstanceId)}, stateOf(i), fromTags(i.Tags), c.region})
	}
	return list, err
}

func (c *cloud) keyPairs(ctx context.Context, filters []types.Filter) (list []found, err error) {
	answer, err := c.ec2.DescribeKeyPairs(ctx, &api.DescribeKeyPairsInput{Filters: filters})
	if err != nil {
		return nil, explain("list key pairs", err)
	}
	for _, k := range answer.KeyPairs {
		list = append(list, found{item{keyPair, aws.ToString(k.KeyName)}, "", fromTags(k.Tags), c.region})
	}
	return list, nil
}

func (c *cloud) groups(ctx context.Context, filters []types.Filter) (list []found, err error) {
	pages := api.NewDescribeSecurityGroupsPaginator(c.ec2, &api.DescribeSecurityGroupsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("list security groups", err)
		}
		for _, g := range page.SecurityGroups {
			list = append(list, found{item{group, aws.ToString(g.GroupId)}, "", fromTags(g.Tags), c.region})
		}
	}
	return list, nil
}

func (c *cloud) placements(ctx context.Context, filters []types.Filter) (list []found, err error) {
	answer, err := c.ec2.DescribePlacementGroups(ctx, &api.DescribePlacementGroupsInput{Filters: filters})
	if err != nil {
		return nil, explain("list placement groups", err)
	}
	for _, p := range answer.PlacementGroups {
		if p.State != types.PlacementGroupStateDeleted {
			list = append(list, found{item{placement, aws.ToString(p.GroupName)}, "", fromTags(p.Tags), c.region})
		}
	}
	return list, nil
}
