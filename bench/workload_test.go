package bench

import (
	"strings"
	"testing"

	"dhtbench/node"
	"dhtbench/results"
)

// phases are the parameters of a small closed loop of put, get and del.
func phases() results.Params {
	return results.Params{
		Loop: Closed, Nodes: 1, Clients: 8, Operations: 1000, Warmup: 50,
		KeyBytes: 16, ValueBytes: 32, Placement: Separate, Seed: 1,
	}
}

// mixed are those of a small mixture.
func mixed(mix string) results.Params {
	p := phases()
	p.Operation, p.Workload, p.Records = mixture, mix, 500
	return p
}

// reads are workloads that are what the test says.
func reads(t testing.TB, p results.Params) workload {
	t.Helper()
	w, err := newWorkload(p)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWorkloadNamesAllFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*results.Params)
		wants  []string
	}{
		"sizes": {func(p *results.Params) { p.Operations, p.Warmup, p.KeyBytes, p.ValueBytes = 0, -1, 7, 1<<20+1 },
			[]string{"--ops 0", "--warmup -1", "--key-bytes 7", "--value-bytes 1048577"}},
		"many":        {func(p *results.Params) { p.Operations = 1<<63 - 1 }, []string{"--ops 9223372036854775807: must be 1 to 100000000"}},
		"keys":        {func(p *results.Params) { p.Keys = "latest" }, []string{"--keys latest: without --workload"}},
		"duration":    {func(p *results.Params) { p.DurationNS = 1e9 }, []string{"--duration: without --workload or --rate"}},
		"scan":        {func(p *results.Params) { p.Workload, p.Records = "ycsb-e", 1 }, []string{"ycsb-e", "scans"}},
		"no records":  {func(p *results.Params) { p.Workload = "ycsb-c" }, []string{"--records 0"}},
		"no rate":     {func(p *results.Params) { p.Loop, p.Inflight = Open, 1 }, []string{"--rate 0"}},
		"no inflight": {func(p *results.Params) { p.Loop, p.RateOpsPerS = Open, 1 }, []string{"--inflight 0"}},
		"embedded":    {func(p *results.Params) { p.Loop, p.RateOpsPerS, p.Inflight, p.Placement = Open, 1, 1, Embedded }, []string{"--placement embedded"}},
		"anatomy":     {func(p *results.Params) { p.Breakdown = true }, []string{"--anatomy: needs --rate"}},
	} {
		p := phases()
		c.change(&p)
		_, err := newWorkload(p)
		for _, want := range c.wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v does not name %q", name, err, want)
			}
		}
	}
	reads(t, phases())
	reads(t, mixed("ycsb-a"))
}

func TestKeysOfAllClientsDiffer(t *testing.T) {
	for _, keyBytes := range []int{minKeyBytes, minKeyBytes + 1, 16, 100} {
		p := phases()
		p.KeyBytes = keyBytes
		seen := make(map[string]bool)
		for client := range p.Clients {
			s := newSource(reads(t, p), client)
			s.begin(node.OpPut, 0)
			for i := range p.Operations + p.Warmup {
				var o operation
				s.next(&o)
				if len(o.key) != keyBytes || seen[string(o.key)] {
					t.Fatalf("key %d of client %d, %q, is not new or not %d long", i, client, o.key, keyBytes)
				}
				seen[string(o.key)] = true
			}
		}
	}
}

func TestPermuteNeverCollides(t *testing.T) {
	for _, seed := range []uint64{0, 1, 1 << 60} {
		seen := make(map[uint64]bool)
		for x := range uint64(100_000) {
			y := permute(x, seed)
			if seen[y] || y >= 1<<keyBits {
				t.Fatalf("seed %d: %d goes to %d, which is taken or too large", seed, x, y)
			}
			seen[y] = true
		}
	}
}

// digestOf is the digest of the first operations of a client.
func digestOf(t *testing.T, p results.Params, client int) string {
	s := newSource(reads(t, p), client)
	s.begin(node.OpPut, 0)
	var o operation
	for range 1000 {
		s.next(&o)
	}
	return s.sumText()
}

// TestStreamIsFixed holds the operations that a seed stands for: records name the
// seed, so it must mean the same in every build.
func TestStreamIsFixed(t *testing.T) {
	s := newSource(reads(t, phases()), 3)
	s.begin(node.OpPut, 0)
	var o operation
	s.next(&o)
	if got, want := string(o.key), "x3s8ntkM"; got[:8] != want {
		t.Errorf("first key of client 3 is %q, want %q...", got, want)
	}
	other := mixed("ycsb-a")
	other.Seed = 2
	digests := map[string]bool{}
	for _, d := range []string{digestOf(t, phases(), 3), digestOf(t, mixed("ycsb-a"), 3), digestOf(t, mixed("ycsb-a"), 4), digestOf(t, other, 3)} {
		digests[d] = true
	}
	if len(digests) != 4 {
		t.Errorf("workload, client or seed make no difference: %v", digests)
	}
	if a, b := digestOf(t, mixed("ycsb-d"), 0), digestOf(t, mixed("ycsb-d"), 0); a != b {
		t.Errorf("the same stream has digests %s and %s", a, b)
	}
}

// TestMixtureReadsWhatThereIs follows all records of a mixture that inserts: what
// is read was loaded or inserted by the same client before.
func TestMixtureReadsWhatThereIs(t *testing.T) {
	p := mixed("ycsb-d")
	for client := range p.Clients {
		s := newSource(reads(t, p), client)
		there := make(map[uint64]bool)
		var o operation
		inserts := 0
		for range 10_000 {
			s.next(&o)
			switch {
			case o.op == node.OpPut:
				if o.record < uint64(p.Records) || there[o.record] || int(o.record-uint64(p.Records))%p.Clients != client {
					t.Fatalf("client %d inserts record %d", client, o.record)
				}
				there[o.record] = true
				inserts++
			case o.record >= uint64(p.Records) && !there[o.record]:
				t.Fatalf("client %d reads record %d, which it did not insert", client, o.record)
			}
		}
		if inserts < 400 || inserts > 600 {
			t.Errorf("%d inserts of 10,000, want about 5 %%", inserts)
		}
	}
}

func TestReadModifyWriteIsAGetAndThenAPut(t *testing.T) {
	s := newSource(reads(t, mixed("rmw=1")), 0)
	for range 100 {
		var get, put operation
		s.next(&get)
		record := get.record
		s.next(&put)
		if get.op != node.OpGet || put.op != node.OpPut || put.record != record {
			t.Fatalf("%v of %d, then %v of %d", get.op, record, put.op, put.record)
		}
	}
}

// BenchmarkNext is the cost of making one operation, which stands outside of what
// is timed.
func BenchmarkNext(b *testing.B) {
	for name, p := range map[string]results.Params{"phase": phases(), "ycsb-a": mixed("ycsb-a")} {
		b.Run(name, func(b *testing.B) {
			s := newSource(reads(b, p), 0)
			s.begin(node.OpPut, 0)
			var o operation
			b.ReportAllocs()
			for b.Loop() {
				s.next(&o)
			}
		})
	}
}
