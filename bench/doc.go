// Package bench measures clusters of servers under load.
//
// # Processes
//
// The coordinator ([Command]) starts servers and agents as child processes, gives
// all agents their orders, and writes one record for each trial. An agent
// ([AgentCommand]) is a process with clients. A client is one sequence of
// operations over its own connections.
//
// The coordinator and an agent exchange lines of JSON on the agent's standard
// input and output:
//
//	coordinator                       agent
//	probe (once, before the sweep)
//	                                  probed: facts of the host, idle round trips
//	listen (embedded placement only)
//	                                  listening: the address of its node
//	spec: what to do, for which clients, at which servers
//	                                  ready: build; the records of a mix are loaded
//	warm_up: an operation kind
//	                                  warm
//	clock (several times)
//	                                  clock: the time on its host
//	go: an operation kind, an instant
//	                                  progress ... result
//	(warm_up and go again for each operation kind; stop ends go early)
//
// The coordinator waits for all agents at every step, so that all clients put,
// then all get, then all delete. Both sides send heartbeats
// ([host.Process.Watch]). An agent ends when its standard input ends or when
// heartbeats stop. Long lines, such as results, are packed.
//
// # Servers
//
// Servers are child processes too: nodes, or servers of another store ([target]). They
// print a line when they accept connections, and answer heartbeats and requests for
// vitals.
//
// With --servers or --cluster the coordinator starts no servers. Agents connect to the
// given addresses. Each run has keys of its own, since the servers keep the records of
// earlier runs.
//
// # Placement
//
// Server i runs on host i modulo the number of hosts, and so does client i. One
// agent runs all clients of a host. The clocks of two hosts are never compared:
// the coordinator measures the offset of each host's clock and gives each agent
// the instant of the start in its own time.
//
// # Limits
//
// The probe also reports the limits of processes on a host. Before a sweep, need.go
// estimates the open files, threads and memory of each setting. Settings that exceed
// the limits are left out. After a setting that fails, the preflight runs again: if it
// succeeds, only that setting is left out; if it fails, the sweep ends.
//
// # The path of an operation
//
// The loop of a client decides when it sends an operation:
//
//	open.go      openLoop       at its intended start, by a pacer of several clients
//	closed.go    closedLoop     after the reply to the one before
//	pipeline.go  pipelinedLoop  after any reply, in a closed loop with several
//	                            operations in flight
//
// A pacer sends on one goroutine, and a goroutine for each connection receives. In a
// pipeline, the goroutine that receives a reply also sends the next operations. In any
// other closed loop one goroutine sends and receives.
//
// An operation passes through these functions, in this order:
//
//	sender.go             sender.prepare       of an open loop: takes a free slot
//	run.go                run.prepare          fills the slot with the next operation
//	workload/source.go    Source.Next          makes operation, key and value
//	slot.go               slot.encode          makes the request; not timed
//	workload/ledger.go    Ledger.Begin         notes what the client knows of the record
//	pacer.go, waiter.go   pacer.await          of an open loop: waits for the intended start
//	connection.go         connection.send      stamps the send
//	node/conn.go          Conn.Send, TrySend   writes to the socket
//	node/session.go       session.reply        parses the request and does it
//	node/store.go         Store.Put, ...       changes the table
//	connection.go         connection.receive   waits for the reply
//	target/dht.go, ...    ReadReply            reads it, and computes the outcome
//	connection.go         connection.receive   stamps the completion
//	slot.go               slot.finish          takes outcome and value; not timed
//	workload/ledger.go    Ledger.End           verifies the value
//	recorder.go           recorder.record      counts and records
//	trial.go              coordinator.trial    makes the record of all clients
//	results/summary.go    Summarize            medians over trials
//	plots                                      figures and tables
//
// # Latency
//
// A closed loop records service time, completion - send, on the agent's monotonic
// clock. Throughput is that of the window in which all clients run.
//
// An open loop (--rate) has a schedule that covers the window [0, T] and does not
// depend on replies. It records response time, completion - intended start,
// service time, and lag, send - intended start: how late the generator is. An
// operation that is due while no slot is free, or no connection to its server has
// room, is queued.
// For a grace period after T, queued operations are sent and replies are awaited.
// Operations that are not sent by then count as unsent. A rate that cannot be
// sustained at all ends the trial early.
//
// # Trust
//
// Before the first run of each target and number of clients, the coordinator measures
// the clients at null servers. These speak the protocol of the target, store nothing
// and answer at once ([results.Baseline]). In every trial, agents and servers report
// pauses, hiccups and lost processor time. [results.Trial.Judge] derives warnings and a
// verdict from all of these.
package bench
