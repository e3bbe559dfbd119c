// Package plots turns results files into what people look at: figures, and the
// generated parts of REPORT.md. It reads records through package results, runs
// nothing and measures nothing: the same file gives the same bytes on every run.
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
// Colour, dash and marker tell the series, thickness the percentile. A hollow marker
// is a rate that was not sustained, a ring a SUSPECT trial, a cross an INVALID one.
// Where a setting has one trial there are markers and no line.
//
// # Markers
//
// Generated text in REPORT.md lies between two HTML comments, which GitHub does
// not show; what is outside of them is never touched:
//
//	<!-- dhtbench:KIND FILE key=value ... -->...<!-- dhtbench:end -->
//
// FILE is a results file, relative to the report. Blocks, whose two comments
// have a line each to themselves:
//
//	table     latencies and throughput of every setting
//	measured  the hosts, the build, the workload and the command line
//	doubts    each distinct warning, and of which trials
//	verdicts  how many trials are VALID, SUSPECT and INVALID, and doubts
//	truth     of nodes that stall: true percentiles, those measured, and their error
//	figure    name=response-time: the drawing, with a text for who cannot see it
//
// Inline, inside a paragraph:
//
//	value  figure=mean|p50|p99|p99.9|max|throughput|whole|achieved
//	       latency=response|service|lag|null (else response time in an open loop and
//	       service time in a closed one; null is that of the null server)
//	       operation=put|get|del|mix, several with commas, or all
//	       clients=8, several with commas, or min, max, all
//	       rate=2000, the same, where a sweep is of rates; clients=8 then picks it
//	       over=1 or over=reference: how many times the same figure at 1 client (or at
//	       a rate of 1), or the reference report's; under= is the inverse
//	       unit=ns|us|ms|s (else the one that suits the number)
//	fact   name=cpu, cores, nodes, operations, trials, doubtful, ...: see facts
//
// Where several operations, clients or rates are named, a value is a range. Any
// other key picks a sweep by a parameter of the record, as placement=embedded or
// stall=none does, and is needed where the file holds several; a truth block takes
// all sweeps that match.
package plots
