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

// device is the name of the only network device of a namespace of the lab,
// except for loopback.
const device = "eth0"

// loopback puts the namespace's loopback device up.
func loopback() error {
	lo, err := netlink.LinkByName("lo")
	if err == nil {
		err = netlink.LinkSetUp(lo)
	}
	if err != nil {
		return fmt.Errorf("put loopback up: %w", err)
	}
	return nil
}

// connect makes the device that the switch put into this namespace its way to
// the others, and to nothing else: there is one route to each of their
// addresses, and no other. Where they are is known and never asked.
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

// only is the network that has p's address and no other.
func only(p port) *net.IPNet {
	return &net.IPNet{IP: p.addr().AsSlice(), Mask: net.CIDRMask(32, 32)}
}

// withoutIPv6 keeps the device from announcing itself to, and asking for,
// routers.
func withoutIPv6() error {
	err := os.WriteFile("/proc/sys/net/ipv6/conf/"+device+"/disable_ipv6", []byte("1"), 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the kernel has none
	}
	return err
}

// attachBridge makes a bridge in this namespace, and for each port a device of
// it whose other end is in the port's namespace.
func attachBridge(pids map[port]int) error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "switch"
	bridge := &netlink.Bridge{LinkAttrs: attrs}
	if err := netlink.LinkAdd(bridge); err != nil {
		return fmt.Errorf("make bridge: %w", err)
	}
	if err := netlink.LinkSetUp(bridge); err != nil {
		return fmt.Errorf("put bridge up: %w", err)
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
			return fmt.Errorf("put device of %s up: %w", p.name(), err)
		}
	}
	return nil
}

// attachTAP makes a TAP device for each port in the port's namespace. The file
// descriptors are the switch's ends: each read takes a frame that the port
// sent, each write gives it one, and neither blocks.
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
			return nil, fmt.Errorf("give TAP device to %s: %w", p.name(), err)
		}
	}
	return fds, nil
}

// openTAP makes a TAP device in this namespace. It goes with its descriptor.
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
