package lab

import (
	"fmt"
	"net"
	"net/netip"
)

// port is a place on the lab's switch: 1 to [maxNodes] are the hosts', and
// coordinator is that of the namespace in which COMMAND runs.
type port int

const coordinator port = 254

// ports are all places of a lab with so many hosts, the coordinator's last.
func ports(nodes int) []port {
	all := make([]port, 0, nodes+1)
	for p := port(1); int(p) <= nodes; p++ {
		all = append(all, p)
	}
	return append(all, coordinator)
}

// name is the host's name, and the name that its network device has on its way
// from the switch's namespace to the host's.
func (p port) name() string {
	if p == coordinator {
		return "coordinator"
	}
	return fmt.Sprintf("h%d", int(p))
}

// addr is in a range that is the lab's own because nothing of the lab's can
// reach, or be reached from, the machine's networks.
func (p port) addr() netip.Addr { return netip.AddrFrom4([4]byte{10, 77, 0, byte(p)}) }

// mac is a locally administered address whose last byte is the port.
func (p port) mac() net.HardwareAddr {
	return net.HardwareAddr{0x02, 'l', 'a', 'b', 0, byte(p)}
}

// destination is the port that a frame is for. It is 0, which is no port, when
// the frame is a broadcast or for nobody in a lab: no host needs to ask where
// another is, so nothing of use is sent so.
func destination(frame []byte) port {
	if len(frame) < 14 || string(frame[:5]) != "\x02lab\x00" {
		return 0
	}
	return port(frame[5])
}
