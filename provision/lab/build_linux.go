package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"dhtbench/provision/host"
)

// buildTime is the time limit for making the lab.
const buildTime = 60 * time.Second

// build makes the lab.
func (l *lab) build(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, buildTime, fmt.Errorf("the lab was not ready within %v", buildTime))
	defer cancel()
	if l.self, err = os.Executable(); err != nil {
		return fmt.Errorf("find the executable to start the lab with: %w", err)
	}
	if err := mountForAll(l.Dir); err != nil {
		return err
	}
	if err := l.startHosts(); err != nil {
		return err
	}
	if err := l.wire(ctx); err != nil {
		return err
	}
	if err := l.setRoundTrip(ctx); err != nil {
		return err
	}
	return l.serve(ctx)
}

// startHosts writes the files of the run directory and starts the switch and the
// hosts.
func (l *lab) startHosts() error {
	client, err := host.NewKey(l.Dir, "dhtbench lab")
	if err != nil {
		return err
	}
	here := host.Host{Name: "this machine"}
	l.switches, err = here.Start("switch", l.self, "lab-stage", "switch", fmt.Sprintf("--processor=%d", l.Processor))
	if err != nil {
		return err
	}
	var known []byte
	var inventory []host.Host
	all := ports(l.Nodes)[:l.Nodes]
	for _, p := range all {
		key, err := host.NewKey(l.Dir, p.name())
		if err != nil {
			return err
		}
		h := host.Host{Name: p.name(), Addr: p.addr().String(), Via: via(l.SSH, l.Dir, p), Facts: l.facts()}
		inventory = append(inventory, h)
		known = append(known, knownHost(p, key)...)
		h.Via = nil
		process, err := h.Start("sshd", l.self, "lab-stage", "host")
		if err != nil {
			return err
		}
		l.hosts = append(l.hosts, process)
		o := order{Do: "furnish", Port: p, Nodes: l.Nodes, HostKey: key.Private, Authorized: client.Public, SSHD: l.SSHD}
		if err := tell(process, o); err != nil {
			return err
		}
	}
	for name, text := range map[string][]byte{
		sshConfigFile: clientConfig(l.Dir, all), identityFile: []byte(client.Private), knownHostsFile: known,
	} {
		if err := os.WriteFile(filepath.Join(l.Dir, name), text, 0o600); err != nil {
			return fmt.Errorf("write file of the lab: %w", err)
		}
	}
	return host.WriteInventory(filepath.Join(l.Dir, inventoryFile), inventory)
}

// facts returns the hosts' facts for the record.
func (l *lab) facts() map[string]string {
	facts := map[string]string{"lab": "network namespace"}
	if l.RTT > 0 {
		facts["round trip asked"] = l.RTT.String()
	}
	return facts
}

// wire connects all hosts and this namespace to the switch.
func (l *lab) wire(ctx context.Context) error {
	pids := map[port]int{coordinator: os.Getpid()}
	for i, h := range l.hosts {
		a, err := hear(ctx, h)
		if err != nil {
			return err
		}
		pids[port(i+1)] = a.PID
		l.vital[a.PID] = h
	}
	attach := order{Do: "attach", PIDs: pids, Delay: -1}
	if l.RTT > 0 {
		attach.Delay = 0 // the round trip without delay is measured first
	}
	a, err := ask(ctx, l.switches, attach)
	if err != nil {
		return err
	}
	l.vital[a.PID] = l.switches
	if err := errors.Join(loopback(), connect(coordinator, ports(l.Nodes))); err != nil {
		return err
	}
	for _, h := range l.hosts {
		if err := tell(h, order{Do: "connect"}); err != nil {
			return err
		}
	}
	for _, h := range l.hosts {
		if _, err := hear(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// setRoundTrip sets the requested round trip and prints the measured one: from
// the first host to the second, or from the coordinator to the only one.
func (l *lab) setRoundTrip(ctx context.Context) error {
	from, target := "h1", port(2)
	if l.Nodes == 1 {
		from, target = coordinator.name(), 1
	}
	c := calibration{
		measure: func(count int) ([]time.Duration, error) {
			if l.Nodes == 1 {
				return roundTrips(ctx, echoAddress(target), count)
			}
			a, err := ask(ctx, l.hosts[0], order{Do: "probe", Echo: echoAddress(target), Count: count})
			if err == nil && len(a.RoundTrips) == 0 {
				err = fmt.Errorf("%s measured no round trips", l.hosts[0].Label())
			}
			return a.RoundTrips, err
		},
		delay: func(d time.Duration) error {
			_, err := ask(ctx, l.switches, order{Do: "delay", Delay: d})
			return err
		},
	}
	samples, err := c.run(l.RTT)
	if err != nil {
		return err
	}
	asked, own := "", ""
	if l.RTT > 0 {
		asked = fmt.Sprintf("requested %v, ", l.RTT)
	}
	if l.Processor >= 0 {
		own = fmt.Sprintf("; processor %d is reserved for the switch", l.Processor)
	}
	fmt.Fprintf(os.Stderr, "lab: %d hosts, round trip %smeasured %s (%d of TCP from %s to %s, idle)%s\n",
		l.Nodes, asked, describe(samples), len(samples), from, target.name(), own)
	return nil
}

// serve starts sshd on the hosts and opens a connection to each. That checks that
// commands run there, and later sessions share the connection.
func (l *lab) serve(ctx context.Context) error {
	for _, h := range l.hosts {
		if err := tell(h, order{Do: "serve"}); err != nil {
			return err
		}
	}
	var logins []*host.Process
	for i, h := range l.hosts {
		p := port(i + 1)
		if err := listens(ctx, p, h); err != nil {
			return err
		}
		prefix := via(l.SSH, l.Dir, p)
		prefix = append(prefix[:len(prefix)-1], "-o", "ControlMaster=yes", p.name())
		login, err := host.Host{Name: p.name(), Via: prefix}.Start("login", "sh", "-c", "echo welcome; exec cat")
		if err != nil {
			return err
		}
		logins = append(logins, login)
	}
	for _, login := range logins {
		if _, err := login.Receive(ctx); err != nil {
			return err
		}
	}
	return nil
}

// retry is the time between attempts to connect.
const retry = 5 * time.Millisecond

// listens waits until a host's sshd accepts connections.
func listens(ctx context.Context, p port, sshd *host.Process) error {
	dialer := net.Dialer{Timeout: time.Second}
	ticker := time.NewTicker(retry)
	defer ticker.Stop()
	for {
		conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(p.addr().String(), "22"))
		if err == nil {
			return conn.Close()
		}
		select {
		case <-sshd.Done():
			return sshd.Err()
		case <-ctx.Done():
			return fmt.Errorf("wait for sshd on %s: %w: %w", p.name(), context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}
