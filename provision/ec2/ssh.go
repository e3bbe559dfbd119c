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
const sshDefaults = `Host *
  User USER
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
  # A lost connection is detected after 15 s.
  ConnectTimeout 10
  ServerAliveInterval 5
  ServerAliveCountMax 3
  ForwardAgent no
  LogLevel ERROR
`

// writeSSH writes ssh's configuration for the machines and the inventory of the
// hosts. facts are those that all hosts share.
func writeSSH(f folder, r run, user string, machines []machine, facts map[string]string) ([]host.Host, error) {
	var text strings.Builder
	// ssh uses the first value of a setting, so sshDefaults come last.
	hosts := make([]host.Host, 0, len(machines))
	for n, m := range machines {
		h := host.Host{Name: fmt.Sprintf("h%d", n), Addr: m.Private, Facts: maps.Clone(facts)}
		h.Via = []string{"ssh", "-F", f.sshConfig(), h.Name}
		h.Facts["instance"] = m.ID
		fmt.Fprintf(&text, "Host %s\n  HostName %s\n", h.Name, m.Public)
		hosts = append(hosts, h)
	}
	text.WriteString(strings.NewReplacer("USER", user, "KEY", f.key(), "ALIAS", r.name(), "KNOWN", f.knownHosts()).Replace(sshDefaults))
	if err := os.WriteFile(f.sshConfig(), []byte(text.String()), 0o600); err != nil {
		return nil, fmt.Errorf("write ssh configuration: %w", err)
	}
	return hosts, host.WriteInventory(f.inventory(), hosts)
}
