package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxClients bounds the number of clients of a trial.
const maxClients = 10000

// ClientCounts is a list of numbers of clients, rising and without repetition,
// written as numbers and ranges: "1-8" or "1,2,4-6".
type ClientCounts []int

// UnmarshalText reads such a list.
func (c *ClientCounts) UnmarshalText(text []byte) error {
	var counts []int
	for part := range strings.SplitSeq(string(text), ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("number of clients %q: want numbers and ranges such as 1-8 or 1,2,4", part)
		}
		if from < 1 || to < from || to > maxClients {
			return fmt.Errorf("number of clients %q: want 1 to %d, the smaller number first", part, maxClients)
		}
		for n := from; n <= to; n++ {
			counts = append(counts, n)
		}
	}
	slices.Sort(counts)
	*c = slices.Compact(counts)
	return nil
}
