// Package plots turns results files into figures and REPORT.md. It reads records
// through package results and measures nothing: the same file gives the same bytes
// on every run.
//
// # Figures
//
// One results file is drawn into one folder, plots/loopback/*.svg for
// results/loopback.jsonl: each figure for a page, and NAME-narrow.svg for a phone.
// The title of a figure asks, its subtitle answers with the number of trials, and
// its description says where and how it was measured. Package chart draws; what a
// figure shows is in the file of its name:
//
//	response-time  mean latency against the number of clients
//	percentiles    p50, p99 and p99.9 against the number of clients
//	rate           instead of both, where an open loop was offered several rates:
//	               p50 and p99 of response and service time against them
//	throughput     throughput against the number of clients, or the achieved rate
//	               against the offered one, and the share of linear growth
//	distribution   latency by percentile, at the lightest and heaviest load
//	breakdown      what the mean is made of, where nodes reported how long they took
//	timeline       latency over time of one trial, and hiccups, where recorded
//
// These are of a sweep: the trials that differ in operation, load and repeat alone.
// A file that holds several sweeps (say both placements, or rates at each of
// several numbers of clients) gets a folder below that for each. Figures of the
// file, which compare what lies in several sweeps:
//
//	lag    how much later than intended operations were sent, by pacing
//	truth  where a stall was injected: the true response time beside what an
//	       open and a closed loop made of it
//
// A study of verdicts, whose trials have injected faults, has one figure alone:
//
//	verdict  the share of trials that are not VALID, by case
//
// Colour, dash and marker tell the series, thickness the percentile. A hollow marker
// is a rate that was not sustained, a ring a SUSPECT trial, a cross an INVALID one.
// Where a setting has one trial there are markers and no line.
//
// # Report
//
// REPORT.md is rendered from report.md.tmpl, a text/template. An unknown function,
// file, figure or argument is an error that names the line of the template. The
// template begins with the sweeps that it speaks of:
//
//	{{$loopback := sweep "results/loopback.jsonl"}}
//
//	sweep FILE [KEY=VALUE...]  the only sweep of a results file with these
//	                           parameters, as "placement=embedded"; FILE is
//	                           relative to the report
//	exists FILE                whether there is such a file
//	file FILE                  all sweeps of a results file
//
// Blocks, each a paragraph of its own:
//
//	figure NAME SWEEP    a figure, with its description as alternative text; lag,
//	                     truth and verdict are of a file instead of a sweep
//	table SWEEP          latencies and throughput of every setting
//	environment SWEEP    hosts, build, workload and command line
//	verdicts SWEEP       how many trials are VALID, SUSPECT and INVALID, and their
//	                     warnings
//	truth FILE           where nodes were told to stall: true percentiles, those
//	                     measured, and their errors
//	study FILE           where faults were injected: how each case was judged
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
//	ratio FIGURE A B      how many times the figure of B that of A is; reference
//	                      is the course report, in place of a sweep
//
// Facts of a sweep, such as {{$loopback.Cores}}, are its exported methods.
package plots
