// Package plots turns results files into what people look at: figures, and the
// generated parts of REPORT.md. It reads records through package results, runs
// nothing and measures nothing: the same file gives the same bytes on every run.
//
// # Figures
//
// One results file is drawn into one folder, plots/loopback/*.svg for
// results/loopback.jsonl:
//
//	response-time.svg  mean service time against the number of clients
//	throughput.svg     throughput against the number of clients
//	percentiles.svg    p50, p99 and p99.9 against the number of clients
//	distribution.svg   latency by percentile, for the fewest and most clients
//
// A file that holds several sweeps (say both placements) gets a folder below
// that for each.
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
//	table     mean, percentiles, maximum and throughput of every setting
//	measured  the hosts, the build, the workload and the command line
//	doubts    each distinct warning, and of which trials
//	figure    name=response-time: the drawing, with a text for who cannot see it
//
// Inline, inside a paragraph:
//
//	value  figure=mean|p50|p99|p99.9|max|throughput|whole
//	       operation=put|get|del, several with commas, or all
//	       clients=8, several with commas, or min, max, all
//	       over=1 or over=reference: how many times the same figure at 1 client, or
//	       the reference report's; under= is the inverse
//	       unit=ns|us|ms|s (else the one that suits the number)
//	fact   name=cpu, cores, nodes, operations, trials, doubtful, ...: see facts
//
// Where several operations or clients are named, a value is a range. Any other
// key picks a sweep by a parameter of the record, as placement=embedded does, and
// is needed where the file holds several.
package plots
