// Package bench loads a cluster of DHT nodes and measures how it does.
//
// # Who does what
//
// The coordinator ([Command], [Coordinator]) starts nodes and agents as child
// processes, tells all agents what to do and when, and writes one record per
// trial. An agent ([AgentCommand]) is a process that carries clients. A client
// is one sequence of operations, one at a time, over its own connections.
//
// The coordinator speaks to an agent in lines of JSON on its standard input
// ([Order]) and output ([Reply]):
//
//	coordinator                       agent
//	probe (once, before the sweep)
//	                                  probed: facts of the host, idle round trips
//	listen (embedded placement only)
//	                                  listening: the address of its node
//	spec: who, what, which cluster
//	                                  ready: build
//	warm_up: an operation kind
//	                                  warm
//	clock (several times)
//	                                  clock: its host's, now
//	go: an operation kind, an instant
//	                                  progress ... result
//	(warm_up and go again for each operation kind)
//
// The coordinator waits for all agents at every step, so that all clients put,
// then all get, then all delete. End of standard input ends an agent at once, and
// so does silence: both sides exchange heartbeats ([host.Process.Watch]).
//
// # Where things run
//
// Node i runs on host i modulo the number of hosts, and so does client i. One
// agent carries all clients of a host. Clocks of two hosts are never trusted to
// agree: the coordinator learns the offset of each from the quickest of several
// exchanges, and gives each agent the instant of the start in its own time.
//
// # What a latency is
//
// The loop is closed: a client sends its next operation when it has the reply to
// the last. What is recorded is therefore service time, completion - send, on
// the agent's monotonic clock. Keys and values are made before the start and
// values are checked after the completion has been stamped.
package bench
