// Package results defines the record of a trial, the file of records, latency
// histograms, and the statistics derived from them. It does not depend on how trials
// are run. Other packages read histograms and results files only through it.
//
// # The record
//
// One [Trial] is one setting ([Params]), one operation kind and one repeat. Its
// record is one line of JSON and complete in itself: parameters, start, per-client
// counts and histograms, the timeline, the facts of every host and of the build, and
// a verdict with its warnings. So results files can be concatenated, cut and
// compared as text:
//
//	{"schema":3,"params":{"operation":"put",...},"started":"2026-...","clients":[...],...}
//
// Units end the names: _ns is nanoseconds, _bytes is bytes, _per_s is per second.
// Everything printed or drawn is derived from the record; derived numbers are not
// stored. Within a trial, histograms are added and percentiles are never averaged.
// Across trials, figures are medians of the trials' percentiles ([Summary]). A record
// that contradicts itself is refused. [Trial.Judge] gives records a verdict and
// warnings. A new warning is a detector in detect_*.go, listed in verdict.go, and its
// sentence in warning.go. The file schema.json is the JSON schema of the record.
//
// # Schema history
//
//	1  closed loop; put, get, del; service time
//	2  open loop: params.rate_ops_per_s and what belongs to it, of each client
//	   response, lag, held and arrival; mixed workloads: params.workload, kinds;
//	   wrong values by what was wrong; anatomy; timeline; nodes; what runtime,
//	   kernel and hypervisor did to processes; null; verdict
//	3  the window of an open loop: params.grace_ns, of each client window_ns,
//	   completed, no_reply, ended and counts.unsent; params.duration_ns for every
//	   open loop. The timeline counts by intended start instead of completion.
//	   Warnings are data instead of sentences. held is queued, anatomy is
//	   breakdown, null is baseline; arrival was deleted. Added later, in the same
//	   schema: params.target, servers, connections, pipeline and service_time_ns;
//	   key_salt; program and cpu_ns of each node; rss_bytes, goroutines, descriptors
//	   and at_start of each node and agent; histograms of up to 64 latencies as a
//	   list, values_ns
//
// Records of all schemas can be read. Fields that are new in a schema are zero in
// earlier records, and their warnings stay sentences ([Legacy]).
package results
