package ec2

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// eventually repeats a call as long as its error is early, which means that AWS
// may not see a new resource yet.
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

// importKey gives AWS the run's public ssh key.
func (l *launch) importKey(ctx context.Context) error {
	err := l.journal.making(entry{Call: "ImportKeyPair"}, func(tries *int) ([]item, error) {
		_, err := l.cloud.ec2.ImportKeyPair(ctx, &api.ImportKeyPairInput{
			KeyName:           aws.String(l.run.name()),
			PublicKeyMaterial: []byte(l.keys.user.Public),
			TagSpecifications: l.run.tags(types.ResourceTypeKeyPair),
		}, counting(tries))
		if isDuplicate(err) {
			err = nil // made by a try whose answer was lost
		}
		return items(keyPair, l.run.name()), err
	})
	return explain("import the run's ssh key", err)
}

// makeGroup makes the security group of the hosts. It allows ssh from the user's
// address and all traffic among the hosts.
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
		// The policy allows changes of groups with our tag only, and AWS may see the
		// tag later than the group.
		early := func(err error) bool { return isNotFound(err) || isForbidden(err) }
		return nil, l.eventually(ctx, early, func() error { return l.authorize(ctx, tries) })
	})
	return explain("open the run's security group", err)
}

// findGroup finds the run's security group after the answer to its creation was
// lost.
func (l *launch) findGroup(ctx context.Context) (id string, err error) {
	missing := errors.New("no security group has the tag of this run")
	err = l.eventually(ctx, func(err error) bool { return err == missing }, func() error {
		found, err := l.cloud.groups(ctx, []types.Filter{where(tagRun, l.run.ID)})
		if err == nil && len(found) == 0 {
			err = missing
		}
		if err == nil {
			id = found[0].ID
		}
		return err
	})
	return id, err
}

// authorize adds all rules in one call, so that AWS adds all or none.
func (l *launch) authorize(ctx context.Context, tries *int) error {
	rules := []types.IpPermission{{
		IpProtocol:       aws.String("-1"),
		UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: aws.String(l.group), Description: aws.String("among the hosts")}},
	}}
	if l.SSHCIDR != "" {
		rules = append(rules, types.IpPermission{
			IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22),
			IpRanges: []types.IpRange{{CidrIp: aws.String(l.cidr()), Description: aws.String("ssh from the launching machine")}},
		})
	}
	_, err := l.cloud.ec2.AuthorizeSecurityGroupIngress(ctx, &api.AuthorizeSecurityGroupIngressInput{GroupId: aws.String(l.group), IpPermissions: rules}, counting(tries))
	if isDuplicate(err) {
		return nil // done by a try whose answer was lost
	}
	return err
}
