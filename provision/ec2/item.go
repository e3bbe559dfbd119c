package ec2

import (
	"fmt"
	"slices"
	"strings"
)

// kind is a kind of resource, as EC2 spells it in tags.
type kind string

// The kinds that a teardown removes. AWS removes volumes and network interfaces
// with their instance.
const (
	instance  kind = "instance"
	keyPair   kind = "key-pair"
	group     kind = "security-group"
	placement kind = "placement-group"
)

// item is one resource in AWS. ID is the name of a key pair or placement group,
// and the id of any other resource.
type item struct {
	Kind kind   `json:"kind"`
	ID   string `json:"id"`
}

func (i item) String() string { return string(i.Kind) + " " + i.ID }

// describe lists items, sorted.
func describe(items []item) string {
	words := make([]string, 0, len(items))
	for _, i := range items {
		words = append(words, i.String())
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// items returns resources of one kind.
func items(k kind, ids ...string) []item {
	list := make([]item, 0, len(ids))
	for _, id := range ids {
		list = append(list, item{k, id})
	}
	return list
}

// Entries in a list of leftovers for resources whose names are not known.
const (
	unseen   = "unknown resources: AWS could not be asked, or a call that makes resources had no answer"
	unlooked = "unknown resources: AWS was not asked"
)

// leftovers is the error of a run whose resources are not all known to be
// removed. Hosts among them may cost money.
type leftovers struct {
	Run    string // id, or [expired] for all expired runs of the owner
	Region string
	Items  []string // resources that are left, or may be; never empty
	Err    error    // the last error of the teardown, if any
}

func (l leftovers) Error() string {
	var text strings.Builder
	which, tag := "run "+l.Run, tagRun+"="+l.Run
	if l.Run == expired {
		which, tag = "an expired run", tagManaged+"=true"
	}
	fmt.Fprintf(&text, "%s in %s may still have resources that cost money:", which, l.Region)
	for _, i := range l.Items {
		fmt.Fprintf(&text, "\n\t%s", i)
	}
	if l.Err != nil {
		fmt.Fprintf(&text, "\nlast error: %v", l.Err)
	}
	fmt.Fprintf(&text, "\nRun `provision ec2 --region %s --destroy %s`, or delete them in the AWS console: they are tagged %s.", l.Region, l.Run, tag)
	return text.String()
}

func (l leftovers) Unwrap() error { return l.Err }

// ExitCode returns the exit status of a program that ends with this error.
func (l leftovers) ExitCode() int { return 3 }
