package ec2

import (
	"errors"
	"fmt"
	"os"
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

// isFreePlan reports whether the account's plan does not include the type.
func isFreePlan(err error) bool {
	return code(err) == "InvalidParameterCombination" && strings.Contains(err.Error(), "Free Tier")
}

// explain adds advice to an error of AWS. doing says what failed.
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if advice := advise(err); advice != "" {
		return fmt.Errorf("%s: %w\n%s", doing, err, advice)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// advise returns what to do about an error of AWS, or "" if that is not known.
func advise(err error) string {
	has := func(part string) bool { return strings.Contains(err.Error(), part) }
	switch c := code(err); {
	case isForbidden(err):
		return "the user needs the permissions that `provision ec2 --policy` prints"
	case isFreePlan(err):
		return "an account on AWS's Free plan can use only types that are eligible for it; upgrade it to the Paid plan (console, Billing and Cost Management), or choose such a type with --type"
	case c == "PendingVerification":
		return "AWS is still verifying the account for this region, which takes minutes or up to 4 hours; AWS sends mail when it is done, then try again"
	case has("SSO session has expired"), has("cached SSO token"), c == "UnauthorizedException", c == "InvalidGrantException":
		return "the SSO login is missing or has expired; run `aws sso login" + profileFlag() + "`"
	case c == "ExpiredToken", c == "ExpiredTokenException":
		return "the credentials have expired; get new ones, with SSO by `aws sso login" + profileFlag() + "`"
	case c == "AuthFailure", c == "UnrecognizedClientException", c == "InvalidClientTokenId", c == "RequestExpired":
		return "check the credentials with `aws sts get-caller-identity`, and this machine's clock"
	case c == "VcpuLimitExceeded", c == "InstanceLimitExceeded":
		return "the account's quota of vCPUs in this region is too small; ask AWS to raise quota L-1216C47A (Running On-Demand Standard instances; 8 c3.large need 16), or lower --nodes"
	case c == "" && (has("get credentials") || has("refresh cached credentials")):
		return "no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	}
	return ""
}

// profileFlag returns the flag of the AWS command line tools for the profile in
// use, or "" for the default one.
func profileFlag() string {
	if profile := os.Getenv("AWS_PROFILE"); profile != "" {
		return " --profile " + profile
	}
	return ""
}
