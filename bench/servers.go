package bench

import (
	"errors"
	"slices"
	"strings"

	"dhtbench/bench/target"
	"dhtbench/node"
	"dhtbench/provision/host"
	"dhtbench/results"
)

// clusterFile is the addresses in a cluster file. Its text form is the file's name.
type clusterFile []string

// UnmarshalText reads the file of that name.
func (f *clusterFile) UnmarshalText(name []byte) error {
	cluster, err := node.ReadCluster(string(name))
	*f = cluster.Addrs
	return err
}

// inventory is the hosts of an inventory file. Its text form is the file's name.
type inventory []host.Host

// UnmarshalText reads the file of that name.
func (v *inventory) UnmarshalText(name []byte) (err error) {
	*v, err = host.ReadInventory(string(name))
	return err
}

// leastSalted is the least length of keys, in bytes, at which different salts make
// different keys.
const leastSalted = 16

// running returns the addresses of running servers, with passwords. Keys are spread
// over them in this order. It is empty if the sweep starts its servers.
func (c *Command) running() []string {
	if len(c.Cluster) > 0 {
		return c.Cluster
	}
	return c.Servers
}

// serverNames lists servers without their passwords.
func serverNames(servers []string) string {
	names := make([]string, len(servers))
	for i, s := range servers {
		names[i] = target.WithoutPassword(s)
	}
	return strings.Join(names, ",")
}

// checkTargets checks the list of targets.
func (c *Command) checkTargets() error {
	var errs []error
	for i, name := range c.Target {
		errs = append(errs, refuse(slices.Contains(c.Target[:i], name), "--target %s: given twice", name))
	}
	return errors.Join(errs...)
}

// checkRunning checks the flags of running servers.
func (c *Command) checkRunning() error {
	servers := c.running()
	if len(servers) == 0 {
		return nil
	}
	errs := []error{
		refuse(len(c.Servers) > 0 && len(c.Cluster) > 0, "--servers and --cluster are mutually exclusive"),
		refuse(c.Nodes != nil, "--nodes cannot be combined with --servers or --cluster, which give the number of servers"),
		refuse(len(servers) > maxNodes, "--servers or --cluster: %d servers: must be at most %d", len(servers), maxNodes),
		refuse(c.KeyBytes < leastSalted, "--key-bytes %d: must be at least %d with --servers or --cluster, so that keys differ from those of earlier runs", c.KeyBytes, leastSalted),
		refuse(c.Placement == results.EmbeddedPlacement, "--placement embedded cannot be combined with --servers or --cluster"),
		refuse(c.Stall != "" || c.ServiceTime != 0, "--stall and --service-time cannot be combined with --servers or --cluster"),
		refuse(len(c.Target) != 1 || results.IsNull(c.Target[0]), "--servers and --cluster need exactly one target, not a null server; give one with --target"),
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	seen := make(map[string]bool)
	for i, s := range servers {
		err, name := target.CheckServer(c.Target[0], s), target.WithoutPassword(s)
		errs = append(errs,
			refuse(err != nil, "--servers: address %d: %v", i+1, err),
			refuse(err == nil && seen[name], "--servers %s: given twice", name))
		seen[name] = true
	}
	return errors.Join(errs...)
}

// recorded returns the command line args without the passwords of the running servers
// of commands.
func recorded(args []string, commands []*Command) []string {
	args = slices.Clone(args)
	for _, c := range commands {
		for _, server := range c.running() {
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], server, target.WithoutPassword(server))
			}
		}
	}
	return args
}
