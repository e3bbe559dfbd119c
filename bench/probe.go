package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"dhtbench/bench/target"
	"dhtbench/bench/workload"
	"dhtbench/provision/host"
	"dhtbench/results"
)

// probeRounds is the number of operations of which a round trip is the median.
const probeRounds = 101

// probe reads the facts of the host and measures idle round trips to every server.
// Its error names all servers that cannot be reached.
func (a *agent) probe(ctx context.Context, p probeOrder) (reply, error) {
	facts, err := hostFacts(a.clock)
	if err != nil {
		return reply{}, err
	}
	facts.Interface, facts.Driver, err = networkFacts(p.Addr)
	if err != nil {
		return reply{}, err
	}
	t, err := target.Named(p.Target, false)
	if err != nil {
		return reply{}, err
	}
	found := &probed{Host: facts}
	if found.Limits, err = readLimits("/"); err != nil {
		return reply{}, err
	}
	var errs []error
	for _, addr := range p.Servers {
		ns, err := a.roundTrip(ctx, t, addr)
		errs = append(errs, err)
		found.RoundTripsNS = append(found.RoundTripsNS, ns)
	}
	return reply{Probed: found}, errors.Join(errs...)
}

// roundTrip returns the median time of a get of a missing key, in nanoseconds.
func (a *agent) roundTrip(ctx context.Context, t target.Target, addr string) (int64, error) {
	fail := func(err error) (int64, error) {
		return 0, fmt.Errorf("probe server at %s: %w", target.WithoutPassword(addr), err)
	}
	conn, err := t.Dial(ctx, addr)
	if err != nil {
		return fail(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(replyTimeout))
	request := t.AppendRequest(nil, workload.Get, []byte("dhtbench-probe"), nil)
	var times [probeRounds]int64
	for i := range times {
		send := a.clock.Now()
		if err := conn.Send(request); err != nil {
			return fail(err)
		}
		reply, err := t.ReadReply(conn.In, workload.Get)
		if err == nil && !reply.Outcome.Replied() {
			err = fmt.Errorf("it answered: %s", reply.Value)
		}
		if err != nil {
			return fail(err)
		}
		times[i] = a.clock.Now() - send
	}
	slices.Sort(times[:])
	return times[probeRounds/2], nil
}

// networkFacts returns the interface that has the address, and its driver if it is
// a device.
func networkFacts(addr string) (name, driver string, err error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return "", "", fmt.Errorf("list network interfaces: %w", err)
	}
	for _, i := range interfaces {
		addrs, err := i.Addrs()
		if err != nil {
			return "", "", fmt.Errorf("list the addresses of %s: %w", i.Name, err)
		}
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok && n.IP.Equal(net.ParseIP(addr)) {
				link, _ := os.Readlink(filepath.Join("/sys/class/net", i.Name, "device/driver"))
				if link != "" {
					driver = filepath.Base(link)
				}
				return i.Name, driver, nil
			}
		}
	}
	return "", "", nil // NAT: other hosts dial an address that this host does not have
}

// namedFacts completes the facts of a probe with those of the inventory, and names
// the hosts of round trips.
func namedFacts(p probed, on host.Host, hosts []string) results.Host {
	facts := p.Host
	facts.Name, facts.Facts = on.Name, on.Facts
	facts.RoundTripNS = make(map[string]int64)
	for i, ns := range p.RoundTripsNS {
		facts.RoundTripNS[hosts[i]] = ns
	}
	return facts
}
