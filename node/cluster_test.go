package node

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCluster(t *testing.T) {
	c, err := parseCluster("nodes.txt", strings.NewReader(`# eight nodes, three of them here
127.0.0.1:07001

  Node-B.example:7002   # comment
[0:0::1]:7003
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"127.0.0.1:7001", "node-b.example:7002", "[::1]:7003"}
	if diff := cmp.Diff(want, c.Addrs); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
}

func TestParseClusterRefuses(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"empty file", "", "nodes.txt:1: no nodes; want host:port on a line"},
		{"comments only", "# one\n# two\n", "nodes.txt:2: no nodes"},
		{"missing port", "# one\n127.0.0.1\n", `nodes.txt:2: node "127.0.0.1": missing port in address; want host:port`},
		{"empty port", "a:", `nodes.txt:1: node "a:": port is ""; want 1 to 65535`},
		{"port 0", "a:1\na:0", `nodes.txt:2: node "a:0": port is "0"; want 1 to 65535`},
		{"port too high", "a:65536", `port is "65536"; want 1 to 65535`},
		{"named port", "a:http", `port is "http"`},
		{"no host", ":7001", `nodes.txt:1: node ":7001": host is ""; want a name or an IP address`},
		{"two words", "a b:7001", `host is "a b"`},
		{"bare IPv6", "::1:7001", "too many colons in address"},
		{"duplicate", "a:1\n\nb:1\na:1", `nodes.txt:4: node "a:1": same address as in line 1`},
		{"duplicate in other spelling", "127.0.0.1:7000\n127.0.0.1:07000", `nodes.txt:2: node "127.0.0.1:07000": same address as in line 1`},
		{"duplicate in other case", "Alpha:1\nalpha:1", `nodes.txt:2: node "alpha:1": same address as in line 1`},
		{"duplicate IPv6", "[::1]:1\n[0::0:1]:1", `nodes.txt:2: node "[0::0:1]:1": same address`},
		{"endless line", strings.Repeat("x", 100<<10), "nodes.txt:1: bufio.Scanner: token too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseCluster("nodes.txt", strings.NewReader(test.in))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestReadCluster(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nodes.txt")
	if _, err := ReadCluster(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v, want that the file does not exist", err)
	}
	if err := os.WriteFile(file, []byte("a:1\nb:2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := ReadCluster(file); err != nil || len(c.Addrs) != 2 {
		t.Errorf("read %v, %v", c.Addrs, err)
	}
}

func TestSelf(t *testing.T) {
	lookup := func(host string) ([]netip.Addr, error) {
		if host == "unheard-of" {
			return nil, errors.New("no such host")
		}
		return []netip.Addr{netip.MustParseAddr("10.0.0.9")}, nil
	}
	own := func(s ...string) (ips []netip.Addr) {
		for _, ip := range s {
			ips = append(ips, netip.MustParseAddr(ip))
		}
		return ips
	}
	const three = "10.0.0.1:7000\n\n10.0.0.2:7000\n[fd00::3]:7000\n"
	for _, test := range []struct {
		name, file string
		own        []netip.Addr
		want       int
		err        string
	}{
		{"first", three, own("127.0.0.1", "10.0.0.1"), 0, ""},
		{"IPv4 in IPv6 form", three, own("::ffff:10.0.0.2"), 1, ""},
		{"IPv6 with zone", three, own("fd00::3%eth0"), 2, ""},
		{"by name", "10.0.0.1:1\nnode9:1\n", own("10.0.0.9"), 1, ""},
		{"no match", three, own("10.0.0.7"), 0, "nodes.txt: no node has an address of this machine [10.0.0.7]; choose one with --id"},
		{"several on loopback", "127.0.0.1:1\n# two\n127.0.0.1:2\n", own("127.0.0.1"), 0,
			"nodes.txt:3: nodes 0 (127.0.0.1:1) and 1 (127.0.0.1:2) are both this machine; choose one with --id"},
		{"beside one unheard of", "10.0.0.9:1\nunheard-of:1\n", own("10.0.0.9"), 0, ""},
		{"after a byte order mark", "\ufeff10.0.0.1:1\n", own("10.0.0.1"), 0, ""},
		{"unheard of", "10.0.0.1:1\nunheard-of:1\n", own("10.0.0.9"), 0, "nodes.txt:2: look up node 1: no such host"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := parseCluster("nodes.txt", strings.NewReader(test.file))
			if err != nil {
				t.Fatal(err)
			}
			id, err := c.self(test.own, lookup)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if id != test.want || got != test.err {
				t.Errorf("id %d, error %q; want %d, %q", id, got, test.want, test.err)
			}
		})
	}
}

func TestOwnAddrs(t *testing.T) {
	own, err := ownAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range own {
		if ip.IsLoopback() {
			return
		}
	}
	t.Errorf("addresses of this machine are %v, want one of loopback among them", own)
}

// FuzzParseCluster checks that no file makes the parser panic, and that a file of
// the parsed addresses has the same addresses.
func FuzzParseCluster(f *testing.F) {
	f.Add("127.0.0.1:7001\n[::1]:7002 # two\n\nhost:07003\n")
	f.Add("::1:1\n:0\n#")
	f.Fuzz(func(t *testing.T, file string) {
		c, err := parseCluster("nodes.txt", strings.NewReader(file))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "nodes.txt:") {
				t.Errorf("error %q does not begin with the file", err)
			}
			return
		}
		again, err := parseCluster("again.txt", strings.NewReader(strings.Join(c.Addrs, "\n")))
		if err != nil {
			t.Fatalf("parse %q again: %v", c.Addrs, err)
		}
		if diff := cmp.Diff(c.Addrs, again.Addrs); diff != "" {
			t.Errorf("(-first +again):\n%s", diff)
		}
	})
}
