// Reads a log of HdrHistogram on standard input with its JavaScript port. Prints a JSON
// array of each interval: tag, count, start in ms, end in ms, p50, p90, p99, p99.9 and
// p100 in ns; then the percentiles of all intervals together.
const hdr = require('hdr-histogram-js');
const reader = new hdr.HistogramLogReader(require('fs').readFileSync(0, 'utf8'), 64);
let sum;
for (let h; (h = reader.nextIntervalHistogram()) !== null;) {
  console.log(JSON.stringify([h.tag, h.totalCount, h.startTimeStampMsec, h.endTimeStampMsec,
    ...[50, 90, 99, 99.9, 100].map(p => h.getValueAtPercentile(p))]));
  if (sum) sum.add(h); else sum = h;
}
console.log(sum.outputPercentileDistribution(5, 1e6));
