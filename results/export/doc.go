// Package export writes results files in the formats of other tools, and merges results
// files.
//
//	bench        Go benchmark format, one line a trial: benchstat
//	hlog         HdrHistogram log V1.3, one line a trial: HdrHistogram's tools
//	hgrm         percentiles of one setting, its trials added: HdrHistogram's plotter
//	csv          one row a trial: spreadsheets, pandas, Apache Otava
//	openmetrics  OpenMetrics text, medians of each setting: Prometheus
//
// Latency is response time in an open loop and service time in a closed one. It
// includes all operations that were due: one without a reply counts with the time until
// it was given up ([results.Sample]). Trials are written in order of their start.
//
// A setting has the same name in all formats: its parameters by their names in the
// record, such as operation=put/target=dht/clients=8. Parameters that differ in the file
// are part of the name.
//
// # Go benchmark format
//
// Parameters that are not part of the name are configuration lines. A figure whose
// median is unknown or only a lower bound is left out of all lines of its setting, so
// that the medians of benchstat are those of [results.Summarize].
//
// # HdrHistogram
//
// The tag of a line is the name of the setting; a comma in it is written as +. Start is
// in seconds since BaseTime, the start of the first trial. Latencies outside 1 ns to 60
// s are in no bucket and are left out.
//
// # CSV
//
// Names of columns end in the unit: _ns, _bytes, _ops_per_s. An unknown figure is an
// empty field. The column at_least names figures that are only lower bounds. With one
// setting the rows are a history as Apache Otava reads it:
//
//	tests:
//	  put8:
//	    type: csv
//	    file: put8.csv
//	    time_column: time
//	    attributes: [revision]
//	    metrics:
//	      p99: {column: p99_ns, direction: -1}
//	      throughput: {column: throughput_ops_per_s, direction: 1}
//
// # OpenMetrics
//
// Times are in seconds. The latency of a setting is a summary: its quantiles are medians
// over trials, its count and sum are of all trials together. Quantiles that are unknown
// or lower bounds are left out.
package export
