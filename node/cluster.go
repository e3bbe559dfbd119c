package node

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// Cluster is the list of all nodes; every node and client needs the same one.
// Membership is static: a node that is added or lost moves most keys. Its
// zero value is no cluster. A Cluster is not changed once made, so that it
// can be copied and used concurrently.
type Cluster struct {
	// Addrs holds host:port of every node; the index is the node's id.
	Addrs []string

	// name and lines say where Addrs came from, for messages. Both are empty
	// if the cluster was not read from a file.
	name  string
	lines []int
}

// Owner returns the id of the node that keeps key. It panics on an empty
// cluster.
func (c Cluster) Owner(key []byte) int { return Owner(key, len(c.Addrs)) }

// Owner returns which of n nodes keeps key, in [0, n). It depends on the key's
// bytes and n alone, so that every node and client with the same cluster file
// computes the same, on any platform. It panics if n is less than 1. It
// allocates nothing.
//
// The hash, xxHash64 with seed 0, is taken as a fraction of 2^64, and that
// fraction of n is the owner: floor(hash * n / 2^64). This uses the high bits
// of the hash; a Store shards by the low ones.
func Owner(key []byte, n int) int {
	if n < 1 {
		panic("owner of a key among no nodes")
	}
	high, _ := bits.Mul64(xxhash.Sum64(key), uint64(n))
	return int(high)
}

// ReadCluster reads the cluster file at path; see ParseCluster.
func ReadCluster(path string) (Cluster, error) {
	f, err := os.Open(path)
	if err != nil {
		return Cluster{}, fmt.Errorf("read cluster: %w", err)
	}
	defer f.Close()
	return ParseCluster(path, f)
}

// ParseCluster reads a cluster file: host:port of one node a line. A # begins
// a comment, empty lines are passed over. A node's id is its position among
// the lines that name a node, from 0. The host is a name or an IP address
// (IPv6 in brackets), the port a number from 1 to 65535.
//
// name stands for the file in errors, which say its line: "name:3: ...".
func ParseCluster(name string, r io.Reader) (Cluster, error) {
	c := Cluster{name: name}
	seen := make(map[string]int) // address, in one spelling, to its line
	in := bufio.NewScanner(r)
	line := 0
	for in.Scan() {
		line++
		text, _, _ := strings.Cut(strings.TrimPrefix(in.Text(), "\ufeff"), "#") // as some editors begin a file
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		addr, err := normalAddr(text)
		if err != nil {
			return Cluster{}, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if first, ok := seen[addr]; ok {
			return Cluster{}, fmt.Errorf("%s:%d: %s is already the node of line %d", name, line, text, first)
		}
		seen[addr] = line
		c.Addrs = append(c.Addrs, addr)
		c.lines = append(c.lines, line)
	}
	if err := in.Err(); err != nil {
		return Cluster{}, fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	if len(c.Addrs) == 0 {
		return Cluster{}, fmt.Errorf("%s:%d: no node, want host:port on a line", name, max(line, 1))
	}
	return c, nil
}

// normalAddr returns addr in the one spelling that stands for all its others:
// the host in lower case or as an IP address prints, the port without zeros.
func normalAddr(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		reason := err.Error()
		if bad, ok := err.(*net.AddrError); ok {
			reason = bad.Err
		}
		return "", fmt.Errorf("read node %q: %s, want host:port", addr, reason)
	}
	if host == "" || strings.ContainsAny(host, " \t") {
		return "", fmt.Errorf("read node %q: host is %q, want a name or an IP address", addr, host)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", fmt.Errorf("read node %q: port is %q, want 1 to 65535", addr, port)
	}
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.Unmap().String()
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// Self returns the id of the one node whose address is among own, the
// addresses of this machine. It is an error if there is none or, as on
// loopback, more than one: the id must then be given. Hosts that are names
// are looked up with lookup; if that is nil they match nothing. One that cannot be
// looked up is an error only if no other node is this machine.
func (c Cluster) Self(own []netip.Addr, lookup func(host string) ([]netip.Addr, error)) (int, error) {
	mine := make(map[netip.Addr]bool, len(own))
	for _, ip := range own {
		mine[plainIP(ip)] = true
	}
	self := -1
	var unknown []error // of nodes that are this one only if no other is
	for id, addr := range c.Addrs {
		ips, err := hostIPs(addr, lookup)
		if err != nil {
			unknown = append(unknown, fmt.Errorf("%s: look up node %d: %w", c.where(id), id, err))
			continue
		}
		for _, ip := range ips {
			if !mine[plainIP(ip)] {
				continue
			}
			if self >= 0 && self != id {
				return 0, fmt.Errorf("%s: %s is an address of this machine, as is %s of node %d; say which with --id",
					c.where(id), addr, c.Addrs[self], self)
			}
			self = id
		}
	}
	if self < 0 && len(unknown) > 0 {
		return 0, errors.Join(unknown...)
	}
	if self < 0 {
		return 0, fmt.Errorf("%s: none of its %d nodes is an address of this machine %v; say which with --id",
			c.where(-1), len(c.Addrs), own)
	}
	return self, nil
}

// where names the line of node id, or the whole file if id is negative.
func (c Cluster) where(id int) string {
	switch {
	case c.name == "":
		return "cluster"
	case id < 0 || id >= len(c.lines):
		return c.name
	}
	return fmt.Sprintf("%s:%d", c.name, c.lines[id])
}

// hostIPs returns the addresses that the host of addr stands for.
func hostIPs(addr string, lookup func(string) ([]netip.Addr, error)) ([]netip.Addr, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	if lookup == nil {
		return nil, nil
	}
	return lookup(host)
}

// plainIP makes equal what means the same machine: an IPv4 address in IPv6
// form is that IPv4 address, and a zone is dropped.
func plainIP(ip netip.Addr) netip.Addr {
	return ip.Unmap().WithZone("")
}

// OwnAddrs returns the IP addresses of this machine's interfaces.
func OwnAddrs() ([]netip.Addr, error) {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list addresses of this machine: %w", err)
	}
	var own []netip.Addr
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr())
		}
	}
	return own, nil
}
