package results

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShareInterval(t *testing.T) {
	for _, c := range []struct {
		share     Share
		low, high float64 // R: binom.test(of, all)$conf.int
	}{
		{Share{0, 20}, 0, 0.1684335},
		{Share{1, 20}, 0.001265089, 0.2487328},
		{Share{10, 20}, 0.2719578, 0.7280422},
		{Share{20, 20}, 0.8315665, 1},
		{Share{0, 0}, 0, 1},
	} {
		low, high := c.share.Interval()
		if math.Abs(low-c.low) > 1e-5 || math.Abs(high-c.high) > 1e-5 {
			t.Errorf("%+v: [%.7g, %.7g], want [%.7g, %.7g]", c.share, low, high, c.low, c.high)
		}
	}
}

func TestShareIntervalHoldsTheTruth(t *testing.T) {
	const n = 20
	for p := 0.01; p < 1; p += 0.01 {
		held := 0.0
		for k := range n + 1 {
			if low, high := (Share{k, n}).Interval(); low <= p && p <= high {
				held += binomial(k, n, p)
				if k > 0 {
					held -= binomial(k-1, n, p)
				}
			}
		}
		if held < Confidence-1e-9 {
			t.Errorf("a share of %.2f is held with %.4f", p, held)
		}
	}
}

func TestConfusion(t *testing.T) {
	faulty := func(name string, trial Trial, change func(*Trial)) Trial {
		trial.Params.Fault = name
		if change != nil {
			change(&trial)
		}
		return trial
	}
	held := func(t *Trial) { t.Agents[0].Hiccups = []Hiccup{{AtNS: second, NS: second / 2}} }
	collecting := func(t *Trial) { t.Agents[0].GCPauseNS = second / 2 }
	ruined := func(t *Trial) { t.Agents[0].ThrottledNS = second }
	trials := []Trial{
		faulty(QuotaFault, open(ConstantArrivals), ruined),
		faulty(StoppedAgentFault, open(ConstantArrivals), held),
		faulty(StoppedAgentFault, open(ConstantArrivals), collecting), // another code than the right one
		faulty(StoppedAgentFault, open(ConstantArrivals), nil),        // missed
		open(ConstantArrivals),
		closed(),
		faulty("", closed(), held), // a false alarm
	}
	got := Confusion(trials)
	want := []Case{
		{Name: "closed with 2 clients", Trials: 2, Valid: 1, Suspect: 1, Codes: map[string]int{"hiccups": 1}},
		{Name: "2000/s with 2 clients", Trials: 1, Valid: 1, Codes: map[string]int{}},
		{Name: "stopped agent", Fault: StoppedAgentFault, Trials: 3, Valid: 1, Suspect: 2, Right: 1, Codes: map[string]int{"hiccups": 1, "gc": 1}},
		{Name: "cpu quota", Fault: QuotaFault, Trials: 1, Invalid: 1, Right: 1, Codes: map[string]int{"throttling": 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if pool := Pool(got, true); pool.NotValid() != (Share{1, 3}) {
		t.Errorf("of healthy trials %+v are not valid", pool.NotValid())
	}
	if pool := Pool(got, false); pool.NotValid() != (Share{3, 4}) || pool.RightCode() != (Share{2, 4}) {
		t.Errorf("of trials with a fault %+v are not valid, %+v with the right code", pool.NotValid(), pool.RightCode())
	}
	if !IsStudy(trials) || IsStudy(trials[4:]) {
		t.Error("a study is one without a fault, or the reverse")
	}
}

func TestFaultsNameKnownCodes(t *testing.T) {
	for _, f := range faults() {
		for _, code := range f.codes {
			if !slices.Contains(Codes(), code) {
				t.Errorf("%s: unknown code %q", f.name, code)
			}
		}
	}
}
