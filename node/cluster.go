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

// Cluster is the list of all nodes, the same for every node and client.
// Membership is static: to add or remove a node moves most keys. The zero value
// is an empty cluster. A Cluster can be used concurrently while nobody changes
// Addrs.
type Cluster struct {
	// Addrs has host:port of every node; the index is the node's id.
	Addrs []string

	name  string // of the cluster file, for errors; empty: none
	lines []int  // its line of each node
}

// Owner returns the id of the node that keeps key. It panics on an empty
// cluster.
func (c Cluster) Owner(key []byte) int { return Owner(key, len(c.Addrs)) }

// Owner returns the id of the node that keeps key, of n nodes with the ids 0 to
// n-1. It depends only on n and the bytes of key, and is the same on every
// platform. It panics if n is less than 1. It allocates nothing.
//
// The owner is floor(h * n / 2^64), where h is the xxHash64 of key with seed 0.
// This uses the high bits of h; a Store chooses the shard by the low bits.
func Owner(key []byte, n int) int {
	if n < 1 {
		panic("owner of a key among no nodes")
	}
	high, _ := bits.Mul64(xxhash.Sum64(key), uint64(n))
	return int(high)
}

// ReadCluster reads the cluster file at path: host:port of one node a line, in the
// order of their ids. A # begins a comment. Its errors name the file and the line.
func ReadCluster(path string) (Cluster, error) {
	f, err := os.Open(path)
	if err != nil {
		return Cluster{}, fmt.Errorf("read cluster: %w", err)
	}
	defer f.Close()
	return parseCluster(path, f)
}

// parseCluster reads a cluster file: host:port of one node a line. A # begins a
// comment; empty lines are ignored. The ids of the nodes are 0, 1 and so on, in
// the order of the lines. The host is a name or an IP address (IPv6 in
// brackets), the port a number from 1 to 65535. Errors begin with the name of
// the file and the line: "name:3: ".
func parseCluster(name string, r io.Reader) (Cluster, error) {
	c := Cluster{name: name}
	seen := make(map[string]int) // line by normal address
	in := bufio.NewScanner(r)
	line := 0
	for in.Scan() {
		line++
		text, _, _ := strings.Cut(strings.TrimPrefix(in.Text(), "\ufeff"), "#") // a byte order mark
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		addr, err := normalAddr(text)
		if err != nil {
			return Cluster{}, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if first, ok := seen[addr]; ok {
			return Cluster{}, fmt.Errorf("%s:%d: node %q: same address as in line %d", name, line, text, first)
		}
		seen[addr] = line
		c.Addrs = append(c.Addrs, addr)
		c.lines = append(c.lines, line)
	}
	if err := in.Err(); err != nil {
		return Cluster{}, fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	if len(c.Addrs) == 0 {
		return Cluster{}, fmt.Errorf("%s:%d: no nodes; want host:port on a line", name, max(line, 1))
	}
	return c, nil
}

// normalAddr returns addr in its normal form: the host in lower case or as
// netip prints an IP address, the port without leading zeros.
func normalAddr(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		reason := err.Error()
		if bad, ok := err.(*net.AddrError); ok {
			reason = bad.Err
		}
		return "", fmt.Errorf("node %q: %s; want host:port", addr, reason)
	}
	if host == "" || strings.ContainsAny(host, " \t") {
		return "", fmt.Errorf("node %q: host is %q; want a name or an IP address", addr, host)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", fmt.Errorf("node %q: port is %q; want 1 to 65535", addr, port)
	}
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.Unmap().String()
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// self returns the id of the node with an address in own, the addresses of this
// machine. No such node is an error, and so are several, as on loopback: the
// user must then give the id. lookup resolves hosts that are names. A failed
// lookup is an error only if no other node is this machine.
func (c Cluster) self(own []netip.Addr, lookup func(host string) ([]netip.Addr, error)) (int, error) {
	mine := make(map[netip.Addr]bool, len(own))
	for _, ip := range own {
		mine[plainIP(ip)] = true
	}
	self := -1
	var unknown []error // failed lookups
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
				return 0, fmt.Errorf("%s: nodes %d (%s) and %d (%s) are both this machine; choose one with --id",
					c.where(id), self, c.Addrs[self], id, addr)
			}
			self = id
		}
	}
	if self < 0 && len(unknown) > 0 {
		return 0, errors.Join(unknown...)
	}
	if self < 0 {
		return 0, fmt.Errorf("%s: no node has an address of this machine %v; choose one with --id", c.name, own)
	}
	return self, nil
}

// where returns the file and line of node id, for errors.
func (c Cluster) where(id int) string { return fmt.Sprintf("%s:%d", c.name, c.lines[id]) }

// hostIPs returns the IP addresses of the host in addr.
func hostIPs(addr string, lookup func(string) ([]netip.Addr, error)) ([]netip.Addr, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{ip}, nil
	}
	return lookup(host)
}

// plainIP returns ip as IPv4 if it is one in IPv6 form, and without a zone, so that
// addresses of one machine compare equal.
func plainIP(ip netip.Addr) netip.Addr {
	return ip.Unmap().WithZone("")
}

// ownAddrs returns the IP addresses of this machine's interfaces.
func ownAddrs() ([]netip.Addr, error) {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("read the addresses of this machine: %w", err)
	}
	var own []netip.Addr
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr())
		}
	}
	return own, nil
}
