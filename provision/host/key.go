package host

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Key is an ed25519 key pair for ssh, in OpenSSH's formats.
type Key struct {
	Private string // a private key file, without a passphrase
	Public  string // "ssh-ed25519 AAAA... comment", without a newline
}

// NewKey makes a key with OpenSSH's ssh-keygen, by way of files in dir that are
// deleted again. Only the user may have access to dir.
func NewKey(dir, comment string) (key Key, err error) {
	file := filepath.Join(dir, "new-key")
	defer func() { err = errors.Join(err, os.RemoveAll(file), os.RemoveAll(file+".pub")) }()
	out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file).CombinedOutput()
	if err != nil {
		return key, fmt.Errorf("make ssh key: ssh-keygen: %w: %s", err, out)
	}
	private, err := os.ReadFile(file)
	if err != nil {
		return key, fmt.Errorf("make ssh key: %w", err)
	}
	public, err := os.ReadFile(file + ".pub")
	if err != nil {
		return key, fmt.Errorf("make ssh key: %w", err)
	}
	return Key{Private: string(private), Public: strings.TrimSpace(string(public))}, nil
}
