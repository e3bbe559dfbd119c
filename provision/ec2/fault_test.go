package ec2

import (
	"fmt"
	"net/http"
	"strings"
)

// trouble is what can happen to a call.
type trouble string

const (
	throttled    trouble = "throttled"
	broken       trouble = "500 with XML"
	brokenHTML   trouble = "500 without XML"
	cutBefore    trouble = "cut before it was done"
	cutAfter     trouble = "cut after it was done"
	forbidden    trouble = "forbidden"
	noCapacity   trouble = "no capacity"
	unsupported  trouble = "not supported"
	noAddresses  trouble = "no addresses in the subnet"
	overQuota    trouble = "over quota"
	freePlan     trouble = "not eligible for Free Tier"
	unverified   trouble = "being validated"
	killedBefore trouble = "killed before it was done"
	killedAfter  trouble = "killed after it was done"
	killedDuring trouble = "killed before it was done, and then it was"
)

// fault is trouble for one call, or for the first of an action.
type fault struct {
	call    int    // which call, by its number from 0; of no matter if action is set
	action  string // or every call of this action
	trouble trouble
	times   int // how many tries it happens to
}

// hits says whether the fault happens to a try of a call.
func (f *fault) hits(call int, action string) bool {
	if f == nil || f.times == 0 {
		return false
	}
	if f.action != "" {
		return f.action == action
	}
	return f.call == call
}

// refuse writes AWS's words for the trouble, in the protocol of the service.
func (c call) refuse(w http.ResponseWriter, trouble trouble) {
	status, code := http.StatusServiceUnavailable, "RequestLimitExceeded"
	switch trouble {
	case broken:
		status, code = http.StatusInternalServerError, "InternalError"
	case brokenHTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "<!doctype html><title>500 Internal Server Error</title><h1>Internal Server Error</h1>")
		return
	case forbidden:
		status, code = http.StatusForbidden, "UnauthorizedOperation"
	case noCapacity:
		status, code = http.StatusInternalServerError, "InsufficientInstanceCapacity"
	case unsupported:
		status, code = http.StatusBadRequest, "Unsupported"
	case noAddresses:
		status, code = http.StatusBadRequest, "InsufficientFreeAddressesInSubnet"
	case freePlan:
		status, code = http.StatusBadRequest, "InvalidParameterCombination"
	case unverified:
		status, code = http.StatusBadRequest, "PendingVerification"
	case overQuota:
		status, code = http.StatusBadRequest, "VcpuLimitExceeded"
	}
	c.answerError(w, status, code, "made for a test: "+string(trouble))
}

// answerError writes an error as the service does.
func (c call) answerError(w http.ResponseWriter, status int, code, message string) {
	if c.service == "ssm" {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if code == "RequestLimitExceeded" {
			status, code = http.StatusBadRequest, "ThrottlingException"
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"__type":%q,"message":%q}`, code, message)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	text := "<Response><Errors><Error><Code>CODE</Code><Message>TEXT</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
	if c.service == "sts" {
		text = "<ErrorResponse><Error><Type>Sender</Type><Code>CODE</Code><Message>TEXT</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"
	}
	fmt.Fprint(w, strings.NewReplacer("CODE", code, "TEXT", message).Replace(text))
}
