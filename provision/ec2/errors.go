package ec2

import (
	"errors"
	"fmt"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// code returns the error code in AWS's answer. It is "" for any other error, such
// as a broken connection or a page of HTML.
func code(err error) string {
	if answer, ok := errors.AsType[smithy.APIError](err); ok {
		return answer.ErrorCode()
	}
	return ""
}

// isNoCapacity reports whether the zone or its subnet has no room for the hosts,
// or lacks the instance type. Another zone may have both.
func isNoCapacity(err error) bool {
	switch code(err) {
	case "InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity", "InsufficientFreeAddressesInSubnet", "Unsupported":
		return true
	}
	return false
}

// isNotFound reports whether AWS does not know the resource: not yet or no
// longer.
func isNotFound(err error) bool {
	c := code(err)
	return strings.HasSuffix(c, ".NotFound") || c == "InvalidPlacementGroup.Unknown"
}

// isForbidden reports whether the user lacks a permission, or AWS does not see a
// tag yet on which the permission depends.
func isForbidden(err error) bool {
	switch code(err) {
	case "UnauthorizedOperation", "AccessDenied", "AccessDeniedException":
		return true
	}
	return false
}

// isDuplicate reports whether the resource exists already. Names contain the
// run's id, so an earlier try made it, whose answer was lost.
func isDuplicate(err error) bool { return strings.HasSuffix(code(err), ".Duplicate") }

// isInUse reports whether another resource still uses this one. The network
// interface of an instance may do so for minutes after its termination.
func isInUse(err error) bool {
	switch code(err) {
	case "DependencyViolation", "InvalidPlacementGroup.InUse", "InvalidGroup.InUse":
		return true
	}
	return false
}

// isRefusal reports whether AWS certainly did not carry out a call that was sent
// that many times. A refusal after a lost answer proves nothing about the first
// try.
func isRefusal(err error, tries int) bool {
	if tries > 1 || code(err) == "" {
		return false
	}
	answer, ok := errors.AsType[*awshttp.ResponseError](err)
	return isNoCapacity(err) || ok && answer.HTTPStatusCode() < 500
}

// explain adds advice to an error of AWS. doing says what failed.
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if isForbidden(err) {
		return fmt.Errorf("%s: %w\nthe user needs the permissions that `provision ec2 --policy` prints", doing, err)
	}
	switch c := code(err); c {
	case "InvalidParameterCombination":
		if strings.Contains(err.Error(), "Free Tier") {
			return fmt.Errorf("%s: %w\nan account on AWS's Free plan can use only types that are eligible for it; upgrade it to the Paid plan (console, Billing and Cost Management), or choose such a type with --type", doing, err)
		}
	case "AuthFailure", "UnrecognizedClientException", "InvalidClientTokenId", "ExpiredToken", "RequestExpired":
		return fmt.Errorf("%s: %w\ncheck the credentials with `aws sts get-caller-identity`, and this machine's clock", doing, err)
	case "VcpuLimitExceeded", "InstanceLimitExceeded", "MaxSpotInstanceCountExceeded":
		return fmt.Errorf("%s: %w\nthe account's quota of vCPUs in this region is too small; ask AWS to raise quota L-1216C47A (Running On-Demand Standard instances; 8 c3.large need 16), or lower --nodes", doing, err)
	case "":
		if strings.Contains(err.Error(), "get credentials") || strings.Contains(err.Error(), "refresh cached credentials") {
			return fmt.Errorf("%s: %w\nno AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", doing, err)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
