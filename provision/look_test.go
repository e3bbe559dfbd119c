package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"dhtbench/provision/host"
)

// view is what a command sees that is run among hosts.
type view struct {
	Hosts   []host.Host
	Dir     string
	Devices []string
	// Nowhere lists the addresses to which no packet could be sent.
	Nowhere []string
	// Refused is how long it takes to be refused by a host at the median: one
	// round trip, in which no process of the host takes part.
	Refused time.Duration
}

// elsewhere are addresses that no host has. Nothing is ever sent to them: a UDP
// socket that connects asks the kernel for a route and sends nothing.
func elsewhere() []string {
	return []string{"192.0.2.1:9", "10.77.0.200:9", "224.0.0.1:9", "[2001:db8::1]:9"}
}

// look is the command: it writes its view to standard output, and writes a file
// "seen" to its working directory.
func look() {
	if err := errors.Join(writeView(), os.WriteFile("seen", []byte("yes"), 0o600)); err != nil {
		fmt.Fprintln(os.Stderr, "look:", err)
		os.Exit(1)
	}
}

func writeView() (err error) {
	var v view
	if v.Hosts, err = host.ReadInventory(os.Getenv(host.InventoryVariable)); err != nil {
		return err
	}
	if v.Dir, err = os.Getwd(); err != nil {
		return err
	}
	devices, err := net.Interfaces()
	if err != nil {
		return err
	}
	for _, d := range devices {
		v.Devices = append(v.Devices, d.Name)
	}
	for _, address := range elsewhere() {
		conn, err := net.Dial("udp", address)
		if errors.Is(err, syscall.ENETUNREACH) {
			v.Nowhere = append(v.Nowhere, address)
		} else if err == nil {
			conn.Close()
		}
	}
	if v.Refused, err = refusedAfter(v.Hosts); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(v)
}

// refusedAfter is the median time until a host refuses a connection to a port
// where nothing listens.
func refusedAfter(hosts []host.Host) (time.Duration, error) {
	var times []time.Duration
	for i := range 60 {
		start := time.Now()
		_, err := net.DialTimeout("tcp", net.JoinHostPort(hosts[i%len(hosts)].Addr, "9"), 5*time.Second)
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return 0, fmt.Errorf("connect where nothing listens: %w", err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}
