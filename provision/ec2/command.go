// Package ec2 makes hosts of Amazon EC2, runs one command with them, and removes
// them.
//
// Hosts cost money as long as they exist, so nothing that a run makes may outlive
// it. Each of these layers works when the one before it fails:
//
//   - [Command.Run] removes everything that it made when its command ends, fails
//     or is interrupted. It lists resources by tag until none is left. If some are
//     left, it names them and the exit status is 3 ([leftovers]).
//   - Every call that makes a resource is in the journal on disk before it is sent,
//     and every resource has the run's tags from the request that makes it. With
//     both, `provision ec2 --destroy RUN` removes what a killed run left.
//   - The user data of the launch starts two timers on each host early in its
//     boot, before ssh. The lease powers the host off when heartbeats stop, the
//     lifetime powers it off in any case. A host that powers off is terminated.
//
// README.md says what these layers do not cover.
//
// A run is a [Command]. Its folder on disk is a [folder], its resources in AWS are
// [item] values. The end of a run, --destroy and the removal of expired runs use
// the same loop, [teardown]. No other package imports the AWS SDK.
package ec2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"time"

	"dhtbench/provision/host"
)

// Command is `provision ec2`. Its exported fields are its flags.
type Command struct {
	Nodes          int           `help:"Number of hosts." default:"8"`
	Region         string        `help:"AWS region; default: that of the AWS configuration, or us-east-1."`
	Type           string        `help:"Instance type." default:"c3.large"`
	Image          string        `help:"Image to boot (ami-...); default: the one that --image-parameter names." placeholder:"AMI"`
	ImageParameter string        `help:"Public SSM parameter that names the image; default: Amazon Linux 2023 for the type." placeholder:"NAME"`
	User           string        `help:"User of the image for ssh." default:"ec2-user"`
	SSHCIDR        string        `name:"ssh-cidr" help:"Your public address, such as 203.0.113.7/32. Hosts accept ssh from it only." placeholder:"CIDR"`
	SSHAddress     string        `name:"ssh-address" help:"Address for ssh: public, private, or instance (its id, for Session Manager)." enum:"public,private,instance" default:"public"`
	SSHOption      []string      `name:"ssh-option" sep:"none" help:"Setting of ssh_config for the hosts, such as 'ProxyJump bastion'." placeholder:"SETTING"`
	Subnet         []string      `help:"Subnets to try in this order; default: the default subnet of each zone." placeholder:"ID"`
	Placement      string        `help:"Placement group: cluster (hosts close together) or none." enum:"cluster,none" default:"cluster"`
	Packages       []string      `help:"Packages to install on the hosts, such as redis-server,memcached. Their services are not started." placeholder:"NAME"`
	DiskGB         int           `name:"disk-gb" help:"Disk of each host in GB." default:"8"`
	Lifetime       time.Duration `help:"Time after launch at which hosts power themselves off." default:"90m"`
	Lease          time.Duration `help:"Time without heartbeats after which hosts power themselves off." default:"15m"`
	Price          float64       `help:"Price of a host in USD an hour; default: known for some types in us-east-1." placeholder:"USD"`
	MaxUSD         float64       `name:"max-usd" help:"Most that the hosts may cost in their lifetime, in USD." default:"5"`
	Owner          string        `help:"Owner tag of all resources; default: the ARN of the credentials." placeholder:"NAME"`
	Dir            string        `help:"Folder for journals, keys and inventories; default: in the user's cache folder." placeholder:"PATH"`
	Endpoint       string        `help:"Send all calls to this URL instead of AWS." placeholder:"URL" hidden:""`

	Yes     bool   `help:"Launch hosts without asking."`
	Plan    bool   `help:"Print the calls and costs of a run, and do nothing." xor:"mode"`
	List    bool   `help:"List all runs that have resources left." xor:"mode"`
	Destroy string `help:"Remove what is left of a run, or of all your expired runs." placeholder:"RUN|expired" xor:"mode"`
	Policy  bool   `help:"Print the IAM policy that runs with --type and --region need." xor:"mode"`

	Argv []string `arg:"" optional:"" name:"command" help:"Command to run with the hosts, after --. DHTBENCH_HOSTS names their inventory."`

	everywhere bool  // --region was not given
	seams      seams // for tests
}

// seams are what tests replace. The zero value uses ssh and the standard streams.
type seams struct {
	ready    func(ctx context.Context, run string, hosts []host.Host) error // waits until hosts run commands and their timers run
	beat     func(ctx context.Context, h host.Host) error                   // renews the lease of a host
	pace     pace
	out, err io.Writer // results, messages
}

// Limits of the flags.
const (
	maxNodes    = 64
	minLifetime = 15 * time.Minute
	maxLifetime = 4 * time.Hour
	// minLease is longer than it may take until the first heartbeat. There is none
	// before all hosts are ready, and the lease of each begins at its boot.
	minLease      = 12 * time.Minute
	minPrefixBits = 16 // of --ssh-cidr
)

// Validate returns all errors of the flags, joined.
func (c *Command) Validate() error {
	var errs []error
	fault := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if c.Nodes < 1 || c.Nodes > maxNodes {
		fault("--nodes %d: must be 1 to %d", c.Nodes, maxNodes)
	}
	if c.Lifetime < minLifetime || c.Lifetime > maxLifetime {
		fault("--lifetime %v: must be %v to %v", c.Lifetime, minLifetime, maxLifetime)
	}
	if c.Lease < minLease || c.Lease > c.Lifetime {
		fault("--lease %v: must be %v to --lifetime", c.Lease, minLease)
	}
	if c.DiskGB < 8 || c.DiskGB > 1000 {
		fault("--disk-gb %d: must be 8 to 1000", c.DiskGB)
	}
	if c.Price < 0 {
		fault("--price %g: must not be negative", c.Price)
	}
	switch {
	case c.launches() && len(c.Argv) == 0:
		fault("no command: give one after --, or one of --plan, --list, --destroy, --policy")
	case c.launches() && c.SSHCIDR == "" && c.SSHAddress != "instance":
		fault("--ssh-cidr is missing: give the public address of this machine, such as 203.0.113.7/32 (https://checkip.amazonaws.com shows it)")
	case !c.launches() && !c.Plan && len(c.Argv) > 0:
		fault("%s: --list, --destroy and --policy run no command", c.Argv[0])
	}
	if c.SSHCIDR != "" {
		prefix, err := parseCIDR(c.SSHCIDR)
		if err == nil && !isPublic(prefix.Addr()) && (c.SSHAddress == "public" || prefix.Addr().IsLoopback()) {
			err = fmt.Errorf("--ssh-cidr %s: must be a public address: hosts see the one that https://checkip.amazonaws.com shows", c.SSHCIDR)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, name := range c.Packages {
		if !regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*$`).MatchString(name) {
			fault("--packages %q: must be names of packages, such as redis-server,memcached", name)
		}
	}
	for _, option := range c.SSHOption {
		if strings.ContainsAny(option, "\r\n") || !strings.ContainsAny(option, " =") {
			fault("--ssh-option %q: must be a setting and its value, such as 'ProxyJump bastion'", option)
		}
	}
	return errors.Join(errs...)
}

// launches reports whether the flags ask for hosts.
func (c *Command) launches() bool {
	return !c.Plan && !c.List && !c.Policy && c.Destroy == ""
}

// parseCIDR parses --ssh-cidr: an IPv4 network or address.
func parseCIDR(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if addr, err2 := netip.ParseAddr(text); err2 == nil {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	switch {
	case err != nil || !prefix.Addr().Is4():
		return prefix, fmt.Errorf("--ssh-cidr %s: must be an IPv4 address or network, such as 203.0.113.7/32", text)
	case prefix.Bits() < minPrefixBits:
		return prefix, fmt.Errorf("--ssh-cidr %s: must not be wider than /%d; give your own address, such as 203.0.113.7/32", text, minPrefixBits)
	}
	return prefix.Masked(), nil
}

// isPublic reports whether a host on the internet can have the address.
func isPublic(a netip.Addr) bool {
	shared := netip.MustParsePrefix("100.64.0.0/10") // between a provider's NAT and its customers
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a)
}

// Run does what the flags ask for. The error is a [leftovers] when resources that
// cost money may be left, and a [host.Status] when COMMAND ran and failed.
func (c *Command) Run(ctx context.Context) error {
	if err := c.resolve(ctx); err != nil {
		return err
	}
	switch {
	case c.Policy:
		_, err := io.WriteString(c.out(), c.policy())
		return err
	case c.Plan:
		return c.printPlan(c.out(), facts{})
	case c.List:
		return c.list(ctx)
	case c.Destroy != "":
		return c.destroy(ctx)
	}
	return c.launch(ctx)
}

// resolve sets flags that were not given and whose defaults depend on others. It
// sends nothing.
func (c *Command) resolve(ctx context.Context) error {
	c.everywhere = c.Region == ""
	if c.everywhere {
		cfg, err := c.configuration(ctx, "")
		if err != nil {
			return err
		}
		c.Region = cmp.Or(cfg.Region, "us-east-1")
	}
	if c.ImageParameter == "" {
		c.ImageParameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-" + architecture(c.Type)
	}
	if !c.Plan && !c.launches() {
		return nil
	}
	var err error
	c.Price, err = c.findPrice()
	return err
}

// architecture returns the architecture of an instance type, as EC2 spells it.
// Families with a g after their generation have AWS's own arm64 processors.
func architecture(instanceType string) string {
	if regexp.MustCompile(`^([a-z]+[0-9]+g|a1)`).MatchString(instanceType) {
		return "arm64"
	}
	return "x86_64"
}

// cidr returns --ssh-cidr, which Validate has checked, as a network.
func (c *Command) cidr() string {
	prefix, _ := parseCIDR(c.SSHCIDR)
	return prefix.String()
}

func (c *Command) out() io.Writer {
	if c.seams.out != nil {
		return c.seams.out
	}
	return os.Stdout
}

// say prints a message to standard error.
func (c *Command) say(format string, a ...any) {
	w := c.seams.err
	if w == nil {
		w = os.Stderr
	}
	fmt.Fprintf(w, "ec2: "+format+"\n", a...)
}
