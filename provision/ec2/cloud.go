package ec2

import (
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

// cloud is the AWS account, in one region. It is safe for concurrent use.
type cloud struct {
	ec2         *api.Client
	ssm         *ssm.Client
	sts         *sts.Client
	credentials aws.CredentialsProvider
	region      string
}

// open finds the user's credentials, in the places where every AWS tool looks,
// and makes the clients. It sends nothing.
func (c *Command) open(ctx context.Context, region string) (*cloud, error) {
	pace := c.pace()
	cfg, err := config.LoadDefaultConfig(ctx,
		config.WithRegion(region),
		config.WithRetryer(func() aws.Retryer { return newRetryer(pace) }),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(pace.Call)),
	)
	if err != nil {
		return nil, fmt.Errorf("read AWS configuration: %w", err)
	}
	if c.Endpoint != "" {
		cfg.BaseEndpoint = aws.String(c.Endpoint)
	}
	return &cloud{
		ec2:         api.NewFromConfig(cfg),
		ssm:         ssm.NewFromConfig(cfg),
		sts:         sts.NewFromConfig(cfg),
		credentials: cfg.Credentials,
		region:      region,
	}, nil
}

// newRetryer tries calls again after throttling, errors of the server and cut
// connections, always with the same client token. Lack of capacity comes as an
// error of the server too, but another zone is a better answer to it.
func newRetryer(pace Pace) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = pace.Attempts
		o.MaxBackoff = pace.Backoff
		if pace.Backoff < time.Second { // the default starts with a second
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return pace.Backoff, nil })
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
