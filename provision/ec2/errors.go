package ec2

import (
	"errors"
	"fmt"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// code is the error code in AWS's answer, or "" when err is no answer of AWS:
// a broken connection, for instance, or a page of HTML.
func code(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return answer.ErrorCode()
	}
	return ""
}

// isNoCapacity: the zone, or its subnet, has no room for the hosts, or has not got
// the type. Another zone may.
func isNoCapacity(err error) bool {
	switch code(err) {
	case "InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity", "InsufficientFreeAddressesInSubnet", "Unsupported":
		return true
	}
	return false
}

// isNotFound: AWS knows no such thing: not yet or no longer.
func isNotFound(err error) bool {
	c := code(err)
	return strings.HasSuffix(c, ".NotFound") || c == "InvalidPlacementGroup.Unknown"
}

// isForbidden: the user has not got the right, or it depends on a tag that AWS
// does not see yet.
func isForbidden(err error) bool {
	switch code(err) {
	case "UnauthorizedOperation", "AccessDenied", "AccessDeniedException":
		return true
	}
	return false
}

// isDuplicate: there is one of that name or kind already. Names have the run's
// id in them, so that it is the run's own, made by a try whose answer was lost.
func isDuplicate(err error) bool { return strings.HasSuffix(code(err), ".Duplicate") }

// isRefusal: AWS has said no to a call, so that nothing was done. tries is how
// often it was sent: after a lost answer, a later no does not unsay the first.
func isRefusal(err error, tries int) bool {
	if tries > 1 || code(err) == "" {
		return false
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	return isNoCapacity(err) || ok && answer.HTTPStatusCode() < 500
}

// explain adds to an error of AWS what can be done about it.
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if isForbidden(err) {
		return fmt.Errorf("%s: %w\nthe user needs the rights that `provision ec2 --policy` prints", doing, err)
	}
	switch c := code(err); c {
	case "InvalidParameterCombination":
		if strings.Contains(err.Error(), "Free Tier") {
			return fmt.Errorf("%s: %w\nan account on AWS's Free plan may have only the types that are free: upgrade it to the Paid plan (console, Billing and Cost Management), or choose such a type with --type", doing, err)
		}
	case "AuthFailure", "UnrecognizedClientException", "InvalidClientTokenId", "ExpiredToken", "RequestExpired":
		return fmt.Errorf("%s: %w\ncheck the credentials with `aws sts get-caller-identity`, and this machine's clock", doing, err)
	case "VcpuLimitExceeded", "InstanceLimitExceeded", "MaxSpotInstanceCountExceeded":
		return fmt.Errorf("%s: %w\nthe account may not run so many vCPUs in this region: ask AWS for more of quota L-1216C47A (Running On-Demand Standard instances; 8 c3.large need 16), or run fewer with --nodes", doing, err)
	case "":
		if strings.Contains(err.Error(), "get credentials") || strings.Contains(err.Error(), "refresh cached credentials") {
			return fmt.Errorf("%s: %w\nno AWS credentials were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", doing, err)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
