package ec2

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// armScript arms the timers of a host, at the earliest moment that cloud-init
// offers.
//
//go:embed arm.sh
var armScript string

// maxUserData is EC2's limit, in bytes before base64.
const maxUserData = 16 << 10

// userData is what cloud-init does on each host. It is JSON, which is YAML too,
// so that no text in it can be taken for something else.
//
// Note: the hosts' private key is in it, and any process on a host may read it
// from the metadata service. It is worth nothing when the run is over.
func userData(r run, k keys, lifetime, lease time.Duration) (string, error) {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	script := strings.NewReplacer(
		"@RUN@", r.ID,
		"@LIFETIME@", seconds(lifetime),
		"@EXPIRES@", r.Expires.UTC().Format("2006-01-02 15:04:05 UTC"),
		"@MINUTES@", strconv.Itoa(int(lease/time.Minute)),
	).Replace(armScript)
	config, err := json.MarshalIndent(map[string]any{
		"bootcmd": [][]string{{"sh", "-c", script}},
		"ssh_keys": map[string]string{
			"ed25519_private": k.hosts.Private,
			"ed25519_public":  k.hosts.Public,
		},
		"ssh_pwauth": false,
	}, "", " ")
	if err != nil {
		return "", fmt.Errorf("write user data: %w", err)
	}
	text := "#cloud-config\n" + string(config) + "\n"
	if len(text) > maxUserData {
		return "", fmt.Errorf("write user data: %d bytes are more than EC2's %d", len(text), maxUserData)
	}
	return text, nil
}
