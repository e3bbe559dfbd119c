// Package plots turns results files into what people look at: figures, and the
// generated parts of REPORT.md. It reads records through package results, runs
// nothing and measures nothing: the same file gives the same bytes on every run.
//
// # Figures
//
// One results file is drawn into one folder, plots/loopback/*.svg for
// results/loopback.jsonl. Figures of a sweep, which is the trials that differ in
// operation, load and repeat alone:
//
//	response-time.svg  mean latency against the number of clients
//	percentiles.svg    p50, p99 and p99.9 against the number of clients
//	rate.svg           instead of both, where an open loop was offered several
//	                   rates: p50 and p99 of response and service time against them
//	throughput.svg     throughput against the number of clients, or the achieved rate
//	                   against the offered one
//	distribution.svg   latency by percentile, at the lightest and heaviest load
//	anatomy.svg        what the mean is made of, where nodes told how long they took
//	timeline.svg       latency over time of one trial, and hiccups, where recorded
//
// A file that holds several sweeps (say both placements, or rates at each of
// several numbers of clients) gets a folder below that for each. Figures of the
// file, which compare what lies in several sweeps:
//
//	lag.svg    how much later than meant operations were sent, by pacing
//	truth.svg  where nodes were told to stall: the true response time beside what an
//	           open and a closed loop made of it
//
// Where trials have a calibration, what the same clients did at servers that answer
// at once is drawn in grey.
//
// Note: the drawing is done on gonum's canvas (vg, vg/draw, vg/vgsvg), but not
// with its plot.Plot, whose log axes panic on a range of one value and name no
// tick inside a decade, whose legend lies inside the data, and whose margins
// depend on the data, so that panels do not line up.
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
