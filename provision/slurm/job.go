package slurm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"

	"dhtbench/provision/host"
)

// job is a Slurm job.
type job struct {
	id    string
	nodes string // as Slurm writes them: "n[1-8]"
}

// hosts returns the job's hosts in the order of its nodes.
func (j job) hosts(ctx context.Context) ([]host.Host, error) {
	names, err := lines(ctx, "scontrol", "show", "hostnames", j.nodes)
	if err != nil {
		return nil, err
	}
	dialed, err := j.dialed(ctx)
	if err != nil {
		return nil, err
	}
	addrs := make([]netip.Addr, len(names))
	for i, name := range names {
		if addrs[i], err = lookUp(ctx, dialed[name]); err != nil {
			return nil, fmt.Errorf("look up the address of host %s: %w", name, err)
		}
	}
	if err := replaceLoopback(names, addrs); err != nil {
		return nil, err
	}
	hosts := make([]host.Host, len(names))
	for i, name := range names {
		hosts[i] = host.Host{Name: name, Addr: addrs[i].String(), Via: j.via(name), Facts: map[string]string{"slurm job": j.id}}
	}
	return hosts, nil
}

// via returns the prefix for a host. Each process is a step of the job that shares
// the processors of the host with the other steps; without --overlap, a step waits
// until no other one uses them.
func (j job) via(name string) []string {
	return []string{"srun", "--jobid=" + j.id, "--overlap", "-N1", "-n1", "--cpu-bind=none", "-w", name}
}

// dialed returns the address or name at which Slurm dials each node, by node name.
func (j job) dialed(ctx context.Context) (map[string]string, error) {
	nodes, err := lines(ctx, "scontrol", "--oneliner", "show", "node", j.nodes)
	if err != nil {
		return nil, err
	}
	dialed := make(map[string]string)
	for _, node := range nodes {
		name, addr := "", ""
		for _, field := range strings.Fields(node) {
			if value, ok := strings.CutPrefix(field, "NodeName="); ok {
				name = value
			} else if value, ok := strings.CutPrefix(field, "NodeAddr="); ok {
				addr = value
			}
		}
		dialed[name] = addr
	}
	return dialed, nil
}

// lookUp returns the first address of a name that other hosts can dial, or else a
// loopback address. It runs getent because a static Go program does not read all
// sources of names that nsswitch.conf may list.
func lookUp(ctx context.Context, name string) (loopback netip.Addr, err error) {
	answers, err := lines(ctx, "getent", "ahosts", name)
	if err != nil {
		return loopback, err
	}
	for _, answer := range answers {
		text, _, _ := strings.Cut(answer, " ")
		switch addr, err := netip.ParseAddr(text); {
		case err != nil:
			return loopback, fmt.Errorf("getent ahosts %s: %w", name, err)
		case addr.IsGlobalUnicast():
			return addr, nil
		case addr.IsLoopback():
			loopback = addr
		}
	}
	if !loopback.IsValid() {
		err = fmt.Errorf("getent ahosts %s: no address in %q that other hosts can dial", name, answers)
	}
	return loopback, err
}

// replaceLoopback replaces the loopback address of this machine's own name, which
// /etc/hosts often maps to 127.0.1.1, by the address from which this machine sends to
// the others. If there is no other host, the loopback address stays.
func replaceLoopback(names []string, addrs []netip.Addr) error {
	own, other := -1, -1
	for i, addr := range addrs {
		switch {
		case !addr.IsLoopback():
			other = i
		case own >= 0:
			return fmt.Errorf("hosts %s and %s have the addresses %v and %v on this machine, which other hosts cannot dial: correct /etc/hosts, or NodeAddr in slurm.conf",
				names[own], names[i], addrs[own], addr)
		default:
			own = i
		}
	}
	if own < 0 || other < 0 {
		return nil
	}
	conn, err := net.Dial("udp", netip.AddrPortFrom(addrs[other], 9).String()) // sends nothing
	if err != nil {
		return fmt.Errorf("find the address of this machine: %w", err)
	}
	addrs[own] = conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr()
	return conn.Close()
}

// lines runs a command and returns the lines that it prints.
func lines(ctx context.Context, argv ...string) ([]string, error) {
	out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("%s: %w", strings.Join(argv, " "), err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), nil
}
