package ec2

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// pair is an ssh key pair of one run.
type pair struct {
	Private string // PEM, OpenSSH's own format, without a passphrase
	Public  string // "ssh-ed25519 AAAA... comment", without a newline
}

func newPair(comment string) (pair, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return pair{}, fmt.Errorf("make ssh key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, comment)
	if err != nil {
		return pair{}, fmt.Errorf("make ssh key: %w", err)
	}
	line, err := ssh.NewPublicKey(public)
	if err != nil {
		return pair{}, fmt.Errorf("make ssh key: %w", err)
	}
	return pair{
		Private: string(pem.EncodeToMemory(block)),
		Public:  strings.TrimSpace(string(ssh.MarshalAuthorizedKey(line))) + " " + comment,
	}, nil
}

// keys are the two key pairs of a run. Hosts let in the user's. ssh knows hosts by
// the other: all hosts of a run have the same one, since one launch gives them the
// same user data. It keeps ssh from talking to a machine that was given the
// address of a host that ended.
type keys struct{ user, hosts pair }

// makeKeys makes both pairs. It writes the user's private key and the hosts'
// public key to the run's folder.
func makeKeys(f folder, r run) (keys, error) {
	var k keys
	var err error
	if k.user, err = newPair(r.name()); err != nil {
		return k, err
	}
	if k.hosts, err = newPair(r.name() + "-host"); err != nil {
		return k, err
	}
	for name, text := range map[string]string{f.key(): k.user.Private, f.knownHosts(): r.name() + " " + k.hosts.Public + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return k, fmt.Errorf("write ssh key: %w", err)
		}
	}
	return k, nil
}
