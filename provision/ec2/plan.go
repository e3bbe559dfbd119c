package ec2

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// policy is the IAM policy that a user of the command needs.
//
//go:embed policy.json
var policy string

// printPlan prints what a run would do, for somebody who is about to pay for
// it. What f does not know is said to be looked up.
func (c *Command) printPlan(w io.Writer, f facts) error {
	var text strings.Builder
	c.planHosts(&text, f)
	c.planCalls(&text, f)
	c.planCost(&text)
	_, err := io.WriteString(w, text.String())
	return err
}

// orLater is a fact, or where it will come from.
func orLater(fact, later string) string {
	if fact != "" {
		return fact
	}
	return "(" + later + ")"
}

// planHosts says what will be made.
func (c *Command) planHosts(w io.Writer, f facts) {
	cpus := ""
	if f.VCPUs > 0 {
		cpus = fmt.Sprintf(", %d vCPUs each", f.VCPUs)
	}
	zones := make([]string, 0, len(f.Zones))
	for _, z := range f.Zones {
		zones = append(zones, z.Name)
	}
	command := orLater(strings.Join(c.Argv, " "), "none given: after --")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "PLAN: %d hosts of Amazon EC2 for one command\n\n", c.Nodes)
	for _, row := range [][2]string{
		{"account", orLater(f.Account, "of the credentials in use; looked up at the start")},
		{"region", c.Region},
		{"zone", "all hosts in one of: " + orLater(strings.Join(zones, ", "), "those that have the type; looked up at the start") + ", tried in turn"},
		{"hosts", fmt.Sprintf("h0 to h%d, %s%s, on demand, each with a public address and a disk of %d GB", c.Nodes-1, c.Type, cpus, c.DiskGB)},
		{"placement", c.Placement},
		{"image", orLater(strings.TrimSpace(cmp.Or(f.Image, c.Image)+" "+f.ImageName), "what "+c.ImageParameter+" names at the start")},
		{"ssh", fmt.Sprintf("as %s, from %s only, with a key made for this run", c.User, orLater(c.SSHCIDR, "--ssh-cidr, to be given"))},
		{"command", command},
		{"tags", fmt.Sprintf("%s=true, %s=%s, %s, %s, %s on everything made", tagManaged, tagOwner, c.owner(), tagRun, tagCreated, tagExpires)},
	} {
		fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
	}
	table.Flush()
}

// planCalls lists every call of a run that meets no trouble.
func (c *Command) planCalls(w io.Writer, f facts) {
	fmt.Fprint(w, `
CALLS, in this order. The first part only looks.
  sts GetCallerIdentity              which account this is
`)
	if c.Image == "" {
		fmt.Fprintf(w, "  ssm GetParameter                   %s\n", c.ImageParameter)
	}
	fmt.Fprintf(w, `  ec2 DescribeImages                 the image fits
  ec2 DescribeInstanceTypes          the type fits
  ec2 DescribeInstanceTypeOfferings  zones that have it
  ec2 DescribeSubnets                and a subnet
  ec2 RunInstances, dry run          AWS judges the launch without doing it
  (the question, unless --yes)
The next removes: hosts of your own runs that are past their lifetime, which a
killed run left, and all else of those runs, as at the end of a run.
  ec2 DescribeInstances              tagged %s=%s
  (for each such run: ec2 TerminateInstances and what follows it below)
These make something. Each is in the journal on disk before it is sent.
  ec2 ImportKeyPair                  the run's public key
  ec2 CreateSecurityGroup
  ec2 AuthorizeSecurityGroupIngress  tcp 22 from %s; everything among the hosts
`, tagOwner, c.owner(), orLater(c.SSHCIDR, "--ssh-cidr"))
	if c.Placement == "cluster" {
		fmt.Fprint(w, "  ec2 CreatePlacementGroup           cluster, one for each zone that is tried\n")
	}
	fmt.Fprintf(w, `  ec2 RunInstances                   %d or none at all; the next zone when this one has no room
  ec2 DescribeInstances              until exactly %d run
  ssh to each host                   until its timers are seen to be armed
  (COMMAND runs; ssh to each host every %s renews its lease)
These remove it all, whatever happened before.
  ec2 TerminateInstances
  ec2 DescribeInstances              until all are terminated
  ec2 DescribeVolumes, DescribeNetworkInterfaces, DescribeKeyPairs
  ec2 DescribeSecurityGroups, DescribePlacementGroups
                                     what else has the run's tag
  ec2 DeleteKeyPair, DeleteSecurityGroup, DeletePlacementGroup
                                     (DeleteVolume, DeleteNetworkInterface if any is left)
  ec2 Describe... once more          until nothing is left
`, c.Nodes, c.Nodes, short(c.pace().Beat))
}

// planCost says what it costs, and what it may cost at the worst.
func (c *Command) planCost(w io.Writer) {
	fmt.Fprintf(w, `
COST, an estimate: look up your region's prices; --price sets that of a host.
  %d x (%s at $%.4g + public address $%.4g + disk $%.4f) = $%.2f an hour, $%.3f a minute
  Traffic to this machine comes on top: the first 100 GB a month have been free.

WORST CASES
`, c.Nodes, c.Type, c.Price, addressPerHour, float64(c.DiskGB)*diskPerGBHour, c.perHour(), c.perHour()/60)
	unheard := c.Lease + time.Minute // the lease is counted in whole minutes
	unarmed := c.pace().Boot + c.pace().SSH
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range [][3]string{
		{"COMMAND ends, fails or is interrupted", "all is removed at once", "some minutes"},
		{"this machine dies or loses its network", "hosts power off after the lease, " + short(unheard), dollars(c.cost(unheard)) + " more"},
		{"the lease fails too", "hosts power off after " + short(c.Lifetime), dollars(c.cost(c.Lifetime)) + " in all"},
		{"a host never comes up, this machine lives", "all is removed after " + short(unarmed), dollars(c.cost(unarmed))},
		{"a host never comes up, this machine dies", "NOTHING stops it until --destroy", dollars(24*c.perHour()) + " a day"},
	} {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", row[0], row[1], row[2])
	}
	table.Flush()
	io.WriteString(w, `  The last needs two failures at once, and nothing outside the account watches.
  `+"`provision ec2 --list`"+` shows what is there; a budget alarm in AWS is a good second guard.
`)
}

func dollars(usd float64) string { return fmt.Sprintf("$%.2f", usd) }

// short is a duration without the zeros at its end: 16m, 1h30m.
func short(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
