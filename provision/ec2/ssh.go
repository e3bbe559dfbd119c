package ec2

import (
	"fmt"
	"maps"
	"os"
	"strings"

	"dhtbench/provision/host"
)

// sshDefaults are ssh's settings for all hosts of a run. The user's own
// configuration, keys, agents and shared connections are not used.
const sshDefaults = `  User USER
  IdentityFile "KEY"
  IdentitiesOnly yes
  IdentityAgent none
  PasswordAuthentication no
  KbdInteractiveAuthentication no
  BatchMode yes
  # All hosts of the run have the same host key.
  HostKeyAlias ALIAS
  HostKeyAlgorithms ssh-ed25519
  UserKnownHostsFile "KNOWN"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  UpdateHostKeys no
  # A lost connection is detected after a minute.
  ConnectTimeout 10
  ServerAliveInterval 10
  ServerAliveCountMax 6
  ForwardAgent no
  LogLevel ERROR
`

// writeSSH writes ssh's configuration for the machines and the inventory of the
// hosts. facts are those that all hosts share.
func (c *Command) writeSSH(f folder, r run, machines []machine, facts map[string]string) ([]host.Host, error) {
	var text strings.Builder
	var names []string
	hosts := make([]host.Host, 0, len(machines))
	for n, m := range machines {
		h := host.Host{Name: fmt.Sprintf("h%d", n), Addr: m.Private, Facts: maps.Clone(facts)}
		h.Via = []string{"ssh", "-F", f.sshConfig(), h.Name}
		h.Facts["instance"] = m.ID
		address := map[string]string{"public": m.Public, "private": m.Private, "instance": m.ID}[c.SSHAddress]
		fmt.Fprintf(&text, "Host %s\n  HostName %s\n", h.Name, address)
		hosts, names = append(hosts, h), append(names, h.Name)
	}
	// ssh uses the first value of a setting, so the options precede the defaults.
	fmt.Fprintf(&text, "Host %s\n", strings.Join(names, " "))
	for _, option := range c.SSHOption {
		fmt.Fprintf(&text, "  %s\n", option)
	}
	text.WriteString(strings.NewReplacer("USER", c.User, "KEY", f.key(), "ALIAS", r.name(), "KNOWN", f.knownHosts()).Replace(sshDefaults))
	if len(c.SSHOption) > 0 { // the user's settings for a jump host
		fmt.Fprintf(&text, "Host * !%s\n  Include ~/.ssh/config\n", strings.Join(names, " !"))
	}
	if err := os.WriteFile(f.sshConfig(), []byte(text.String()), 0o600); err != nil {
		return nil, fmt.Errorf("write ssh configuration: %w", err)
	}
	return hosts, host.WriteInventory(f.inventory(), hosts)
}
