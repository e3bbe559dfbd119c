package ec2

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// spot is where the hosts of a run are.
type spot struct {
	Zone      string
	Placement string // name of the placement group; "" for none
}

// makeMachines makes the hosts and what they need, and waits until they run.
func (l *launch) makeMachines(ctx context.Context) (machines []machine, at spot, err error) {
	if err := l.importKey(ctx); err != nil {
		return nil, spot{}, err
	}
	if err := l.makeGroup(ctx); err != nil {
		return nil, spot{}, err
	}
	ids, at, err := l.runInTurn(ctx)
	if err != nil {
		return nil, spot{}, err
	}
	machines, err = l.awaitRunning(ctx, ids)
	return machines, at, err
}

// runInTurn launches the hosts in the first zone that has room for them.
func (l *launch) runInTurn(ctx context.Context) (ids []string, at spot, err error) {
	data, err := userData(l.run, l.keys, l.Lifetime, l.Lease, l.Packages)
	if err != nil {
		return nil, spot{}, err
	}
	var last error
	for n, z := range l.facts.Zones {
		place, err := l.makePlacement(ctx, z, n)
		if err != nil {
			return nil, spot{}, err
		}
		ids, err = l.runIn(ctx, z, n, place, data)
		if err == nil {
			return ids, spot{z.Name, place}, nil
		}
		last = explain("launch hosts in "+z.Name, err)
		if !isNoCapacity(err) {
			return nil, spot{}, last
		}
		l.say("%s has no room for %d %s: %v", z.Name, l.Nodes, l.Type, err)
	}
	return nil, spot{}, l.noRoom(last)
}

// makePlacement makes a placement group and returns its name, which is "" with
// --placement none. Each zone needs its own: a group belongs to the zone of its
// first host.
func (l *launch) makePlacement(ctx context.Context, z zone, n int) (string, error) {
	if l.Placement != "cluster" {
		return "", nil
	}
	name := fmt.Sprintf("%s-%d-%s", l.run.name(), n, z.Name)
	err := l.journal.making(entry{Call: "CreatePlacementGroup", Zone: z.Name, Token: name}, func(tries *int) ([]item, error) {
		_, err := l.cloud.ec2.CreatePlacementGroup(ctx, &api.CreatePlacementGroupInput{
			GroupName:         aws.String(name),
			Strategy:          types.PlacementStrategyCluster,
			TagSpecifications: l.run.tags(types.ResourceTypePlacementGroup),
		}, counting(tries))
		if isDuplicate(err) {
			err = nil // made by a try whose answer was lost
		}
		return items(placement, name), err
	})
	return name, explain("make a placement group", err)
}

// token returns the client token of the n-th launch of a run. AWS carries out
// calls with the same token once. It has at most 64 ASCII characters.
func (r run) token(n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s launch %d", r.ID, n))
	return hex.EncodeToString(sum[:16])
}

// runIn launches all hosts in a zone, or none of them.
func (l *launch) runIn(ctx context.Context, z zone, n int, place, data string) (ids []string, err error) {
	token := l.run.token(n)
	request := l.request(z, place, data)
	request.ClientToken = aws.String(token)
	err = l.journal.making(entry{Call: "RunInstances", Zone: z.Name, Token: token}, func(tries *int) ([]item, error) {
		err := l.eventually(ctx, isNotFound, func() error {
			answer, err := l.cloud.ec2.RunInstances(ctx, request, counting(tries))
			if err != nil {
				return err
			}
			for _, i := range answer.Instances {
				ids = append(ids, aws.ToString(i.InstanceId))
			}
			return nil
		})
		return items(instance, ids...), err
	})
	return ids, err
}

// request returns the call that launches all hosts.
func (l *launch) request(z zone, place, data string) *api.RunInstancesInput {
	r := &api.RunInstancesInput{
		ImageId:      aws.String(l.facts.Image),
		InstanceType: types.InstanceType(l.Type),
		MinCount:     aws.Int32(int32(l.Nodes)),
		MaxCount:     aws.Int32(int32(l.Nodes)),
		KeyName:      aws.String(l.run.name()),
		UserData:     aws.String(base64.StdEncoding.EncodeToString([]byte(data))),
		// The timers of a host power it off, which must end its costs.
		InstanceInitiatedShutdownBehavior: types.ShutdownBehaviorTerminate,
		NetworkInterfaces:                 []types.InstanceNetworkInterfaceSpecification{l.nic(z.Subnet)},
		BlockDeviceMappings: []types.BlockDeviceMapping{{
			DeviceName: aws.String(l.facts.Root),
			Ebs: &types.EbsBlockDevice{
				VolumeType:          types.VolumeTypeGp3,
				VolumeSize:          aws.Int32(int32(l.DiskGB)),
				DeleteOnTermination: aws.Bool(true),
			},
		}},
		MetadataOptions: &types.InstanceMetadataOptionsRequest{
			HttpEndpoint:            types.InstanceMetadataEndpointStateEnabled,
			HttpTokens:              types.HttpTokensStateRequired,
			HttpPutResponseHopLimit: aws.Int32(1),
		},
		TagSpecifications: l.run.tags(types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface),
	}
	if place != "" {
		r.Placement = &types.Placement{GroupName: aws.String(place)}
	}
	return r
}

// nic returns the network interface of a host. It is deleted with the host.
func (l *launch) nic(subnet string) types.InstanceNetworkInterfaceSpecification {
	return types.InstanceNetworkInterfaceSpecification{
		DeviceIndex:              aws.Int32(0),
		SubnetId:                 aws.String(subnet),
		Groups:                   []string{l.group},
		AssociatePublicIpAddress: aws.Bool(l.SSHAddress == "public"),
		DeleteOnTermination:      aws.Bool(true),
	}
}
