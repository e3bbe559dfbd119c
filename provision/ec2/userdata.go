package ec2

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// armScript starts the timers of a host. cloud-init runs it as early as it can.
//
//go:embed arm.sh
var armScript string

// maxUserData is EC2's limit, in bytes before base64.
const maxUserData = 16 << 10

// userData returns the instructions for cloud-init on each host. They are JSON,
// which is also YAML, so no text in them needs quoting. The services of packages are
// masked before the installation, which would start them.
//
// Note: they contain the hosts' private key, which any process on a host can read
// from the metadata service. The key is worthless after the run.
func userData(r run, k keys, lifetime, lease time.Duration, packages []string) (string, error) {
	seconds := func(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
	script := strings.NewReplacer(
		"@RUN@", r.ID,
		"@LIFETIME@", seconds(lifetime),
		"@EXPIRES@", r.Expires.UTC().Format("2006-01-02 15:04:05 UTC"),
		"@MINUTES@", strconv.Itoa(int(lease/time.Minute)),
	).Replace(armScript)
	boot := [][]string{{"sh", "-c", script}}
	settings := map[string]any{
		"ssh_keys": map[string]string{
			"ed25519_private": k.hosts.Private,
			"ed25519_public":  k.hosts.Public,
		},
		"ssh_pwauth": false,
	}
	if len(packages) > 0 {
		boot = append(boot, append([]string{"systemctl", "mask"}, packages...))
		settings["package_update"], settings["packages"] = true, packages
	}
	settings["bootcmd"] = boot
	config, err := json.MarshalIndent(settings, "", " ")
	if err != nil {
		return "", fmt.Errorf("write user data: %w", err)
	}
	text := "#cloud-config\n" + string(config) + "\n"
	if len(text) > maxUserData {
		return "", fmt.Errorf("write user data: %d bytes: must be at most %d", len(text), maxUserData)
	}
	return text, nil
}
