package lab

import (
	"fmt"
	"net"
	"net/netip"
)

// port is a port of the lab's switch: 1 to [maxNodes] for hosts, and coordinator
// for the namespace of COMMAND.
type port int

const coordinator port = 254

// ports returns all ports of a lab with that many hosts, the coordinator's last.
func ports(nodes int) []port {
	all := make([]port, 0, nodes+1)
	for p := port(1); int(p) <= nodes; p++ {
		all = append(all, p)
	}
	return append(all, coordinator)
}

// name returns the host's name. Its network device has it too until connect.
func (p port) name() string {
	if p == coordinator {
		return "coordinator"
	}
	return fmt.Sprintf("h%d", int(p))
}

// addr returns the port's address. The range is free to choose: the lab is not
// connected to the machine's networks.
func (p port) addr() netip.Addr { return netip.AddrFrom4([4]byte{10, 77, 0, byte(p)}) }

// mac returns a locally administered address that ends with the port.
func (p port) mac() net.HardwareAddr {
	return net.HardwareAddr{0x02, 'l', 'a', 'b', 0, byte(p)}
}

// destination returns the destination port of a frame, or 0 for a broadcast or an
// unknown address. Broadcasts carry nothing that is needed: all neighbours are
// permanent entries.
func destination(frame []byte) port {
	if len(frame) < 14 || string(frame[:5]) != "\x02lab\x00" {
		return 0
	}
	return port(frame[5])
}
