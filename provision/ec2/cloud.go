package ec2

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
)

// cloud is the AWS account in one region. It is safe for concurrent use.
type cloud struct {
	ec2     *api.Client
	ssm     *ssm.Client
	region  string
	account string // number of the account
	owner   string // --owner, or else the caller's ARN
	config  aws.Config
}

// connect finds the user's credentials, as every AWS tool does, and asks AWS
// whose they are.
func (c *Command) connect(ctx context.Context, region string) (*cloud, error) {
	cfg, err := c.configuration(ctx, region)
	if err != nil {
		return nil, err
	}
	if err := c.checkCredentials(ctx, cfg.Credentials); err != nil {
		return nil, err
	}
	identity, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, explain("ask AWS for the caller's identity", err)
	}
	cl := &cloud{account: aws.ToString(identity.Account), owner: cmp.Or(c.Owner, aws.ToString(identity.Arn)), config: cfg}
	return cl.in(region), nil
}

// in returns the same account in another region.
func (c *cloud) in(region string) *cloud {
	other := *c
	other.region, other.config.Region = region, region
	other.ec2, other.ssm = api.NewFromConfig(other.config), ssm.NewFromConfig(other.config)
	return &other
}

// clouds returns the account in the regions that --list and --destroy search: all
// that are enabled, or only --region if it is given.
func (c *Command) clouds(ctx context.Context, cl *cloud) ([]*cloud, error) {
	if !c.everywhere {
		return []*cloud{cl}, nil
	}
	answer, err := cl.ec2.DescribeRegions(ctx, &api.DescribeRegionsInput{})
	if err != nil {
		return nil, explain("list regions", err)
	}
	var all []*cloud
	for _, r := range answer.Regions {
		all = append(all, cl.in(aws.ToString(r.RegionName)))
	}
	return all, nil
}

// configuration reads the user's AWS configuration. It sends nothing.
func (c *Command) configuration(ctx context.Context, region string) (aws.Config, error) {
	p := c.pace()
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(region),
		config.WithRetryer(func() aws.Retryer { return newRetryer(p) }),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(p.Call)),
	)
	if err != nil {
		return cfg, fmt.Errorf("read AWS configuration: %w", err)
	}
	if c.Endpoint != "" {
		cfg.BaseEndpoint = aws.String(c.Endpoint)
	}
	return cfg, nil
}

// newRetryer repeats calls after throttling, server errors and broken
// connections, always with the same client token. AWS reports a lack of capacity
// as a server error too; that is not repeated, because another zone may have
// capacity.
func newRetryer(p pace) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = p.Attempts
		o.MaxBackoff = p.Backoff
		if p.Backoff < time.Second { // the SDK's first wait is a second
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return p.Backoff, nil })
		}
		o.Retryables = append([]retry.IsErrorRetryable{
			retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
				if isNoCapacity(err) {
					return aws.FalseTernary
				}
				return aws.UnknownTernary
			}),
		}, o.Retryables...)
	})
}

// checkCredentials warns of credentials that may expire before the end of the
// run: without credentials nothing can be removed.
//
// Note: it does not refuse them. The SDK renews most credentials that have an
// expiry time (SSO, a role, CloudShell); a session token has no expiry time.
func (c *Command) checkCredentials(ctx context.Context, provider aws.CredentialsProvider) error {
	got, err := provider.Retrieve(ctx)
	if err != nil {
		return explain("get AWS credentials", err)
	}
	needed := c.Lifetime + c.pace().Teardown
	switch {
	case !c.launches():
	case got.CanExpire && time.Until(got.Expires) < needed:
		c.say("warning: the AWS credentials (%s) expire at %s, and a run may need them for %s; unless the SDK can renew them, log in again first or shorten --lifetime", got.Source, stamp(got.Expires), short(needed))
	case !got.CanExpire && got.SessionToken != "":
		c.say("warning: the AWS credentials (%s) are temporary and have no expiry time, and a run may need them for %s; if they expire earlier, nothing can be removed from here and hosts run until their timers end them", got.Source, short(needed))
	}
	return nil
}

// counting adds 1 to *n for each try of a call.
func counting(n *int) func(*api.Options) {
	count := middleware.FinalizeMiddlewareFunc("CountAttempts", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		*n++
		return next.HandleFinalize(ctx, in)
	})
	return func(o *api.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return s.Finalize.Insert(count, "Retry", middleware.After)
		})
	}
}
