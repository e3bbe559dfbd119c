package ec2

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// eventually repeats a call that needs something made a moment ago for as long
// as AWS may not see it yet, which early says of an error.
func (l *launch) eventually(ctx context.Context, early func(error) bool, call func() error) error {
	deadline := time.Now().Add(l.pace.Settle)
	for {
		err := call()
		if err == nil || !early(err) || time.Now().After(deadline) {
			return err
		}
		if cause := pause(ctx, l.pace.Poll); cause != nil {
			return fmt.Errorf("%w (%w)", err, cause)
		}
	}
}

// importKey gives AWS the public half of the run's ssh key.
func (l *launch) importKey(ctx context.Context) error {
	err := l.journal.making(entry{Call: "ImportKeyPair"}, func(tries *int) ([]item, error) {
		_, err := l.cloud.ec2.ImportKeyPair(ctx, &api.ImportKeyPairInput{
			KeyName:           aws.String(l.run.name()),
			PublicKeyMaterial: []byte(l.keys.user.Public),
			TagSpecifications: l.run.tags(types.ResourceTypeKeyPair),
		}, counting(tries))
		if isDuplicate(err) {
			err = nil // a try whose answer was lost
		}
		return items(keyPair, l.run.name()), err
	})
	return explain("import the run's ssh key", err)
}

// makeGroup makes the security group of the hosts and lets in ssh from the
// user's address, and everything among themselves.
func (l *launch) makeGroup(ctx context.Context) error {
	err := l.journal.making(entry{Call: "CreateSecurityGroup"}, func(tries *int) ([]item, error) {
		answer, err := l.cloud.ec2.CreateSecurityGroup(ctx, &api.CreateSecurityGroupInput{
			GroupName:         aws.String(l.run.name()),
			Description:       aws.String("dhtbench run " + l.run.ID),
			VpcId:             aws.String(l.facts.Zones[0].VPC),
			TagSpecifications: l.run.tags(types.ResourceTypeSecurityGroup),
		}, counting(tries))
		switch {
		case err == nil:
			l.group = aws.ToString(answer.GroupId)
		case isDuplicate(err):
			l.group, err = l.findGroup(ctx)
		}
		return items(group, l.group), err
	})
	if err != nil {
		return explain("make the run's security group", err)
	}
	err = l.journal.making(entry{Call: "AuthorizeSecurityGroupIngress"}, func(tries *int) ([]item, error) {
		// The policy lets only groups with our tag be changed, and the tag may
		// come to sight after the group.
		early := func(err error) bool { return isNotFound(err) || isForbidden(err) }
		return nil, l.eventually(ctx, early, func() error { return l.authorize(ctx, tries) })
	})
	return explain("open the run's security group", err)
}

// findGroup finds the run's security group when the answer to its making was
// lost.
func (l *launch) findGroup(ctx context.Context) (id string, err error) {
	deadline := time.Now().Add(l.pace.Settle)
	for {
		answer, err := l.cloud.ec2.DescribeSecurityGroups(ctx, &api.DescribeSecurityGroupsInput{
			Filters: []types.Filter{where(tagRun, l.run.ID)},
		})
		if err != nil {
			return "", err
		}
		if len(answer.SecurityGroups) == 1 {
			return aws.ToString(answer.SecurityGroups[0].GroupId), nil
		}
		if time.Now().After(deadline) {
			return "", fmt.Errorf("%d security groups are tagged with this run: want 1", len(answer.SecurityGroups))
		}
		if err := pause(ctx, l.pace.Poll); err != nil {
			return "", err
		}
	}
}

// authorize adds the rules. Both go in one call, so that both are there or none.
func (l *launch) authorize(ctx context.Context, tries *int) error {
	_, err := l.cloud.ec2.AuthorizeSecurityGroupIngress(ctx, &api.AuthorizeSecurityGroupIngressInput{
		GroupId: aws.String(l.group),
		IpPermissions: []types.IpPermission{
			{
				IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22),
				IpRanges: []types.IpRange{{CidrIp: aws.String(l.cidr()), Description: aws.String("ssh from the launching machine")}},
			},
			{
				IpProtocol:       aws.String("-1"),
				UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: aws.String(l.group), Description: aws.String("among the hosts")}},
			},
		},
	}, counting(tries))
	if isDuplicate(err) {
		return nil // a try whose answer was lost
	}
	return err
}
