package lab

import (
	"fmt"
	"path/filepath"
	"strings"

	"dhtbench/provision/host"
)

// Files of the run directory, visible only inside the lab.
const (
	inventoryFile  = "hosts"
	sshConfigFile  = "ssh_config"
	identityFile   = "id_ed25519"
	knownHostsFile = "known_hosts"
)

// hostDir is the directory of sshd's files. Each host has its own.
const hostDir = "/run/lab"

// clientConfig returns the ssh_config of the coordinator. With -F, ssh reads no
// other, and its settings exclude the user's agent, keys and known hosts.
//
// Sessions share the connection that the lab has to each host, and make their own
// if it is lost. A lost connection is detected after 9 s.
func clientConfig(dir string, hosts []port) []byte {
	var b strings.Builder
	for _, p := range hosts {
		fmt.Fprintf(&b, "Host %s\n\tHostName %s\n", p.name(), p.addr())
	}
	fmt.Fprintf(&b, `Host *
	User root
	IdentityFile "%[1]s/%[2]s"
	IdentitiesOnly yes
	IdentityAgent none
	UserKnownHostsFile "%[1]s/%[3]s"
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking yes
	UpdateHostKeys no
	HostKeyAlgorithms ssh-ed25519
	PreferredAuthentications publickey
	BatchMode yes
	ControlMaster no
	ControlPath "%[1]s/%%n.sock"
	ConnectTimeout 5
	ServerAliveInterval 10
	ServerAliveCountMax 6
	EscapeChar none
	LogLevel ERROR
`, dir, identityFile, knownHostsFile)
	return []byte(b.String())
}

// via returns the argv prefix that runs a command on a host.
func via(client, dir string, p port) []string {
	return []string{client, "-F", filepath.Join(dir, sshConfigFile), p.name()}
}

// serverConfig returns the sshd_config of a host. One key may log in, as root: all
// processes of a lab run as root.
//
// Note: it disables PAM, which would apply the machine's accounts and limits and
// log logins outside the lab.
func serverConfig(p port) []byte {
	return fmt.Appendf(nil, `AddressFamily inet
ListenAddress %[1]s:22
HostKey %[2]s/host_key
AuthorizedKeysFile %[2]s/authorized_keys
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PermitUserRC no
PrintMotd no
PrintLastLog no
X11Forwarding no
MaxSessions 1000
MaxStartups 1000
ClientAliveInterval 5
ClientAliveCountMax 3
Subsystem sftp internal-sftp
LogLevel ERROR
`, p.addr(), hostDir)
}

// shadow is an /etc/shadow without passwords in which root is not locked.
const shadow = "root:*:20000:0:99999:7:::\n"

// knownHost returns the line of known_hosts for a host.
func knownHost(p port, key host.Key) string {
	return fmt.Sprintf("%s,%s %s\n", p.name(), p.addr(), key.Public)
}
