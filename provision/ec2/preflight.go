package ec2

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// facts are what has to be known before anything is made. The zero value is
// what is known before anybody was asked.
type facts struct {
	Account   string
	Image     string
	ImageName string
	Root      string // device name of the image's disk
	VCPUs     int    // of one host
	Zones     []zone // to be tried in turn, in this order
}

// zone is a place for hosts: an availability zone, and a subnet in it.
type zone struct{ Name, Subnet, VPC string }

// preflight asks AWS, and makes nothing. Faults that would show only when hosts
// exist and cost money are better found here.
func (c *Command) preflight(ctx context.Context, cl *cloud) (facts, error) {
	f := facts{Image: c.Image}
	if err := c.checkCredentials(ctx, cl); err != nil {
		return f, err
	}
	identity, err := cl.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return f, explain("ask AWS who we are", err)
	}
	f.Account = aws.ToString(identity.Account)
	if f.Image == "" {
		answer, err := cl.ssm.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(c.ImageParameter)})
		if err != nil {
			return f, explain("look up the image of "+c.ImageParameter, err)
		}
		f.Image = aws.ToString(answer.Parameter.Value)
	}
	if err := c.checkImage(ctx, cl, &f); err != nil {
		return f, err
	}
	if err := c.checkType(ctx, cl, &f); err != nil {
		return f, err
	}
	if f.Zones, err = c.findZones(ctx, cl); err != nil {
		return f, err
	}
	return f, c.dryRun(ctx, cl, f)
}

// checkImage: the image must fit the type and the user data.
func (c *Command) checkImage(ctx context.Context, cl *cloud, f *facts) error {
	answer, err := cl.ec2.DescribeImages(ctx, &api.DescribeImagesInput{ImageIds: []string{f.Image}})
	if err != nil {
		return explain("look up image "+f.Image, err)
	}
	if len(answer.Images) != 1 {
		return fmt.Errorf("look up image %s: %d images have that id in %s", f.Image, len(answer.Images), c.Region)
	}
	image := answer.Images[0]
	f.ImageName, f.Root = aws.ToString(image.Name), aws.ToString(image.RootDeviceName)
	var faults []error
	if image.Architecture != types.ArchitectureValuesX8664 {
		faults = append(faults, fmt.Errorf("image %s is for %s: want one for x86_64", f.Image, image.Architecture))
	}
	if image.RootDeviceType != types.DeviceTypeEbs {
		faults = append(faults, fmt.Errorf("image %s has its root on %s: want one on ebs", f.Image, image.RootDeviceType))
	}
	if image.VirtualizationType != types.VirtualizationTypeHvm {
		faults = append(faults, fmt.Errorf("image %s is %s: want hvm", f.Image, image.VirtualizationType))
	}
	if image.BootMode == types.BootModeValuesUefi && strings.HasPrefix(c.Type, "c3.") {
		c.say("warning: image %s says it boots by UEFI alone, which %s has not got: it may never come up, and be given up after %v", f.Image, c.Type, c.pace().SSH)
	}
	return errors.Join(faults...)
}

// checkType: the region has the type, and the type has what is asked of it.
func (c *Command) checkType(ctx context.Context, cl *cloud, f *facts) error {
	answer, err := cl.ec2.DescribeInstanceTypes(ctx, &api.DescribeInstanceTypesInput{InstanceTypes: []types.InstanceType{types.InstanceType(c.Type)}})
	if err != nil {
		return explain(fmt.Sprintf("look up type %s in %s", c.Type, c.Region), err)
	}
	if len(answer.InstanceTypes) != 1 {
		return fmt.Errorf("look up type %s: %s has none of that name", c.Type, c.Region)
	}
	t := answer.InstanceTypes[0]
	if t.VCpuInfo != nil {
		f.VCPUs = int(aws.ToInt32(t.VCpuInfo.DefaultVCpus))
	}
	if t.ProcessorInfo != nil && !slices.Contains(t.ProcessorInfo.SupportedArchitectures, types.ArchitectureTypeX8664) {
		return fmt.Errorf("type %s does not run x86_64 programs", c.Type)
	}
	if p := t.PlacementGroupInfo; c.Placement == "cluster" && p != nil && !slices.Contains(p.SupportedStrategies, types.PlacementGroupStrategyCluster) {
		return fmt.Errorf("type %s cannot be placed in a cluster: use --placement none", c.Type)
	}
	return nil
}

// findZones lists the zones that have the type and a subnet.
func (c *Command) findZones(ctx context.Context, cl *cloud) ([]zone, error) {
	offered := make(map[string]bool)
	offers := api.NewDescribeInstanceTypeOfferingsPaginator(cl.ec2, &api.DescribeInstanceTypeOfferingsInput{
		LocationType: types.LocationTypeAvailabilityZone,
		Filters:      []types.Filter{{Name: aws.String("instance-type"), Values: []string{c.Type}}},
	})
	for offers.HasMorePages() {
		page, err := offers.NextPage(ctx)
		if err != nil {
			return nil, explain("ask which zones have "+c.Type, err)
		}
		for _, offer := range page.InstanceTypeOfferings {
			offered[aws.ToString(offer.Location)] = true
		}
	}
	query := &api.DescribeSubnetsInput{SubnetIds: c.Subnet}
	if len(c.Subnet) == 0 {
		query.Filters = []types.Filter{{Name: aws.String("default-for-az"), Values: []string{"true"}}}
	}
	var zones []zone
	subnets := api.NewDescribeSubnetsPaginator(cl.ec2, query)
	for subnets.HasMorePages() {
		page, err := subnets.NextPage(ctx)
		if err != nil {
			return nil, explain("look up subnets", err)
		}
		for _, s := range page.Subnets {
			if name := aws.ToString(s.AvailabilityZone); offered[name] {
				zones = append(zones, zone{Name: name, Subnet: aws.ToString(s.SubnetId), VPC: aws.ToString(s.VpcId)})
			}
		}
	}
	slices.SortFunc(zones, func(a, b zone) int { return strings.Compare(a.Name+a.Subnet, b.Name+b.Subnet) })
	switch {
	case len(offered) == 0:
		return nil, fmt.Errorf("no zone of %s has %s: choose another --region or --type", c.Region, c.Type)
	case len(zones) == 0:
		return nil, fmt.Errorf("no subnet in a zone that has %s: an administrator can make default ones with `aws ec2 create-default-vpc --region %s`; or name some with --subnet", c.Type, c.Region)
	}
	for _, z := range zones {
		if z.VPC != zones[0].VPC {
			return nil, fmt.Errorf("subnets %s and %s are in different VPCs: one security group must hold for all", zones[0].Subnet, z.Subnet)
		}
	}
	return zones, nil
}

// dryRun has AWS judge the launch without doing it: rights, image, type, disk and
// whether the account may have the type at all. It does not see quotas or
// capacity.
func (c *Command) dryRun(ctx context.Context, cl *cloud, f facts) error {
	request, err := c.rehearsal(f)
	if err != nil {
		return err
	}
	_, err = cl.ec2.RunInstances(ctx, request)
	if code(err) == "DryRunOperation" {
		return nil
	}
	if err == nil {
		return errors.New("try the launch without doing it: AWS did not say that it was one: look for instances with `provision ec2 --list`")
	}
	return explain("try the launch without doing it", err)
}

// rehearsal is the request of the launch, as far as that can be told before
// anything is made: without the key, the groups and the token.
func (c *Command) rehearsal(f facts) (*api.RunInstancesInput, error) {
	now := time.Now().UTC()
	l := &launch{Command: c, facts: f, run: run{ID: "dry-run", Owner: c.owner(), Created: now, Expires: now.Add(c.Lifetime)}}
	data, err := userData(l.run, keys{}, c.Lifetime, c.Lease)
	if err != nil {
		return nil, err
	}
	request := l.request(f.Zones[0], "", data)
	request.DryRun = aws.Bool(true)
	request.KeyName = nil
	request.NetworkInterfaces[0].Groups = nil
	return request, nil
}
