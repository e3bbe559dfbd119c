package ec2

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/provision/host"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// TestLeftovers: when AWS refuses to remove resources, the error lists them, and
// --destroy removes them later.
func TestLeftovers(t *testing.T) {
	s := newStage(t, startMoto(t), settings{}, "stuck")
	defer s.tell()
	s.proxy.set(&fault{action: "TerminateInstances", trouble: forbidden, times: 1 << 30}, nil)
	c := s.command(s.launchFlags("true")...)
	c.seams.pace.Teardown = 300 * time.Millisecond
	err := c.Run(t.Context())
	left, ok := errors.AsType[leftovers](err)
	if !ok || left.ExitCode() != 3 {
		t.Fatalf("error %v, want leftovers", err)
	}
	if n := strings.Count(err.Error(), "\tinstance i-"); n != 8 {
		t.Errorf("%d instances are listed, want 8: %v", n, err)
	}
	for _, want := range []string{"--destroy " + left.Run, "--policy", "that cost money"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
	s.destroyAll()
	s.mustBeEmpty()
}

// TestLeftoversOfABlindTeardown: a teardown that cannot list instances terminates
// those of the journal, and reports that they may be left.
func TestLeftoversOfABlindTeardown(t *testing.T) {
	s := newStage(t, startMoto(t), settings{}, "blind")
	defer s.tell()
	c := s.command(s.launchFlags("true")...)
	c.seams.pace.Teardown = 300 * time.Millisecond
	c.seams.ready = func(context.Context, string, []host.Host) error {
		s.proxy.set(&fault{action: "DescribeInstances", trouble: cutBefore, times: 1 << 30}, nil)
		return nil
	}
	left, ok := errors.AsType[leftovers](c.Run(t.Context()))
	if !ok || len(left.Items) < 8 {
		t.Fatalf("leftovers %+v, want at least the 8 instances of the journal", left)
	}
	// And yet it has ended all that it knew of.
	if there, err := s.left(); err != nil || strings.Contains(there, "instance i-") {
		t.Errorf("after a teardown that saw nothing there is %q, %v: want no instance", there, err)
	}
	s.destroyAll()
	s.mustBeEmpty()
}

// TestExitStatus: the exit status is 3 if resources may be left, and otherwise
// that of COMMAND, which provision then says.
func TestExitStatus(t *testing.T) {
	m := startMoto(t)
	for name, c := range map[string]struct {
		command string // its exit status
		stuck   bool   // AWS refuses to remove
		want    int
		says    string
	}{
		"failed and gone":  {"7", false, 7, "exit status 7 is COMMAND's"},
		"3 and gone":       {"3", false, 3, "exit status 3 is COMMAND's"},
		"failed and stuck": {"7", true, 3, ""},
		"3 and stuck":      {"3", true, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, m, settings{}, "strict")
			defer s.tell()
			command := s.command(append([]string{"--nodes", "1"}, s.launchFlags("sh", "-c", "exit "+c.command)...)...)
			if c.stuck {
				s.proxy.set(&fault{action: "TerminateInstances", trouble: forbidden, times: 1 << 30}, nil)
				command.seams.pace.Teardown = 300 * time.Millisecond
			}
			err := command.Run(t.Context())
			var coded interface{ ExitCode() int }
			if !errors.As(err, &coded) || coded.ExitCode() != c.want {
				t.Errorf("error %v, want one with exit status %d", err, c.want)
			}
			if said := strings.Contains(s.words.String(), "is COMMAND's"); said != (c.says != "") || !strings.Contains(s.words.String(), c.says) {
				t.Errorf("COMMAND's own status is spoken of: %t, want %q", said, c.says)
			}
			if c.stuck != strings.Contains(err.Error(), "that cost money") {
				t.Errorf("error %v", err)
			}
			s.destroyAll()
			s.mustBeEmpty()
		})
	}
}

// TestDestroyThatCannotList: if AWS cannot be asked, resources may be left.
func TestDestroyThatCannotList(t *testing.T) {
	m := startMoto(t)
	for name, c := range map[string]struct {
		what  string
		fault fault
	}{
		"a run, no credentials":  {"20200101-000000-aaaaaaaa", fault{action: "GetCallerIdentity", trouble: forbidden}},
		"a run, no sight":        {"20200101-000000-aaaaaaaa", fault{action: "DescribeInstances", trouble: forbidden}},
		"expired, no sight":      {expired, fault{action: "DescribeInstances", trouble: forbidden}},
		"expired, half in sight": {expired, fault{action: "DescribeKeyPairs", trouble: forbidden}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, m, settings{}, "astray")
			defer s.tell()
			c.fault.times = 1 << 30
			s.proxy.set(&c.fault, nil)
			command := s.command(s.flags("--destroy", c.what)...)
			command.seams.pace.Teardown = 300 * time.Millisecond
			left, ok := errors.AsType[leftovers](command.Run(t.Context()))
			if !ok || left.ExitCode() != 3 || !strings.Contains(left.Error(), "--destroy "+c.what) || !strings.Contains(left.Error(), c.fault.action) {
				t.Errorf("error %v, want leftovers of %s because of %s", left, c.what, c.fault.action)
			}
		})
	}
}

// TestDestroyWaitsForLateInstances: a run was killed while its launch was
// repeated, long after the journal entry. --destroy waits until AWS shows the
// hosts.
func TestDestroyWaitsForLateInstances(t *testing.T) {
	s := newStage(t, startMoto(t), settings{blind: 2, lax: true}, "sluggish")
	defer s.tell()
	s.start(fault{action: "RunInstances", trouble: killedAfter, times: once})
	id := s.runs()[0]
	name := filepath.Join(s.dir, id, "journal.jsonl")
	text, err := os.ReadFile(name)
	if err == nil {
		hour := regexp.MustCompile(`"time":"[^"]*"`)
		err = os.WriteFile(name, hour.ReplaceAll(text, []byte(`"time":"2020-01-01T00:00:00Z"`)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.proxy.set(nil, nil)
	c := s.command(s.flags("--destroy", id)...)
	c.seams.pace.Settle = 2 * time.Second // much longer than two polls take
	if err := c.Run(t.Context()); err != nil {
		t.Error(err)
	}
	s.mustBeEmpty()
}

// TestForbiddenList: if one kind of resource cannot be listed, the others are
// removed, and the run is not reported as removed.
func TestForbiddenList(t *testing.T) {
	m := startMoto(t)
	for _, action := range []string{"DescribeKeyPairs", "DescribeSecurityGroups", "DescribePlacementGroups"} {
		t.Run(action, func(t *testing.T) {
			s := newStage(t, m, settings{}, "shortsighted")
			defer s.tell()
			c := s.command(append([]string{"--nodes", "1"}, s.launchFlags("true")...)...)
			c.seams.pace.Teardown = 3 * time.Second
			c.seams.ready = func(context.Context, string, []host.Host) error {
				s.proxy.set(&fault{action: action, trouble: forbidden, times: 1 << 30}, nil)
				return nil
			}
			left, ok := errors.AsType[leftovers](c.Run(t.Context()))
			if !ok || !strings.Contains(left.Error(), action) {
				t.Errorf("%v, want leftovers that name %s", left, action)
			}
			s.mustBeEmpty()
		})
	}
}

// TestDestroyWithoutAFolder: the tags are enough to remove a run of another
// machine.
func TestDestroyWithoutAFolder(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "traveller")
	defer s.tell()
	id := s.abandon()
	s.proxy.set(nil, nil)
	if err := os.RemoveAll(filepath.Join(s.dir, id)); err != nil {
		t.Fatal(err)
	}
	if err := s.run(s.flags("--destroy", id)...); err != nil {
		t.Error(err)
	}
	s.mustBeEmpty()
}

// TestDestroyInAnotherAccount: a run is not removed with credentials of another
// account.
func TestDestroyInAnotherAccount(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "double")
	defer s.tell()
	id := s.abandon()
	s.proxy.set(nil, nil)
	name := filepath.Join(s.dir, id, "journal.jsonl")
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, bytes.Replace(text, []byte("123456789012"), []byte("999999999999"), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	err = s.run(s.flags("--destroy", id)...)
	if err == nil || !strings.Contains(err.Error(), "is in account 999999999999") {
		t.Errorf("error %v", err)
	}
	left, err := s.left()
	if strings.Count(left, "instance i-") != 3 || !strings.Contains(left, "key-pair") || !strings.Contains(left, "security-group") || err != nil {
		t.Errorf("there is %q, %v: want all of the other account's run, untouched", left, err)
	}
}

// TestDestroyRefusesMalformedID: the argument of --destroy is part of a path.
func TestDestroyRefusesMalformedID(t *testing.T) {
	c, err := parse("--destroy", "../../etc")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "not the id of a run") {
		t.Errorf("error %v", err)
	}
}

// TestExpired: expired runs are listed as overdue and removed, by --destroy
// expired and by a launch. Other runs are not removed.
func TestExpired(t *testing.T) {
	m := startMoto(t)
	s := newStage(t, m, settings{}, "forgetful")
	defer s.tell()
	old := run{ID: "20200101-000000-aaaaaaaa", Owner: "forgetful", Created: time.Now().Add(-2 * time.Hour), Expires: time.Now().Add(-time.Hour)}
	fresh := run{ID: "20200101-000000-bbbbbbbb", Owner: "forgetful", Created: time.Now(), Expires: time.Now().Add(time.Hour)}
	others := run{ID: "20200101-000000-cccccccc", Owner: "colleague", Created: old.Created, Expires: old.Expires}
	for _, r := range []run{old, fresh, others} {
		plant(t, m, r)
	}
	if err := s.run(s.flags("--list")...); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"aaaaaaaa  us-east-1  forgetful", "OVERDUE", "1 running instance"} {
		if !strings.Contains(s.words.String(), want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	for name, args := range map[string][]string{
		"destroy": s.flags("--destroy", "expired"),
		"launch":  s.launchFlags("true"),
	} {
		if err := s.run(args...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		left, err := m.anything(t.Context())
		if n := strings.Count(left, "instance"); n != 2 || err != nil {
			t.Errorf("after %s: %q, %v, want the 2 instances of other runs", name, left, err)
		}
		plant(t, m, old)
	}
}

// TestDestroyOfAnUnknownRun: a run that is not found is not known to be removed.
func TestDestroyOfAnUnknownRun(t *testing.T) {
	s := newStage(t, startMoto(t), settings{}, "traveller")
	defer s.tell()
	err := s.run(s.anywhere("--destroy", "20200101-000000-aaaaaaaa")...)
	var coded interface{ ExitCode() int }
	if !errors.As(err, &coded) || coded.ExitCode() != 3 || !strings.Contains(err.Error(), "was not found in account 123456789012 in ") {
		t.Errorf("error %v, want exit status 3", err)
	}
}

// TestRunInAnotherRegion: --list and --destroy search all regions, unless
// --region is given.
func TestRunInAnotherRegion(t *testing.T) {
	m := startMoto(t)
	s := newStage(t, m, settings{}, "traveller")
	defer s.tell()
	for n, destroy := range []string{"", expired} {
		r := run{ID: fmt.Sprintf("20200101-000000-aaaaaaa%c", 'a'+n), Owner: "traveller", Created: time.Now().Add(-2 * time.Hour), Expires: time.Now().Add(-time.Hour)}
		plant(t, m, r, "us-west-2")
		if destroy == "" {
			destroy = r.ID
		}
		err := s.run(s.flags("--destroy", r.ID)...)
		if err == nil || !strings.Contains(err.Error(), r.ID+" was not found in account 123456789012 in us-east-1, and") {
			t.Errorf("in us-east-1: error %v", err)
		}
		if err := s.run(s.anywhere("--list")...); err != nil || !strings.Contains(s.words.String(), r.ID+"  us-west-2") {
			t.Errorf("list: %v", err)
		}
		if err := s.run(s.anywhere("--destroy", destroy)...); err != nil {
			t.Errorf("--destroy %s: %v", destroy, err)
		}
		cl, err := judge(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		left, err := cl.in("us-west-2").foundInstances(t.Context(), nil)
		if err != nil || slices.ContainsFunc(left, func(f found) bool { return !f.ended() }) {
			t.Errorf("after --destroy %s: %+v, %v", destroy, left, err)
		}
	}
}

// TestRegionOfTheConfiguration: --region defaults to the region that every AWS
// tool uses.
func TestRegionOfTheConfiguration(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-west-1")
	s := &stage{t: t}
	if err := s.run("--plan", "--price", "0.12"); err != nil || !strings.Contains(s.words.String(), "region     eu-west-1") {
		t.Errorf("%v: %s", err, s.words.String())
	}
}

// TestOwnerIsTheCaller: the owner does not change with the machine. Overdue runs of
// others are reported and not removed.
func TestOwnerIsTheCaller(t *testing.T) {
	m := startMoto(t)
	s := newStage(t, m, settings{}, "") // as without --owner
	defer s.tell()
	const arn = "arn:aws:sts::123456789012:user/moto"
	mine := run{ID: "20200101-000000-aaaaaaaa", Owner: arn, Created: time.Now().Add(-2 * time.Hour), Expires: time.Now().Add(-time.Hour)}
	others := mine
	others.ID, others.Owner = "20200101-000000-cccccccc", "colleague"
	plant(t, m, mine)
	plant(t, m, others)
	if err := s.run(append([]string{"--nodes", "1"}, s.launchFlags("true")...)...); err != nil {
		t.Error(err)
	}
	if owner := tagsOf(s.proxy.form("CreateSecurityGroup"))[tagOwner]; owner != arn {
		t.Errorf("owner tag %q, want %q", owner, arn)
	}
	if left, err := m.anything(t.Context()); strings.Count(left, "instance") != 1 || err != nil {
		t.Errorf("left are %q, %v: want the instance of the other owner", left, err)
	}
	if want := "run 20200101-000000-cccccccc of colleague in us-east-1 should have ended at"; !strings.Contains(s.words.String(), want) {
		t.Errorf("no %q in the messages", want)
	}
}

// TestOwnerIsNotAPattern: the owner * does not match the runs of others, as it
// would in a filter of EC2.
func TestOwnerIsNotAPattern(t *testing.T) {
	m := startMoto(t)
	s := newStage(t, m, settings{}, "*")
	defer s.tell()
	r := run{ID: "20200101-000000-cccccccc", Owner: "colleague", Created: time.Now().Add(-2 * time.Hour), Expires: time.Now().Add(-time.Hour)}
	plant(t, m, r)
	for name, args := range map[string][]string{
		"destroy": s.flags("--destroy", "expired"),
		"launch":  append([]string{"--nodes", "1"}, s.launchFlags("true")...),
	} {
		if err := s.run(args...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := m.anything(t.Context()); strings.Count(left, "instance") != 1 || err != nil {
			t.Errorf("after %s: %q, %v, want the colleague's instance", name, left, err)
		}
	}
}

// plant makes an instance in moto as a run would have left it.
func plant(t *testing.T, m *moto, r run, region ...string) {
	t.Helper()
	cl, err := judge(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range region {
		cl = cl.in(other)
	}
	images, err := cl.ec2.DescribeImages(t.Context(), &api.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil || len(images.Images) == 0 {
		t.Fatalf("images: %v", err)
	}
	_, err = cl.ec2.RunInstances(t.Context(), &api.RunInstancesInput{
		ImageId: images.Images[0].ImageId, InstanceType: types.InstanceTypeC3Large,
		MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications: r.tags(types.ResourceTypeInstance),
	})
	if err != nil {
		t.Fatal(err)
	}
}
