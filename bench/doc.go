// Package bench loads a cluster of DHT nodes and measures how it does.
//
// # Who does what
//
// The coordinator ([Command], [Coordinator]) starts nodes and agents as child
// processes, tells all agents what to do and when, and writes one record per
// trial. An agent ([AgentCommand]) is a process that carries clients. A client
// is one sequence of operations over its own connections, in a closed loop one at
// a time.
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
//	                                  ready: build; records of a mixture are put
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
// # What a client does
//
// A client's operations come from a source: in a phase each key of its own once,
// all clients putting, then getting, then deleting; in a mixture (--workload) all
// kinds together, on records that were put before. What a source makes follows
// from the seed and the client's number alone; the record holds a digest of it.
// Values say which put they came from, so that a get is held against what the
// client knows: a ledger tells a lost update, a deleted value that came back, a
// torn and a foreign value apart, and accuses no store that is linearizable.
//
// # What a latency is
//
// In the closed loop a client sends its next operation when it has the reply to
// the last. What is recorded is service time, completion - send, on the agent's
// monotonic clock.
//
// In the open loop (--rate) operations are due at instants of a schedule that
// does not depend on the replies. A pacer wakes the client for each: asleep in
// the kernel until shortly before, awake for the rest, and within its share of
// the processors. The operation goes out on one of the client's lanes, each with
// a connection to every node and a goroutine that receives on it, so that neither
// sending nor receiving wakes anybody else. Recorded are response time,
// completion - intended start, service time, and lag, send - intended start: what
// the generator itself was late by. An operation that is due while all lanes wait
// is held, and counted.
//
// Operations are made before their time is taken and values checked after.
//
// # What can be believed
//
// Before the first run of each number of clients they are measured against nodes
// that keep nothing and answer at once ([results.Baseline]). Agents and nodes tell
// what the kernel and the runtime did to them in every trial. From all that
// [results.Trial.Judge] makes a verdict with its reasons.
package bench
