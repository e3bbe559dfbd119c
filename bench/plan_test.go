package bench

import (
	"strings"
	"testing"

	"dhtbench/results"
)

// phases are the parameters of a small closed loop of put, get and del.
func phases() results.Params {
	return results.Params{
		Loop: results.ClosedLoop, Nodes: 1, Clients: 8, Operations: 1000, Warmup: 50,
		KeyBytes: 16, ValueBytes: 32, Placement: results.SeparatePlacement, Seed: 1,
	}
}

// mixed are those of a small mixed workload.
func mixed(mix string) results.Params {
	p := phases()
	p.Operation, p.Workload, p.Records = results.Mix, mix, 500
	return p
}

// planOf is the plan of parameters that are valid.
func planOf(t testing.TB, p results.Params) plan {
	t.Helper()
	w, err := newPlan(p)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestPlanReportsAllErrors(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*results.Params)
		wants  []string
	}{
		"sizes": {func(p *results.Params) { p.Operations, p.Warmup, p.KeyBytes, p.ValueBytes = 0, -1, 7, 1<<20+1 },
			[]string{"--ops 0", "--warmup -1", "--key-bytes 7", "--value-bytes 1048577"}},
		"many":        {func(p *results.Params) { p.Operations = 1<<63 - 1 }, []string{"--ops 9223372036854775807: must be 1 to 100000000"}},
		"keys":        {func(p *results.Params) { p.Keys = "latest" }, []string{"--keys latest needs --workload"}},
		"duration":    {func(p *results.Params) { p.DurationNS = 1e9 }, []string{"--duration needs --rate or --workload"}},
		"scan":        {func(p *results.Params) { p.Workload, p.Records = "ycsb-e", 1 }, []string{"ycsb-e", "scans"}},
		"no records":  {func(p *results.Params) { p.Workload = "ycsb-c" }, []string{"--records 0"}},
		"no rate":     {func(p *results.Params) { p.Loop, p.Inflight = results.OpenLoop, 1 }, []string{"--rate 0"}},
		"no inflight": {func(p *results.Params) { p.Loop, p.RateOpsPerS = results.OpenLoop, 1 }, []string{"--inflight 0"}},
		"embedded": {func(p *results.Params) {
			p.Loop, p.RateOpsPerS, p.Inflight, p.Placement = results.OpenLoop, 1, 1, results.EmbeddedPlacement
		}, []string{"--placement embedded"}},
		"breakdown": {func(p *results.Params) { p.Breakdown = true }, []string{"--breakdown needs --rate"}},
		"many due": {func(p *results.Params) {
			p.Loop, p.RateOpsPerS, p.Inflight, p.Clients, p.DurationNS = results.OpenLoop, 1e7, 1, 1, 20e9
		}, []string{"--rate 10000000 for 20s"}},
	} {
		p := phases()
		c.change(&p)
		_, err := newPlan(p)
		for _, want := range c.wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v does not name %q", name, err, want)
			}
		}
	}
	planOf(t, phases())
	planOf(t, mixed("ycsb-a"))
}
