// Package lab makes hosts out of namespaces of this machine: each has its own
// network namespace and address, its own sshd with a pinned host key, and its
// own /tmp and /run. They stand on a switch of the lab's own, together with the
// namespace that a command is run in, and nothing else: no namespace of the lab
// has a route to any other address.
//
//	provision lab          the user's process
//	└ init                 pid 1 of a new PID namespace; coordinator's network
//	  ├ switch             network namespace of its own; holds the bridge or the TAPs
//	  ├ sshd of h1 ... hN  network, mount and UTS namespace each
//	  ├ ssh to h1 ... hN   one open connection each, which sessions share
//	  └ COMMAND
//
// # Nothing is left behind
//
// No namespace has a name, no link or mount is made outside of them: processes
// alone hold them. The kernel kills init when the user's process dies, and all
// others when init dies, and then takes away the namespaces with all links and
// mounts in them. What is left after a kill is one empty directory, which
// `provision lab --clean` removes. The lab ends when COMMAND does, and COMMAND
// is interrupted when the switch or an sshd dies.
//
// # The round trip
//
// Without a round trip asked for, the switch is a bridge of the kernel. With
// one, it is a thread that reads frames from TAP devices and writes each to the
// device of its destination when its time has come. It needs no netem.
//
// What is asked for is the whole round trip of a small message between two
// hosts over TCP, idle. A switch that does not delay takes some of that already;
// so that is measured first, what is missing is made the delay, and the result
// is measured and stated before COMMAND starts. Under load what the stations
// need comes on top, as everywhere. At the end it is stated how late the switch
// was.
//
// Note: a frame has no arrival time of its own but the one at which the switch
// reads it, and a sleep ends late, by 50 µs in some virtual machines. So the
// switch has one of the machine's processors to itself, if there are two, and is
// awake there as long as frames come and go: all else of the lab, COMMAND too,
// runs on the others.
package lab
