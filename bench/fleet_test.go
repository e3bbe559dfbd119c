package bench

import (
	"slices"
	"testing"
)

// TestProbesGrowWithHosts: the number of probes is proportional to that of hosts, and
// each host is probed by itself and others.
func TestProbesGrowWithHosts(t *testing.T) {
	for _, n := range []int{1, 2, maxProbes, maxProbes + 1, 256} {
		probed := make([]int, n)
		for i := range n {
			hosts := probesOf(i, n)
			if len(hosts) != min(n, maxProbes) || !slices.Contains(hosts, i) || !slices.IsSorted(hosts) {
				t.Fatalf("host %d of %d probes %v", i, n, hosts)
			}
			for _, to := range hosts {
				probed[to]++
			}
		}
		if slices.Min(probed) != min(n, maxProbes) || slices.Max(probed) != min(n, maxProbes) {
			t.Errorf("%d hosts are probed %v times", n, probed)
		}
	}
}
