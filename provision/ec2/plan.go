package ec2

import (
	"bufio"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"
)

// policyText is the IAM policy, with @TYPE@ and @REGION@ in it.
//
//go:embed policy.json
var policyText string

// policy returns the IAM policy that a user of the command needs. It allows to
// launch --type in --region only, which bounds the cost of stolen credentials.
func (c *Command) policy() string {
	return strings.NewReplacer("@TYPE@", c.Type, "@REGION@", c.Region).Replace(policyText)
}

// checkTerminal returns an error if there is no terminal to ask at, unless --yes
// is given.
func (c *Command) checkTerminal() error {
	if c.Yes || term.IsTerminal(int(os.Stdin.Fd())) {
		return nil
	}
	return errors.New("standard input is not a terminal, and hosts cost money; read --plan, then give --yes")
}

// confirm prints the plan and asks on the terminal whether to launch the hosts.
func (c *Command) confirm(ctx context.Context, f facts) error {
	if c.Yes {
		return nil
	}
	if err := c.printPlan(c.out(), f); err != nil {
		return fmt.Errorf("print plan: %w", err)
	}
	fmt.Fprintf(c.out(), "\nLaunch these hosts, for about $%.2f an hour? Type yes: ", c.perHour())
	answer := make(chan string, 1)
	go func() { // reading a terminal cannot be cancelled; it ends with the process
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case line := <-answer:
		if line == "yes" {
			return nil
		}
		return errors.New("not confirmed: nothing was made")
	case <-ctx.Done():
		return fmt.Errorf("wait for an answer: %w", context.Cause(ctx))
	}
}

// printPlan prints what a run would do and cost. Facts that are zero are printed
// as unknown.
func (c *Command) printPlan(w io.Writer, f facts) error {
	var text strings.Builder
	c.planHosts(&text, f)
	c.planCalls(&text, f)
	c.planCost(&text)
	_, err := io.WriteString(w, text.String())
	return err
}

// orLater returns a fact, or in brackets where it will come from.
func orLater(fact, later string) string {
	if fact != "" {
		return fact
	}
	return "(" + later + ")"
}

func (c *Command) planHosts(w io.Writer, f facts) {
	cpus := ""
	if f.VCPUs > 0 {
		cpus = fmt.Sprintf(" (%d vCPUs)", f.VCPUs)
	}
	zones := make([]string, 0, len(f.Zones))
	for _, z := range f.Zones {
		zones = append(zones, z.Name)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "PLAN: %d hosts of Amazon EC2 for one command\n\n", c.Nodes)
	for _, row := range [][2]string{
		{"account", orLater(f.Account, "that of the credentials")},
		{"region", c.Region},
		{"zone", "the first with room of " + orLater(strings.Join(zones, ", "), "those that have the type")},
		{"hosts", fmt.Sprintf("h0 to h%d, %s%s, on demand, %d GB disk, %s address", c.Nodes-1, c.Type, cpus, c.DiskGB, map[bool]string{true: "public", false: "private"}[c.SSHAddress == "public"])},
		{"placement", c.Placement},
		{"image", orLater(strings.TrimSpace(cmp.Or(f.Image, c.Image)+" "+f.ImageName), "that of the parameter below")},
		{"packages", cmp.Or(strings.Join(c.Packages, ", "), "none")},
		{"ssh", fmt.Sprintf("as %s, from %s only, with a key for this run", c.User, orLater(c.SSHCIDR, "--ssh-cidr"))},
		{"command", orLater(strings.Join(c.Argv, " "), "give it after --")},
		{"owner", orLater(cmp.Or(f.Owner, c.Owner), "the ARN of the credentials") + ", tag " + tagOwner},
		{"more tags", fmt.Sprintf("%s, %s, %s, %s", tagManaged, tagRun, tagCreated, tagExpires)},
	} {
		fmt.Fprintf(table, "  %s\t%s\n", row[0], row[1])
	}
	table.Flush()
}

// planCalls lists the calls of a run without errors.
func (c *Command) planCalls(w io.Writer, f facts) {
	fmt.Fprint(w, `
CALLS, in this order. The first part makes nothing.
  sts GetCallerIdentity              the account
`)
	if c.Image == "" {
		fmt.Fprintf(w, "  ssm GetParameter                   the image:\n      %s\n", c.ImageParameter)
	}
	fmt.Fprint(w, `  ec2 DescribeImages                 the image fits
  ec2 DescribeInstanceTypes          the type fits
  ec2 DescribeInstanceTypeOfferings  zones that have it
  ec2 DescribeSubnets                and a subnet
  ec2 RunInstances, dry run          AWS checks the launch without doing it
  (the question, unless --yes)
The next remove your own expired runs, which a killed provision left.
  ec2 DescribeInstances, DescribeKeyPairs
  ec2 DescribeSecurityGroups, DescribePlacementGroups
                                     resources of all runs
  (for each expired run: the calls that remove a run, see below)
The next make resources. Each call is in the journal on disk before it is sent.
  ec2 ImportKeyPair                  the run's public key
  ec2 CreateSecurityGroup
  ec2 AuthorizeSecurityGroupIngress  ssh from `+orLater(c.SSHCIDR, "--ssh-cidr")+`; all among the hosts
`)
	if c.Placement == "cluster" {
		fmt.Fprint(w, "  ec2 CreatePlacementGroup           cluster, one for each zone that is tried\n")
	}
	fmt.Fprintf(w, `  ec2 RunInstances                   all %d or none; then the next zone
  ec2 DescribeInstances              until exactly %d run
  ssh to each host                   until its timers run
  (ec2 GetConsoleOutput of hosts that are not ready in time)
  (COMMAND runs; ssh to each host every %s renews its lease)
The last remove everything, whatever happened before.
  ec2 DescribeInstances, DescribeKeyPairs
  ec2 DescribeSecurityGroups, DescribePlacementGroups
                                     resources with the run's tag
  ec2 TerminateInstances
  ec2 DescribeInstances ...          until all are terminated
  ec2 DeleteKeyPair, DeleteSecurityGroup, DeletePlacementGroup
  ec2 DescribeInstances ...          until nothing is left
`, c.Nodes, c.Nodes, short(c.pace().Beat))
}

// planCost prints the cost of a run, and of failures.
func (c *Command) planCost(w io.Writer) {
	source := "The price of a host is that of --price."
	if knownPrices()[c.Type] == c.Price {
		source = fmt.Sprintf("The price of a host is that of %s in %s.", pricesDate, pricesRegion)
	}
	fmt.Fprintf(w, `
COST, an estimate. %s
  %d x (%s $%.4g + public address $%.4g + disk $%.4f)
  = $%.2f an hour, at most $%.2f in all; --max-usd allows $%g
  Traffic to this machine is extra; the first 100 GB a month have been free.

WORST CASES
`, source, c.Nodes, c.Type, c.Price, c.addressPrice(), float64(c.DiskGB)*diskPerGBHour, c.perHour(), c.cost(c.Lifetime), c.MaxUSD)
	unheard := c.Lease + time.Minute // the lease is counted in whole minutes
	unarmed := c.pace().Boot + c.pace().SSH
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range [][3]string{
		{"COMMAND ends, fails or is interrupted", "removed at once", "minutes"},
		{"this machine fails or is cut off", "the lease, " + short(unheard), fmt.Sprintf("$%.2f more", c.cost(unheard))},
		{"the lease fails too", "the lifetime, " + short(c.Lifetime), fmt.Sprintf("$%.2f in all", c.cost(c.Lifetime))},
		{"a host does not boot", "removed after " + short(unarmed), fmt.Sprintf("$%.2f", c.cost(unarmed))},
		{"... and this machine fails", "NOTHING ends it", fmt.Sprintf("$%.2f a day", 24*c.perHour())},
	} {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", row[0], row[1], row[2])
	}
	table.Flush()
	fmt.Fprint(w, "  The last needs two failures at once. `provision ec2 --list` shows such hosts;\n  a budget alarm in AWS reports their cost.\n")
}

// short formats a duration without trailing zero units: 16m, 1h30m.
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
