package ec2

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Tags of all resources. They are part of the request that makes a resource, so
// no resource is ever without them.
const (
	tagName    = "Name"
	tagManaged = "dhtbench:managed" // "true"; the IAM policy allows the removal of such resources only
	tagRun     = "dhtbench:run"
	tagOwner   = "dhtbench:owner"   // whom to ask about it
	tagCreated = "dhtbench:created" // RFC 3339, UTC
	tagExpires = "dhtbench:expires" // RFC 3339, UTC; hosts power themselves off by then
)

// run identifies one launch.
type run struct {
	ID      string
	Owner   string
	Created time.Time
	Expires time.Time
}

// name returns the name of the run's key pair and security group, and the prefix
// of its placement groups. It is unique because the run's id is.
func (r run) name() string { return "dhtbench-" + r.ID }

// expired reports whether the run's hosts should have powered themselves off.
func (r run) expired() bool { return !r.Expires.IsZero() && time.Now().After(r.Expires) }

// tags returns the tags for resources of those kinds.
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

// fromTags returns the run that a resource with those tags belongs to. Fields
// whose tag is missing or malformed are zero.
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

// where returns a filter for resources with that tag.
func where(tag, value string) types.Filter {
	return types.Filter{Name: aws.String("tag:" + tag), Values: []string{value}}
}
