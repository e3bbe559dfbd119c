package ec2

import (
	"slices"
	"strings"
	"testing"

	api "github.com/aws/aws-sdk-go-v2/service/ec2"
)

// TestDryRunTriesTheNextZone: a zone that cannot take the hosts does not end the
// preflight.
func TestDryRunTriesTheNextZone(t *testing.T) {
	m := startMoto(t)
	for _, trouble := range []trouble{unsupported, noAddresses} {
		t.Run(string(trouble), func(t *testing.T) {
			s := newStage(t, m, swift, "nomad")
			defer s.tell()
			s.proxy.set(&fault{action: "RunInstances(dry)", trouble: trouble, times: once}, nil)
			if err := s.run(append([]string{"--nodes", "1"}, s.launchFlags("true")...)...); err != nil {
				t.Error(err)
			}
			if n := strings.Count(strings.Join(s.proxy.log(), " "), "RunInstances(dry)"); n != 2 {
				t.Errorf("%d dry runs, want 2", n)
			}
			s.mustBeEmpty()
		})
	}
}

// TestNoRoomNamesOtherTypes: when no zone has room, the error names other types.
func TestNoRoomNamesOtherTypes(t *testing.T) {
	m := startMoto(t)
	for _, action := range []string{"RunInstances(dry)", "RunInstances"} {
		s := newStage(t, m, swift, "nomad")
		defer s.tell()
		s.proxy.set(&fault{action: action, trouble: noCapacity, times: 100}, nil)
		err := s.run(append([]string{"--nodes", "1"}, s.launchFlags("true")...)...)
		if err == nil || !strings.Contains(err.Error(), "try --type c7i.large or c5.large") {
			t.Errorf("%s: error %v", action, err)
		}
		s.mustBeEmpty()
	}
}

// TestSubnetsAreTriedInOrder: zones are tried in the order of --subnet.
func TestSubnetsAreTriedInOrder(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "planner")
	defer s.tell()
	cl, err := judge(t.Context(), s.proxy.moto)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := cl.ec2.DescribeSubnets(t.Context(), &api.DescribeSubnetsInput{})
	if err != nil {
		t.Fatal(err)
	}
	var args, want []string
	for _, n := range answer.Subnets {
		if zone := *n.AvailabilityZone; zone == "us-east-1a" || zone == "us-east-1b" || zone == "us-east-1c" {
			want = append(want, *n.SubnetId)
		}
	}
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(b, a) }) // as nobody else would
	for _, id := range want {
		args = append(args, "--subnet", id)
	}
	c := s.command(append(append([]string{"--nodes", "1"}, args...), s.launchFlags("true")...)...)
	if err := c.resolve(t.Context()); err != nil {
		t.Fatal(err)
	}
	zones, err := c.findZones(t.Context(), cl)
	var got []string
	for _, z := range zones {
		got = append(got, z.Subnet)
	}
	if err != nil || !slices.Equal(got, want) || len(got) < 2 {
		t.Errorf("subnets %q, %v, want %q", got, err, want)
	}
}
