package bench

import "testing"

func TestPacersShareProcessors(t *testing.T) {
	for _, c := range []struct {
		processors, clients, pacers, runtime int
		share                                float64
	}{
		{1, 1, 1, 3, 1}, {1, 1000, 1, 3, 1}, {2, 4, 1, 4, 1}, {8, 1, 1, 10, 1}, {8, 100, 2, 11, 1}, {16, 3, 3, 20, 1},
	} {
		n := pacersOf(c.processors, c.clients)
		if share := spinShare(c.processors, n); n != c.pacers || share != c.share || openProcessors(c.processors, n) != c.runtime {
			t.Errorf("%d processors and %d clients: %d pacers, share %v, GOMAXPROCS %d; want %d, %v, %d", c.processors, c.clients,
				n, share, openProcessors(c.processors, n), c.pacers, c.share, c.runtime)
		}
	}
}
