// Package lab makes hosts from namespaces of this machine. Each host has its own
// network namespace and address, sshd with a pinned host key, /tmp and /run. A
// switch connects the hosts and the namespace of the command. No namespace of the
// lab has a route to any other address.
//
//	provision lab          the user's process
//	└ init                 pid 1 of a new PID namespace; coordinator's network
//	  ├ switch             own network namespace; holds the bridge or the TAP devices
//	  ├ sshd of h1 ... hN  network, mount and UTS namespace each
//	  ├ ssh to h1 ... hN   one connection each, which sessions share
//	  └ COMMAND
//
// # Removal
//
// Only processes hold the namespaces: none has a name, and no link or mount is
// made outside of them. The kernel kills init when the user's process ends, and
// all others when init ends, and then removes the namespaces with all links and
// mounts in them. A kill leaves one empty directory, which `provision lab --clean`
// removes. The lab ends when COMMAND ends. COMMAND is interrupted when the switch
// or an sshd ends.
//
// # The round trip
//
// Without --rtt, the switch is a bridge of the kernel. With it, the switch is a
// thread that reads frames from TAP devices, and writes each to the device of its
// destination after a delay. It does not need netem.
//
// --rtt is the round trip of a small message over TCP between two idle hosts. The
// lab measures the round trip without delay, sets the delay that is missing, and
// measures and prints the result before COMMAND starts. Under load, queueing and
// processing take additional time. At the end the lab prints how late the switch
// sent frames.
//
// Note: a frame arrives when the switch reads it, and a sleep may end 50 µs late
// in virtual machines. So the switch spins while frames come and go. It has one
// processor for itself if there are two; the rest of the lab, and COMMAND, run on
// the others.
package lab
