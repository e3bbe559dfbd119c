package ec2

import (
	"fmt"
	"slices"
	"strings"
)

// kind is a kind of resource, as EC2 spells it in tags.
type kind string

// The kinds that a run makes, itself or, as volumes and interfaces, by way of
// its instances.
const (
	instance  kind = "instance"
	volume    kind = "volume"
	netif     kind = "network-interface"
	keyPair   kind = "key-pair"
	group     kind = "security-group"
	placement kind = "placement-group"
)

// item is one resource in AWS. Key pairs and placement groups go by their
// names, all others by their ids.
type item struct {
	Kind kind   `json:"kind"`
	ID   string `json:"id"`
}

func (i item) String() string { return string(i.Kind) + " " + i.ID }

// describe lists items in an order that does not depend on chance.
func describe(items []item) string {
	words := make([]string, 0, len(items))
	for _, i := range items {
		words = append(words, i.String())
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// items are things of one kind.
func items(k kind, ids ...string) []item {
	list := make([]item, 0, len(ids))
	for _, id := range ids {
		list = append(list, item{k, id})
	}
	return list
}

// ids of the items of that kind.
func ids(k kind, list []item) []string {
	var ids []string
	for _, i := range list {
		if i.Kind == k {
			ids = append(ids, i.ID)
		}
	}
	return ids
}

// What stands in a list of leftovers for things that nobody could name.
const (
	unseen   = "what there may be: AWS could not be asked, or a call that makes things went unanswered"
	unlooked = "what there may be: nobody has looked"
)

// Leftovers is the error of a run some of whose things could not be removed, or
// could not be seen to be gone. Hosts among them may cost money.
type Leftovers struct {
	Run    string // id; "expired" for all runs of the owner past their lifetime
	Region string
	Items  []string // what is left, or may be; never empty
	Err    error    // what removal ran into at last, if anything
}

func (l Leftovers) Error() string {
	var text strings.Builder
	which, tag := "run "+l.Run, tagRun+"="+l.Run
	if l.Run == expired {
		which, tag = "some run past its lifetime", tagManaged+"=true"
	}
	fmt.Fprintf(&text, "%s in %s is not all gone, or may not be, and may cost money:", which, l.Region)
	for _, i := range l.Items {
		fmt.Fprintf(&text, "\n\t%s", i)
	}
	if l.Err != nil {
		fmt.Fprintf(&text, "\nremoval last ran into: %v", l.Err)
	}
	fmt.Fprintf(&text, "\nTry again with `provision ec2 --region %s --destroy %s`, or remove them in the AWS console: they are tagged %s.", l.Region, l.Run, tag)
	return text.String()
}

func (l Leftovers) Unwrap() error { return l.Err }

// ExitCode is the exit status of a program that ends with this error.
func (l Leftovers) ExitCode() int { return 3 }
