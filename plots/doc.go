// Package plots makes figures and REPORT.md from results files. The same file always
// gives the same bytes.
//
// # Figures
//
// The figures of one results file are in one folder, plots/loopback/*.svg for
// results/loopback.jsonl. Each figure has a version NAME.svg for pages and a version
// NAME-narrow.svg for phones. Its title is a question, its subtitle the answer with the
// number of trials, and its description says where and how it was measured. Package
// chart draws. Most figures have a file of their name:
//
//	response-time  mean latency against the number of clients
//	percentiles    p50, p99 and p99.9 against the number of clients
//	rate           instead of both, where an open loop was offered several rates:
//	               p50 and p99 of response and service time against them
//	throughput     throughput against the number of clients, with the Universal
//	               Scalability Law (package scaling), and the efficiency; or the
//	               achieved rate against the offered one, and its share
//	distribution   latency by percentile, at the lightest and heaviest load
//	breakdown      parts of the mean response time, where nodes reported them
//	timeline       latency over time of one trial, and hiccups, where recorded
//
// These are figures of a sweep: trials that differ only in operation, load and repeat.
// If a file holds several sweeps (both placements, or rates at each of several numbers
// of clients), each has its own folder below that of the file. Figures of the whole
// file compare sweeps:
//
//	lag    how much later than intended operations were sent, by pacing; of a sweep
//	       over numbers of clients at one rate, against these
//	truth  with an injected stall: the true response time, and those measured by
//	       an open and a closed loop
//
// Sweeps that differ only in their target have these figures instead of their own:
//
//	peers     p99 against throughput, by target
//	capacity  in a closed loop, throughput with the most clients, in all and per
//	          second of the servers' processor time
//
// A study of verdicts, whose trials have injected faults, has only one figure:
//
//	verdict  the share of trials that are not VALID, by case
//
// The command compare draws one more figure: the ratios of two sides, with intervals.
//
// Colour, dash and marker distinguish series, thickness percentiles. A hollow marker is
// a rate that was not sustained, a ring a SUSPECT trial, a cross an INVALID one. With
// one trial for each setting there are markers and no line.
//
// # Report
//
// REPORT.md is rendered from report.md.tmpl, a text/template. An unknown function,
// file, figure or argument is an error that names the line of the template. The
// template begins with the sweeps that it uses:
//
//	{{$loopback := sweep "results/loopback.jsonl"}}
//
//	sweep FILE [KEY=VALUE...]  the only sweep of a results file with these
//	                           parameters, as "placement=embedded"; FILE is
//	                           relative to the report
//	exists FILE                whether there is such a file
//	file FILE                  all sweeps of a results file
//
// Blocks, each a paragraph:
//
//	figure NAME SWEEP    a figure, with its description as alternative text; those
//	                     of a whole file are of a file instead of a sweep
//	table SWEEP          latencies and throughput of every setting
//	environment SWEEP    hosts, build, workload and command line
//	verdicts SWEEP       how many trials are VALID, SUSPECT and INVALID, and their
//	                     warnings
//	truth FILE           with an injected stall, or a service time that is too long
//	                     for the offered rate: true and measured percentiles, and
//	                     errors
//	study FILE           with injected faults: the verdicts of each case
//	peers FILE           of several targets: ratios of throughput, p50 and p99, each
//	                     of trials of the same repeat
//	servers FILE         of several targets in a closed loop: programs, threads,
//	                     throughput, processor time and memory
//	law SWEEP            of a closed loop: the coefficients of the scalability law,
//	                     and the peak or why it is not known
//	lags SWEEP           the lag at each number of clients of an open loop
//
// Numbers inside a sentence:
//
//	{{$loopback | of "get" | at 8 | value "p99"}}
//	{{ratio "throughput" ($loopback | at 8) ($loopback | at 1)}}
//
//	of OPERATION SWEEP    the part of a sweep with one operation
//	at LOAD SWEEP         the part with one number of clients, or one rate where the
//	                      sweep is of rates; "min" and "max" are its ends
//	value FIGURE SWEEP    a figure in the unit that suits it: its range where several
//	                      settings are left. Mean, p50, p99, p99.9 and max are of the
//	                      response time in an open loop and of the service time in a
//	                      closed one, or of the latency before them: "lag p99",
//	                      "service mean", "baseline p50". Others are throughput,
//	                      whole (over the whole trial), achieved (of the offered
//	                      rate) and baseline throughput.
//	ratio FIGURE A B      the figure of A divided by that of B; reference, in place of
//	                      a sweep, is the course report
//
// Facts of a sweep, such as {{$loopback.Cores}}, are its exported methods. Those of a
// file that compares targets are of {{$peers.Compared}}, the trials of all targets.
package plots
