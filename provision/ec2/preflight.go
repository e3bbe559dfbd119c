package ec2

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// facts is what AWS says before anything is made. Zero fields are unknown.
type facts struct {
	Account   string
	Owner     string // value of the owner tag
	Image     string
	ImageName string
	Root      string // device name of the image's disk
	VCPUs     int    // of one host
	Zones     []zone // to be tried in this order
}

// zone is an availability zone and a subnet in it.
type zone struct{ Name, Subnet, VPC string }

// checkProgram returns an error if COMMAND, or the program that it names for the
// hosts, is a Go program that cannot run there: the architecture must fit, and the
// processors of c3 lack x86-64-v3.
func (c *Command) checkProgram() error {
	path, err := exec.LookPath(c.Argv[0])
	if err != nil {
		return fmt.Errorf("find COMMAND: %w", err)
	}
	for n, arg := range c.Argv[1:] {
		if value, ok := strings.CutPrefix(arg, hostExecutable+"="); ok {
			path = value
		} else if arg == hostExecutable && n+2 < len(c.Argv) {
			path = c.Argv[n+2]
		}
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return nil // not a Go program
	}
	want := map[string]string{"x86_64": "amd64", "arm64": "arm64"}[architecture(c.Type)]
	for _, s := range info.Settings {
		switch {
		case s.Key == "GOARCH" && s.Value != want:
			return fmt.Errorf("%s was built for %s and %s is %s; build dhtbench for linux/%s and add %s PATH to COMMAND", path, s.Value, c.Type, want, want, hostExecutable)
		case s.Key == "GOAMD64" && s.Value != "v1" && s.Value != "v2" && strings.HasPrefix(c.Type, "c3."):
			return fmt.Errorf("%s was built with GOAMD64=%s, which %s cannot run: it must be v1", path, s.Value, c.Type)
		}
	}
	return nil
}

// hostExecutable is the flag of dhtbench that names the program for the hosts.
const hostExecutable = "--host-executable"

// preflight checks the launch without making anything, so that errors appear
// before hosts cost money.
func (c *Command) preflight(ctx context.Context, cl *cloud) (facts, error) {
	f := facts{Account: cl.account, Owner: cl.owner, Image: c.Image}
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
	var err error
	if f.Zones, err = c.findZones(ctx, cl); err != nil {
		return f, err
	}
	return f, c.dryRun(ctx, cl, &f)
}

// checkImage checks that the image fits the type and the user data.
func (c *Command) checkImage(ctx context.Context, cl *cloud, f *facts) error {
	answer, err := cl.ec2.DescribeImages(ctx, &api.DescribeImagesInput{ImageIds: []string{f.Image}})
	if err != nil {
		return explain("look up image "+f.Image, err)
	}
	if len(answer.Images) != 1 {
		return fmt.Errorf("look up image %s: %s has %d images with that id", f.Image, c.Region, len(answer.Images))
	}
	image := answer.Images[0]
	f.ImageName, f.Root = aws.ToString(image.Name), aws.ToString(image.RootDeviceName)
	var errs []error
	if want := architecture(c.Type); string(image.Architecture) != want {
		errs = append(errs, fmt.Errorf("image %s is for %s: must be for %s, like type %s", f.Image, image.Architecture, want, c.Type))
	}
	if image.RootDeviceType != types.DeviceTypeEbs {
		errs = append(errs, fmt.Errorf("image %s has its root on %s: must be on ebs", f.Image, image.RootDeviceType))
	}
	if image.VirtualizationType != types.VirtualizationTypeHvm {
		errs = append(errs, fmt.Errorf("image %s is %s: must be hvm", f.Image, image.VirtualizationType))
	}
	if image.BootMode == types.BootModeValuesUefi && strings.HasPrefix(c.Type, "c3.") {
		c.say("warning: image %s declares that it boots by UEFI only, which %s lacks; hosts that do not boot are removed after %v", f.Image, c.Type, c.pace().SSH)
	}
	return errors.Join(errs...)
}

// checkType checks that the region has the type and that the type fits.
func (c *Command) checkType(ctx context.Context, cl *cloud, f *facts) error {
	answer, err := cl.ec2.DescribeInstanceTypes(ctx, &api.DescribeInstanceTypesInput{InstanceTypes: []types.InstanceType{types.InstanceType(c.Type)}})
	if err != nil {
		return explain(fmt.Sprintf("look up type %s in %s", c.Type, c.Region), err)
	}
	if len(answer.InstanceTypes) != 1 {
		return fmt.Errorf("look up type %s: %s has no such type", c.Type, c.Region)
	}
	t := answer.InstanceTypes[0]
	if t.VCpuInfo != nil {
		f.VCPUs = int(aws.ToInt32(t.VCpuInfo.DefaultVCpus))
	}
	if want := architecture(c.Type); t.ProcessorInfo != nil && !slices.Contains(t.ProcessorInfo.SupportedArchitectures, types.ArchitectureType(want)) {
		return fmt.Errorf("type %s does not run %s programs; choose another --type", c.Type, want)
	}
	if p := t.PlacementGroupInfo; c.Placement == "cluster" && p != nil && !slices.Contains(p.SupportedStrategies, types.PlacementGroupStrategyCluster) {
		return fmt.Errorf("type %s cannot be in a cluster placement group; use --placement none", c.Type)
	}
	return nil
}

// findZones returns the zones that have the type and a subnet.
func (c *Command) findZones(ctx context.Context, cl *cloud) ([]zone, error) {
	offered := make(map[string]bool)
	offers := api.NewDescribeInstanceTypeOfferingsPaginator(cl.ec2, &api.DescribeInstanceTypeOfferingsInput{
		LocationType: types.LocationTypeAvailabilityZone,
		Filters:      []types.Filter{{Name: aws.String("instance-type"), Values: []string{c.Type}}},
	})
	for offers.HasMorePages() {
		page, err := offers.NextPage(ctx)
		if err != nil {
			return nil, explain("list zones that have "+c.Type, err)
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
	slices.SortFunc(zones, func(a, b zone) int { // AWS returns subnets in any order
		given := cmp.Compare(slices.Index(c.Subnet, a.Subnet), slices.Index(c.Subnet, b.Subnet))
		return cmp.Or(given, strings.Compare(a.Name+a.Subnet, b.Name+b.Subnet))
	})
	switch {
	case len(offered) == 0:
		return nil, fmt.Errorf("no zone of %s has %s; choose another --region or --type", c.Region, c.Type)
	case len(zones) == 0:
		return nil, fmt.Errorf("no subnet in a zone that has %s; name some with --subnet, or let an administrator run `aws ec2 create-default-vpc --region %s`", c.Type, c.Region)
	}
	for _, z := range zones {
		if z.VPC != zones[0].VPC {
			return nil, fmt.Errorf("subnets %s and %s are in different VPCs: all must be in one", zones[0].Subnet, z.Subnet)
		}
	}
	return zones, nil
}

// dryRun lets AWS check the launch without doing it: permissions, image, type,
// disk, and whether the account may use the type. AWS does not check quotas, and
// capacity only in part. dryRun removes zones without room from f, up to the first
// that has room.
func (c *Command) dryRun(ctx context.Context, cl *cloud, f *facts) error {
	for {
		request, err := c.dryRequest(*f)
		if err != nil {
			return err
		}
		_, err = cl.ec2.RunInstances(ctx, request)
		switch {
		case code(err) == "DryRunOperation":
			return nil
		case err == nil:
			return errors.New("dry run of the launch: AWS did not answer that it was one; look for instances with `provision ec2 --list`")
		case isFreePlan(err):
			return errors.Join(explain("dry run of the launch", err), cl.freeTypes(ctx))
		case !isNoCapacity(err):
			return explain("dry run of the launch", err)
		}
		c.say("%s has no room for %d %s: %v", f.Zones[0].Name, c.Nodes, c.Type, err)
		if f.Zones = f.Zones[1:]; len(f.Zones) == 0 {
			return c.noRoom(err)
		}
	}
}

// freeTypes returns an error that lists the types that are eligible for the Free
// plan.
func (c *cloud) freeTypes(ctx context.Context) error {
	answer, err := c.ec2.DescribeInstanceTypes(ctx, &api.DescribeInstanceTypesInput{
		Filters: []types.Filter{{Name: aws.String("free-tier-eligible"), Values: []string{"true"}}},
	})
	if err != nil {
		return explain("list types of the Free plan", err)
	}
	var list []string
	for _, t := range answer.InstanceTypes {
		list = append(list, string(t.InstanceType))
	}
	slices.Sort(list)
	return fmt.Errorf("eligible in %s: %s", c.region, strings.Join(list, ", "))
}

// noRoom returns the error when no zone has room. last is AWS's answer for the
// last zone.
func (c *Command) noRoom(last error) error {
	others := []string{"c7i.large", "c5.large"}
	if architecture(c.Type) == "arm64" {
		others = []string{"c8g.large", "c7g.large"}
	}
	others = slices.DeleteFunc(others, func(t string) bool { return t == c.Type })
	return fmt.Errorf("no zone of %s has room for %d %s; the last error: %w\ntry --type %s, another --region, fewer --nodes, or --placement none", c.Region, c.Nodes, c.Type, last, strings.Join(others, " or "))
}

// dryRequest returns the call of the launch without the key, the groups and the
// token, which do not exist yet.
func (c *Command) dryRequest(f facts) (*api.RunInstancesInput, error) {
	now := time.Now().UTC()
	l := &launch{Command: c, facts: f, run: run{ID: "dry-run", Owner: f.Owner, Created: now, Expires: now.Add(c.Lifetime)}}
	data, err := userData(l.run, keys{}, c.Lifetime, c.Lease, c.Packages)
	if err != nil {
		return nil, err
	}
	request := l.request(f.Zones[0], "", data)
	request.DryRun = aws.Bool(true)
	request.KeyName = nil
	request.NetworkInterfaces[0].Groups = nil
	return request, nil
}
