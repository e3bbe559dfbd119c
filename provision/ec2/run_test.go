package ec2

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dhtbench/provision/host"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// TestRun: a run makes the hosts as configured, runs its command and leaves
// nothing.
func TestRun(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "somebody")
	defer s.tell()
	seen := filepath.Join(t.TempDir(), "seen")
	c := s.command(s.launchFlags("sh", "-c", `cp "$DHTBENCH_HOSTS" `+seen+`; exit 7`)...)
	var during []types.Instance
	var groups []types.SecurityGroup
	c.seams.ready = func(ctx context.Context, id string, hosts []host.Host) error {
		if key, err := os.Stat(filepath.Join(s.dir, id, "id_ed25519")); err != nil || key.Mode().Perm() != 0o600 {
			t.Errorf("private key while the command runs: %v, %v", key, err)
		}
		cl, err := judge(ctx, s.proxy.moto)
		if err != nil {
			return err
		}
		if during, err = cl.instances(ctx, where(tagRun, id)); err != nil {
			return err
		}
		answer, err := cl.ec2.DescribeSecurityGroups(ctx, &api.DescribeSecurityGroupsInput{Filters: []types.Filter{where(tagRun, id)}})
		if err != nil {
			return err
		}
		groups = answer.SecurityGroups
		for _, i := range during {
			checkInstance(t, cl, i, s.dir, id)
		}
		return nil
	}
	err := c.Run(t.Context())
	if status, ok := err.(host.Status); !ok || status.Code != 7 {
		t.Errorf("error %v, want the command's own status 7", err)
	}
	s.mustBeEmpty()
	if left, err := s.proxy.moto.anything(t.Context()); left != "" || err != nil {
		t.Errorf("moto has %q, %v", left, err)
	}
	if len(during) != 8 {
		t.Fatalf("%d instances while the command ran, want 8", len(during))
	}
	checkGroups(t, groups)
	checkInventory(t, seen, during, filepath.Join(s.dir, s.runs()[0]))
}

// checkInstance checks what cannot be seen in an inventory.
func checkInstance(t *testing.T, cl *cloud, i types.Instance, dir, id string) {
	t.Helper()
	if i.InstanceType != types.InstanceTypeC3Large || i.MetadataOptions == nil || i.MetadataOptions.HttpTokens != types.HttpTokensStateRequired {
		t.Errorf("type %s, metadata %+v", i.InstanceType, i.MetadataOptions)
	}
	if r := fromTags(i.Tags); r.ID != id || r.Owner != "somebody" || r.Expires.Sub(r.Created) != 90*time.Minute {
		t.Errorf("tags say %+v", r)
	}
	attribute := func(name types.InstanceAttributeName) *api.DescribeInstanceAttributeOutput {
		answer, err := cl.ec2.DescribeInstanceAttribute(t.Context(), &api.DescribeInstanceAttributeInput{InstanceId: i.InstanceId, Attribute: name})
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if b := attribute(types.InstanceAttributeNameInstanceInitiatedShutdownBehavior).InstanceInitiatedShutdownBehavior; aws.ToString(b.Value) != "terminate" {
		t.Errorf("powering off means %q", aws.ToString(b.Value))
	}
	data, err := base64.StdEncoding.DecodeString(aws.ToString(attribute(types.InstanceAttributeNameUserData).UserData.Value))
	if err != nil {
		t.Fatal(err)
	}
	config := parseUserData(t, string(data))
	known, err := os.ReadFile(filepath.Join(dir, id, "known_hosts"))
	if want := "dhtbench-" + id + " " + config.Keys["ed25519_public"] + "\n"; err != nil || string(known) != want {
		t.Errorf("known hosts %q, want %q: %v", known, want, err)
	}
	if len(config.Bootcmd) != 1 || !strings.Contains(config.Bootcmd[0][2], "OnBootSec=5400\n") || config.Packages != nil {
		t.Errorf("boot commands %q, packages %q", config.Bootcmd, config.Packages)
	}
}

// TestPackages: the user data of hosts installs packages, and masks their services
// before.
func TestPackages(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "somebody")
	defer s.tell()
	c := s.command(s.launchFlags("true")...)
	c.Packages = []string{"redis-server", "memcached"}
	c.seams.ready = func(ctx context.Context, id string, hosts []host.Host) error {
		cl, err := judge(ctx, s.proxy.moto)
		if err != nil {
			return err
		}
		answer, err := cl.ec2.DescribeInstanceAttribute(ctx, &api.DescribeInstanceAttributeInput{
			InstanceId: aws.String(hosts[0].Facts["instance"]), Attribute: types.InstanceAttributeNameUserData,
		})
		if err != nil {
			return err
		}
		data, err := base64.StdEncoding.DecodeString(aws.ToString(answer.UserData.Value))
		if err != nil {
			return err
		}
		config := parseUserData(t, string(data))
		if got := fmt.Sprint(config.Packages, config.Bootcmd[1:]); got != "[redis-server memcached] [[systemctl mask redis-server memcached]]" {
			t.Errorf("packages and boot commands %s", got)
		}
		return nil
	}
	if err := c.Run(t.Context()); err != nil {
		t.Error(err)
	}
	s.mustBeEmpty()
}

// cloudConfig is the part of user data that tests read.
type cloudConfig struct {
	Bootcmd [][]string
	Keys    map[string]string `json:"ssh_keys"`

	Packages []string
}

func parseUserData(t *testing.T, data string) (config cloudConfig) {
	t.Helper()
	text, ok := strings.CutPrefix(data, "#cloud-config\n")
	if err := json.Unmarshal([]byte(text), &config); err != nil || !ok {
		t.Fatalf("user data %q: %v", data, err)
	}
	return config
}

func checkGroups(t *testing.T, groups []types.SecurityGroup) {
	t.Helper()
	if len(groups) != 1 {
		t.Fatalf("%d security groups", len(groups))
	}
	var rules []string
	for _, p := range groups[0].IpPermissions {
		for _, r := range p.IpRanges {
			rules = append(rules, fmt.Sprintf("%s %d-%d from %s", aws.ToString(p.IpProtocol), aws.ToInt32(p.FromPort), aws.ToInt32(p.ToPort), aws.ToString(r.CidrIp)))
		}
		for _, g := range p.UserIdGroupPairs {
			rules = append(rules, fmt.Sprintf("%s from itself: %t", aws.ToString(p.IpProtocol), aws.ToString(g.GroupId) == aws.ToString(groups[0].GroupId)))
		}
	}
	slices.Sort(rules)
	if got, want := strings.Join(rules, "; "), "-1 from itself: true; tcp 22-22 from 203.0.113.7/32"; got != want {
		t.Errorf("rules %q, want %q", got, want)
	}
}

// checkInventory checks what the command saw.
func checkInventory(t *testing.T, name string, instances []types.Instance, folder string) {
	t.Helper()
	hosts, err := host.ReadInventory(name)
	if err != nil || len(hosts) != len(instances) {
		t.Fatalf("%d hosts, %v", len(hosts), err)
	}
	config, err := os.ReadFile(filepath.Join(folder, "ssh_config"))
	if err != nil {
		t.Fatal(err)
	}
	for n, h := range hosts {
		want := host.Host{Name: fmt.Sprintf("h%d", n), Via: []string{"ssh", "-F", filepath.Join(folder, "ssh_config"), fmt.Sprintf("h%d", n)}}
		i := slices.IndexFunc(instances, func(i types.Instance) bool { return aws.ToString(i.PrivateIpAddress) == h.Addr })
		if i < 0 || h.Name != want.Name || !slices.Equal(h.Via, want.Via) {
			t.Errorf("host %+v, want %+v with the address of an instance", h, want)
			continue
		}
		checkFacts(t, h, instances[i], filepath.Base(folder))
		if line := fmt.Sprintf("Host %s\n  HostName %s\n", h.Name, aws.ToString(instances[i].PublicIpAddress)); !strings.Contains(string(config), line) {
			t.Errorf("ssh configuration lacks %q", line)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "id_ed25519")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("private key after a clean end: %v, want none", err)
	}
}

// checkFacts checks what the inventory says for the record of the host of an
// instance.
func checkFacts(t *testing.T, h host.Host, i types.Instance, id string) {
	t.Helper()
	name := h.Facts["image_name"]
	if !strings.HasPrefix(name, "al2023-ami-") {
		t.Errorf("host %s has an image named %q", h.Name, name)
	}
	zone := aws.ToString(i.Placement.AvailabilityZone)
	want := map[string]string{
		"image": aws.ToString(i.ImageId), "image_name": name, "instance_type": "c3.large", "region": "us-east-1", "zone": zone,
		"placement_group": fmt.Sprintf("dhtbench-%s-0-%s", id, zone), "run": id, "instance": aws.ToString(i.InstanceId),
	}
	if !maps.Equal(h.Facts, want) {
		t.Errorf("facts of host %s: %v, want %v", h.Name, h.Facts, want)
	}
}

// TestDryRunIsTheLaunch: the dry run and the launch differ only in what is made
// between them and in the values of one run.
func TestDryRunIsTheLaunch(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "rehearser")
	defer s.tell()
	if err := s.run(append([]string{"--nodes", "1"}, s.launchFlags("true")...)...); err != nil {
		t.Fatal(err)
	}
	dry, real := s.proxy.form("RunInstances(dry)"), s.proxy.form("RunInstances")
	if dry.Get("ClientToken") == real.Get("ClientToken") {
		t.Error("the dry run uses up the launch's token")
	}
	made := []string{"KeyName", "Placement.GroupName", "NetworkInterface.1.SecurityGroupId.1"}
	for name := range real {
		if slices.Contains(made, name) {
			if dry.Has(name) {
				t.Errorf("the dry run has %s, which is not there yet", name)
			}
			continue
		}
		own := name == "ClientToken" || name == "UserData" || strings.HasSuffix(name, ".Value") && strings.HasPrefix(name, "TagSpecification.")
		if !dry.Has(name) || !own && dry.Get(name) != real.Get(name) {
			t.Errorf("%s is %.60q in the dry run and %.60q in the launch", name, dry.Get(name), real.Get(name))
		}
	}
	for name := range dry {
		if !real.Has(name) && name != "DryRun" {
			t.Errorf("the dry run has %s, which the launch has not", name)
		}
	}
}

// TestAccountThatCannotLaunch: the errors for new accounts say what to do, before
// anything is made.
func TestAccountThatCannotLaunch(t *testing.T) {
	m := startMoto(t)
	for trouble, wants := range map[trouble][]string{
		freePlan:   {"upgrade it to the Paid plan", "eligible in us-east-1: c7i-flex.large,"},
		unverified: {"still verifying the account for this region"},
	} {
		s := newStage(t, m, swift, "newcomer")
		defer s.tell()
		s.proxy.set(&fault{action: "RunInstances(dry)", trouble: trouble, times: once}, nil)
		err := s.run(s.launchFlags("true")...)
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want %q", trouble, err, want)
			}
		}
		if calls := s.proxy.log(); slices.Contains(calls, "ImportKeyPair") {
			t.Errorf("%s: calls %q", trouble, calls)
		}
	}
}

// TestInterrupt: the hosts of an interrupted command are removed.
func TestInterrupt(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "hasty")
	defer s.tell()
	up := filepath.Join(t.TempDir(), "up")
	if err := syscall.Mkfifo(up, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := s.child(s.launchFlags("sh", "-c", "echo up >"+up+"; exec sleep 1000")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if word, err := os.ReadFile(up); string(word) != "up\n" {
		t.Fatalf("the command said %q, %v", word, err)
	}
	// Nobody else may remove what is in use.
	id := s.runs()[0]
	if err := s.run(s.flags("--destroy", id)...); err == nil || !strings.Contains(err.Error(), "the run is still active") {
		t.Errorf("destroy of a living run: %v", err)
	}
	cmd.Process.Signal(syscall.SIGINT)
	if err := cmd.Wait(); exitCode(err) != 130 && exitCode(err) != 1 {
		t.Errorf("end of an interrupted run: %v", err)
	}
	s.mustBeEmpty()
}

// TestSlowCloud: delays of AWS do not end the waiting early.
func TestSlowCloud(t *testing.T) {
	s := newStage(t, startMoto(t), settings{blind: 4, partial: 4, pending: 4, stopping: 4, held: 4}, "patient")
	defer s.tell()
	if err := s.run(s.launchFlags("true")...); err != nil {
		t.Error(err)
	}
	s.mustBeEmpty()
}

// TestLostAnswerAndLateInstances: the answer to the launch is lost, and AWS shows
// the instances late. The teardown waits for them.
func TestLostAnswerAndLateInstances(t *testing.T) {
	s := newStage(t, startMoto(t), settings{blind: 2, lax: true}, "unlucky")
	defer s.tell()
	s.proxy.set(&fault{action: "RunInstances", trouble: cutAfter, times: stubborn}, nil)
	c := s.command(s.launchFlags("true")...)
	c.seams.pace.Settle = 2 * time.Second // much longer than two polls take
	if err := c.Run(t.Context()); err == nil {
		t.Error("the run succeeded without the answer to its launch")
	}
	s.mustBeEmpty()
}

// TestTeardownUsesTheJournal: the run fails while AWS shows none of its instances
// yet. The journal has their ids.
func TestTeardownUsesTheJournal(t *testing.T) {
	s := newStage(t, startMoto(t), settings{blind: 3, lax: true}, "blinded")
	defer s.tell()
	c := s.command(s.launchFlags("true")...)
	c.seams.pace.Boot = time.Nanosecond
	c.seams.pace.Settle = 2 * time.Second // much longer than three polls take
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "wait until hosts run") {
		t.Errorf("error %v", err)
	}
	s.mustBeEmpty()
}
