package ec2

import (
	"fmt"
	"os"
	"os/user"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Tags of everything that is made. They are part of the request that makes it,
// so that nothing exists without them even for a moment.
const (
	tagName    = "Name"
	tagManaged = "dhtbench:managed" // "true"; the IAM policy lets only such things be removed
	tagRun     = "dhtbench:run"
	tagOwner   = "dhtbench:owner"   // who is to be asked about it
	tagCreated = "dhtbench:created" // RFC 3339, UTC
	tagExpires = "dhtbench:expires" // RFC 3339, UTC; when its hosts have powered off at the latest
)

// run is what one launch is known by.
type run struct {
	ID      string
	Owner   string
	Created time.Time
	Expires time.Time
}

// name of the key pair, the security group and, with a suffix, the placement
// groups. Nobody else's are named so, since a run id never comes twice.
func (r run) name() string { return "dhtbench-" + r.ID }

// tags for things of those kinds.
func (r run) tags(kinds ...types.ResourceType) []types.TagSpecification {
	tag := func(key, value string) types.Tag {
		return types.Tag{Key: aws.String(key), Value: aws.String(value)}
	}
	tags := []types.Tag{
		tag(tagName, r.name()),
		tag(tagManaged, "true"),
		tag(tagRun, r.ID),
		tag(tagOwner, r.Owner),
		tag(tagCreated, r.Created.Format(time.RFC3339)),
		tag(tagExpires, r.Expires.Format(time.RFC3339)),
	}
	specs := make([]types.TagSpecification, 0, len(kinds))
	for _, kind := range kinds {
		specs = append(specs, types.TagSpecification{ResourceType: kind, Tags: tags})
	}
	return specs
}

// fromTags is the run that a thing with those tags belongs to. A tag that is
// missing or unreadable is left zero.
func fromTags(tags []types.Tag) run {
	var r run
	for _, tag := range tags {
		value := aws.ToString(tag.Value)
		switch aws.ToString(tag.Key) {
		case tagRun:
			r.ID = value
		case tagOwner:
			r.Owner = value
		case tagCreated:
			r.Created, _ = time.Parse(time.RFC3339, value)
		case tagExpires:
			r.Expires, _ = time.Parse(time.RFC3339, value)
		}
	}
	return r
}

// where is a filter: things with that tag.
func where(tag, value string) types.Filter {
	return types.Filter{Name: aws.String("tag:" + tag), Values: []string{value}}
}

// owner is --owner, or the user on this machine.
func (c *Command) owner() string {
	if c.Owner != "" {
		return c.Owner
	}
	name, machine := "unknown", "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		machine = h
	}
	return fmt.Sprintf("%s@%s", name, machine)
}
