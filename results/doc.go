// Package results holds what was measured: the record of one trial, the file
// that records are kept in, latency histograms, and the statistics derived from
// them. It knows nothing of how a trial was run, and nothing above it opens a
// histogram or a results file by other means.
//
// # The record
//
// One [Trial] is one setting ([Params]), one operation kind and one repeat. It
// is one line of JSON and stands by itself: parameters, start, per-client counts
// and histograms, the timeline, the facts of every host and of the build, and a
// verdict with its warnings. Results files are therefore plain text to
// concatenate, cut and diff:
//
//	{"schema":3,"params":{"operation":"put",...},"started":"2026-...","clients":[...],...}
//
// Units end the names: _ns is nanoseconds, _bytes is bytes, _per_s is per second.
// Everything printed or drawn is derived from the record; derived numbers are
// not stored. Histograms are added, and no percentile is ever averaged within a
// trial; across trials the median of the trials' percentiles is taken
// ([Summary]). A record that contradicts itself is refused, one that is only
// suspect is judged ([Trial.Judge]). A new warning is a detector in detect_*.go,
// listed in verdict.go, and its sentence in sentence.go.
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
//	   breakdown, null is baseline; arrival was deleted
//
// Records of all schemas read. What is new in a schema is not known of earlier
// records, and their warnings are kept as sentences ([Legacy]).
package results
