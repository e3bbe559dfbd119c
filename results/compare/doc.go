// Package compare compares two sides of a benchmark, A and B: two results files, or the
// two sides of one run. It answers whether B differs from A, in which settings and by
// how much, and which difference could have been found.
//
// Each metric of each setting is a row of the comparison: the logarithms of its values
// in all trials. The sides are compared by a joint test over all rows.
//
// Sides that were measured in turn are paired: repeat r of A and repeat r of B belong
// together. If there is no difference, the ratios B/A and A/B of a repeat are equally
// likely. So the test flips the signs of whole repeats, in all rows at once, and takes
// the largest effect of any row (max-T; Westfall and Young, Resampling-Based Multiple
// Testing, 1993). The p-value of a row is the share of flips whose largest effect is at
// least the effect of the row. It is adjusted for all rows. The smallest possible one
// with 6 repeats is 1/32.
//
// Two files are not paired. The test then exchanges whole repeats between the files. A
// change of the machine between the two runs cannot be distinguished from a change of
// the store.
//
// An effect is divided by a scale that flips and exchanges do not change: the root of
// the average of the row's mean square and the mean square over all rows of its metric.
// With 6 repeats, the row's own standard deviation varies too much to find anything, and
// without a scale the noisiest row hides the others.
//
// One more row for each metric is the mean over all settings. It finds a difference that
// is everywhere and too small to be found in one setting.
package compare
