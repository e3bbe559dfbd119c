package host

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
)

// InventoryVariable is the environment variable in which a command that is run
// by the program provision finds the path of its inventory.
const InventoryVariable = "DHTBENCH_HOSTS"

// ReadInventory reads the hosts in a file, one JSON object a line, in order.
// Blank lines and lines that begin with # are passed over.
func ReadInventory(name string) ([]Host, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	defer f.Close()
	return ParseInventory(name, f)
}

// ParseInventory is [ReadInventory] of r; name is for errors, which name the
// line. All faults are reported at once.
func ParseInventory(name string, r io.Reader) ([]Host, error) {
	var hosts []Host
	var faults []error
	seen := make(map[string]int) // line by host name
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		h, err := parseHost(line)
		if err == nil && seen[h.Name] != 0 {
			err = fmt.Errorf("host %q is on line %d already", h.Name, seen[h.Name])
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		seen[h.Name] = n
		hosts = append(hosts, h)
	}
	if err := lines.Err(); err != nil {
		faults = append(faults, fmt.Errorf("%s:%d: %w", name, n+1, err))
	}
	if len(hosts) == 0 && len(faults) == 0 {
		faults = append(faults, fmt.Errorf("%s: no hosts: want lines such as %s", name, `{"name":"h1","addr":"10.0.0.1","via":["ssh","h1"]}`))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return hosts, nil
}

// parseHost reads one line. A field that is not known is a fault: it is more
// likely misspelt than meant for a later build.
func parseHost(line string) (Host, error) {
	var h Host
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, fmt.Errorf("not a host: %w", err)
	}
	if d.More() {
		return h, errors.New("not a host: more follows the object: one a line")
	}
	if h.Name == "" {
		return h, errors.New("host without a name")
	}
	if _, err := netip.ParseAddr(h.Addr); err != nil {
		return h, fmt.Errorf("host %q: addr %q is not an IP address", h.Name, h.Addr)
	}
	return h, nil
}

// WriteInventory writes hosts so that [ReadInventory] reads them. An existing
// file is replaced.
func WriteInventory(name string, hosts []Host) error {
	var text strings.Builder
	out := json.NewEncoder(&text)
	for _, h := range hosts {
		if err := out.Encode(h); err != nil {
			return fmt.Errorf("write inventory: %w", err)
		}
	}
	if err := os.WriteFile(name, []byte(text.String()), 0o600); err != nil {
		return fmt.Errorf("write inventory: %w", err)
	}
	return nil
}
