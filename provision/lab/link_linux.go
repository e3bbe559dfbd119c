package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// device is the name of the network device in each namespace of the lab, besides
// loopback.
const device = "eth0"

// loopback sets the namespace's loopback device up.
func loopback() error {
	lo, err := netlink.LinkByName("lo")
	if err == nil {
		err = netlink.LinkSetUp(lo)
	}
	if err != nil {
		return fmt.Errorf("set loopback up: %w", err)
	}
	return nil
}

// connect sets up the device that the switch put into this namespace. It adds a
// route and a permanent neighbour entry for each other port, and no other route.
func connect(self port, all []port) error {
	link, err := netlink.LinkByName(self.name())
	if err != nil {
		return fmt.Errorf("find the device from the switch: %w", err)
	}
	err = errors.Join(
		netlink.LinkSetName(link, device),
		netlink.LinkSetHardwareAddr(link, self.mac()),
		withoutIPv6(),
		netlink.AddrAdd(link, &netlink.Addr{IPNet: only(self)}),
		netlink.LinkSetUp(link),
	)
	if err != nil {
		return fmt.Errorf("set up %s: %w", device, err)
	}
	for _, p := range all {
		if p == self {
			continue
		}
		route := netlink.Route{LinkIndex: link.Attrs().Index, Scope: netlink.SCOPE_LINK, Dst: only(p), Src: self.addr().AsSlice()}
		if err := netlink.RouteAdd(&route); err != nil {
			return fmt.Errorf("add route to %s: %w", p.name(), err)
		}
		neighbour := netlink.Neigh{LinkIndex: link.Attrs().Index, Family: netlink.FAMILY_V4, State: unix.NUD_PERMANENT, IP: p.addr().AsSlice(), HardwareAddr: p.mac()}
		if err := netlink.NeighAdd(&neighbour); err != nil {
			return fmt.Errorf("add neighbour %s: %w", p.name(), err)
		}
	}
	return nil
}

// only returns the network that has p's address and no other.
func only(p port) *net.IPNet {
	return &net.IPNet{IP: p.addr().AsSlice(), Mask: net.CIDRMask(32, 32)}
}

// withoutIPv6 disables IPv6 on the device, which would send router solicitations.
func withoutIPv6() error {
	err := os.WriteFile("/proc/sys/net/ipv6/conf/"+device+"/disable_ipv6", []byte("1"), 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the kernel has no IPv6
	}
	return err
}

// attachBridge makes a bridge in this namespace and connects it to the namespace
// of each port.
func attachBridge(pids map[port]int) error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "switch"
	bridge := &netlink.Bridge{LinkAttrs: attrs}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("make bridge: %w", err)
	}
	if err := netlink.LinkSetUp(bridge); err != nil {
		return fmt.Errorf("set bridge up: %w", err)
	}
	for p, pid := range pids {
		attrs := netlink.NewLinkAttrs()
		attrs.Name = fmt.Sprintf("to-%d", int(p))
		attrs.MasterIndex = bridge.Attrs().Index
		veth := &netlink.Veth{LinkAttrs: attrs, PeerName: p.name(), PeerNamespace: netlink.NsPid(pid)}
		if err := netlink.LinkAdd(veth); err != nil {
			return fmt.Errorf("make device of %s: %w", p.name(), err)
		}
		if err := netlink.LinkSetUp(veth); err != nil {
			return fmt.Errorf("set device of %s up: %w", p.name(), err)
		}
	}
	return nil
}

// attachTAP makes a TAP device in the namespace of each port and returns their file
// descriptors. A read takes a frame that the port sent, a write sends it one, and
// neither blocks.
func attachTAP(pids map[port]int) (map[port]int, error) {
	fds := make(map[port]int)
	for p, pid := range pids {
		fd, err := openTAP(p.name())
		if err != nil {
			return nil, fmt.Errorf("make TAP device of %s: %w", p.name(), err)
		}
		fds[p] = fd
		link, err := netlink.LinkByName(p.name())
		if err == nil {
			err = netlink.LinkSetNsPid(link, pid)
		}
		if err != nil {
			return nil, fmt.Errorf("move TAP device to %s: %w", p.name(), err)
		}
	}
	return fds, nil
}

// openTAP makes a TAP device in this namespace. Closing fd removes it.
func openTAP(name string) (fd int, err error) {
	fd, err = unix.Open(tunDevice, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("open %s: %w", tunDevice, err)
	}
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}
