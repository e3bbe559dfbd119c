package ec2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"time"

	"dhtbench/provision/host"
)

// Command is `provision ec2`. Its fields are its flags.
type Command struct {
	Nodes          int           `help:"Number of hosts." default:"8"`
	Region         string        `help:"AWS region." default:"us-east-1"`
	Type           string        `help:"Instance type." default:"c3.large"`
	Image          string        `help:"Image (ami-...) to boot; without it, what --image-parameter names at the time." placeholder:"AMI"`
	ImageParameter string        `help:"Public SSM parameter that names the image." default:"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64"`
	User           string        `help:"User of the image that ssh logs in as." default:"ec2-user"`
	SSHCIDR        string        `name:"ssh-cidr" help:"Your own public address, from which alone ssh is let in, such as 203.0.113.7/32." placeholder:"CIDR"`
	Subnet         []string      `help:"Subnets to try in turn; without them, the default subnet of each zone." placeholder:"ID"`
	Placement      string        `help:"Placement of hosts: cluster (close together, one placement group) or none." enum:"cluster,none" default:"cluster"`
	DiskGB         int           `name:"disk-gb" help:"Size of each host's disk, in GB." default:"8"`
	Lifetime       time.Duration `help:"Hosts power themselves off this long after launch, whatever happens." default:"90m"`
	Lease          time.Duration `help:"Hosts power themselves off when nothing was heard from this machine for so long." default:"15m"`
	Price          float64       `help:"Price of one host, in USD an hour, for the estimate; look it up for another type." default:"0.105"`
	Owner          string        `help:"Name in the owner tag of everything made; without it, user@machine." placeholder:"NAME"`
	Dir            string        `help:"Folder of runs: journals, keys, inventories; without it, in the user's cache folder." placeholder:"PATH"`
	Endpoint       string        `help:"Send all calls to this URL instead of AWS." placeholder:"URL" hidden:""`

	Yes     bool   `help:"Do not ask before making hosts that cost money."`
	Plan    bool   `help:"Print what would be done, and what it would cost; do nothing." xor:"mode"`
	List    bool   `help:"List all runs that still have something in the region." xor:"mode"`
	Destroy string `help:"Remove all that is left of a run, or of all your runs past their lifetime." placeholder:"RUN|expired" xor:"mode"`
	Policy  bool   `help:"Print the IAM policy that this command needs." xor:"mode"`

	Argv []string `arg:"" optional:"" name:"command" help:"What to run with the hosts, after --. It finds their inventory in DHTBENCH_HOSTS."`

	// Seams is what tests replace; its zero value is what everybody else wants.
	Seams Seams `kong:"-"`
}

// Seams are the places at which a test stands in for the world.
type Seams struct {
	// Ready waits until commands can be run on all hosts and their timers are
	// known to be armed. Nil means over ssh.
	Ready func(ctx context.Context, run string, hosts []host.Host) error
	// Beat renews the lease of a host. Nil means over ssh.
	Beat func(ctx context.Context, h host.Host) error
	// Pace is how long to wait for what. Fields that are zero take their
	// default.
	Pace Pace
	// Out takes what the command prints for its user to keep, Err what it says
	// meanwhile. Nil means standard output and standard error.
	Out, Err io.Writer
}

// Limits of the flags.
const (
	maxNodes    = 64
	minLifetime = 15 * time.Minute
	maxLifetime = 4 * time.Hour
	// minLease is longer than hosts may take until the first heartbeat: there is
	// none before all of them are ready, and their leases run from their boot.
	minLease = 12 * time.Minute
	// widestCIDR keeps a slip of the pen from opening ssh to the world.
	widestCIDR = 16
)

// Validate returns all faults of the flags at once.
func (c *Command) Validate() error {
	var faults []error
	fault := func(format string, a ...any) { faults = append(faults, fmt.Errorf(format, a...)) }
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
	switch launches := !c.Plan && !c.List && !c.Policy && c.Destroy == ""; {
	case launches && len(c.Argv) == 0:
		fault("nothing to run: give a command after --, or one of --plan, --list, --destroy")
	case launches && c.SSHCIDR == "":
		fault("--ssh-cidr is needed: the public address of this machine, from which alone hosts let ssh in, such as 203.0.113.7/32 (https://checkip.amazonaws.com shows yours in a browser)")
	case !launches && !c.Plan && len(c.Argv) > 0:
		fault("%s: nothing is run with --list, --destroy or --policy", c.Argv[0])
	}
	if c.SSHCIDR != "" {
		if _, err := parseCIDR(c.SSHCIDR); err != nil {
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// parseCIDR reads an IPv4 network of the flag --ssh-cidr. A plain address is a
// network of one.
func parseCIDR(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if addr, err2 := netip.ParseAddr(text); err2 == nil {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	switch {
	case err != nil || !prefix.Addr().Is4():
		return prefix, fmt.Errorf("--ssh-cidr %s: want an IPv4 address or network, such as 203.0.113.7/32", text)
	case prefix.Bits() < widestCIDR:
		return prefix, fmt.Errorf("--ssh-cidr %s: wider than /%d lets too many in: give your own address, such as 203.0.113.7/32", text, widestCIDR)
	}
	return prefix.Masked(), nil
}

// Run does what the flags ask for. The error is a [Leftovers] when something
// that costs money may be left, and a [host.Status] when the hosts were there
// and COMMAND failed.
func (c *Command) Run(ctx context.Context) error {
	switch {
	case c.Policy:
		_, err := io.WriteString(c.out(), policy)
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

// cidr is --ssh-cidr, which Validate has found to be one.
func (c *Command) cidr() string {
	prefix, _ := parseCIDR(c.SSHCIDR)
	return prefix.String()
}

func (c *Command) out() io.Writer {
	if c.Seams.Out != nil {
		return c.Seams.Out
	}
	return os.Stdout
}

// say tells the user what is going on.
func (c *Command) say(format string, a ...any) {
	w := c.Seams.Err
	if w == nil {
		w = os.Stderr
	}
	fmt.Fprintf(w, "ec2: "+format+"\n", a...)
}
