package ec2

import (
	"fmt"
	"os"

	"dhtbench/provision/host"
)

// keys are the two key pairs of a run. Hosts let in the user's. ssh knows hosts by
// the other: all hosts of a run have the same one, since one launch gives them the
// same user data. It keeps ssh from talking to a machine that was given the
// address of a host that ended.
type keys struct{ user, hosts host.Key }

// makeKeys makes both pairs. It writes the user's private key and the hosts'
// public key to the run's folder.
func makeKeys(f folder, r run) (keys, error) {
	var k keys
	var err error
	if k.user, err = host.NewKey(string(f), r.name()); err != nil {
		return k, err
	}
	if k.hosts, err = host.NewKey(string(f), r.name()+"-host"); err != nil {
		return k, err
	}
	for name, text := range map[string]string{f.key(): k.user.Private, f.knownHosts(): r.name() + " " + k.hosts.Public + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return k, fmt.Errorf("write ssh key: %w", err)
		}
	}
	return k, nil
}
