package host

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"time"
)

// InventoryVariable is the environment variable that holds the path of the
// inventory for a command of provision.
const InventoryVariable = "DHTBENCH_HOSTS"

// ReadInventory reads a file with one host a line, as a JSON object. It ignores
// blank lines and lines that begin with #. The error lists all bad lines.
func ReadInventory(name string) ([]Host, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	defer f.Close()
	return parseInventory(name, f)
}

// parseInventory is [ReadInventory] for a reader. Errors begin with name.
func parseInventory(name string, r io.Reader) ([]Host, error) {
	var hosts []Host
	var errs []error
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
			err = fmt.Errorf("host %q is on line %d too: names must differ", h.Name, seen[h.Name])
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		seen[h.Name] = n
		hosts = append(hosts, h)
	}
	if err := lines.Err(); err != nil {
		errs = append(errs, fmt.Errorf("%s:%d: %w", name, n+1, err))
	}
	if len(hosts) == 0 && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("%s: no hosts: lines must look like %s", name, `{"name":"h1","addr":"10.0.0.1","via":["ssh","h1"]}`))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return hosts, nil
}

// parseHost parses one line. An unknown field is an error: it is probably a
// misspelling.
func parseHost(line string) (Host, error) {
	var h Host
	d := json.NewDecoder(strings.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return h, fmt.Errorf("not a host: %w", err)
	}
	if d.More() {
		return h, errors.New("not a host: a line must have one object")
	}
	if h.Name == "" {
		return h, errors.New("host without a name: must have one")
	}
	if _, err := netip.ParseAddr(h.Addr); err != nil && !isHostname(h.Addr) {
		return h, fmt.Errorf("host %q: addr %q: must be an IP address or a host name", h.Name, h.Addr)
	}
	if h.SilenceNS != 0 && time.Duration(h.SilenceNS) < 2*beatEvery {
		return h, fmt.Errorf("host %q: silence_ns %d: must be at least %d (%v), or 0", h.Name, h.SilenceNS, 2*beatEvery, 2*beatEvery)
	}
	return h, nil
}

// isHostname reports whether text has the form of a host name. All digits and dots
// would be a malformed IP address.
func isHostname(text string) bool {
	label := `[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?`
	return len(text) < 254 && strings.Trim(text, "0123456789.") != "" &&
		regexp.MustCompile(`^`+label+`(\.`+label+`)*\.?$`).MatchString(text)
}

// WriteInventory writes a file for [ReadInventory] and replaces an existing one.
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
