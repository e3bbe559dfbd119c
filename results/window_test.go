package results

import (
	"math"
	"strings"
	"testing"
	"time"
)

// steady is a client that does n operations of equal length between two times.
func steady(number int, startNS, endNS int64, n int) Client {
	c := Client{Client: number, StartNS: startNS, EndNS: endNS, Counts: Counts{OK: int64(n)}, Service: NewHistogram()}
	each := (endNS - startNS) / int64(n)
	for range n {
		c.Service.Record(time.Duration(each))
	}
	for i := int64(1); i <= 100; i++ {
		c.MarksNS = append(c.MarksNS, (endNS-startNS)*i/100)
	}
	return c
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-6*math.Abs(want) }

func TestWindows(t *testing.T) {
	second := int64(time.Second)
	trial := Trial{
		Params:  Params{Clients: 2},
		Clients: []Client{steady(0, 0, 10*second, 1000), steady(1, 2*second, 7*second, 1000)},
	}
	if whole := trial.Whole(); whole.Operations != 2000 || !near(whole.Throughput(), 200) {
		t.Errorf("whole: %+v, %v/s", whole, whole.Throughput())
	}
	// From 2 s to 7 s client 0 does 100/s and client 1 does 200/s.
	if active := trial.Active(); !near(active.Operations, 1500) || !near(active.Throughput(), 300) {
		t.Errorf("active: %+v, %v/s", active, active.Throughput())
	}
	// 300/s at a mean of 7.5 ms is 2.25 operations under way by 2 clients: the
	// clients were not alike, and Little's law is not kept.
	if little := trial.Little(); !near(little, 1.125) {
		t.Errorf("Little's law gives %v, want 1.125", little)
	}
}

func TestWindowOfClientsThatNeverMeet(t *testing.T) {
	trial := Trial{
		Params:  Params{Clients: 2},
		Clients: []Client{steady(0, 0, 1e9, 100), steady(1, 2e9, 3e9, 100)},
	}
	if got := trial.Active().Throughput(); got != 0 {
		t.Errorf("throughput %v of an empty window", got)
	}
	if doubts := strings.Join(trial.Doubts(), "\n"); !strings.Contains(doubts, "at no time") {
		t.Errorf("doubts %q do not say that clients never met", doubts)
	}
}

func TestDoubts(t *testing.T) {
	healthy := func() Trial {
		return Trial{Params: Params{Clients: 2}, Clients: []Client{steady(0, 0, 1e9, 1000), steady(1, 1e6, 1e9+1e6, 1000)}}
	}
	if doubts := healthy().Doubts(); doubts != nil {
		t.Errorf("a healthy trial is doubted: %q", doubts)
	}
	tests := []struct {
		want  string
		spoil func(*Trial)
	}{
		{"Little's law", func(t *Trial) { t.Clients[0].Service = histogramOf(1); t.Clients[1].Service = histogramOf(1) }},
		{"stragglers", func(t *Trial) { t.Clients[1] = steady(1, 0, 2e9, 1000) }},
		{"start: clients began 60ms apart", func(t *Trial) { t.Clients[1] = steady(1, 60e6, 1e9, 1000) }},
		{"1 wrong values", func(t *Trial) { t.Clients[1].Counts.Wrong++ }},
		{"1 unknown", func(t *Trial) { t.Clients[1].Counts.Unknown++ }},
		{"not resolved", func(t *Trial) { t.Clients[1].Service.Record(2 * time.Minute) }},
	}
	for _, test := range tests {
		trial := healthy()
		test.spoil(&trial)
		if doubts := strings.Join(trial.Doubts(), "\n"); !strings.Contains(doubts, test.want) {
			t.Errorf("doubts %q do not mention %q", doubts, test.want)
		}
	}
}

func TestSummarize(t *testing.T) {
	var trials []Trial
	for _, setting := range []struct {
		operation string
		clients   int
	}{{"get", 2}, {"put", 1}, {"get", 1}} {
		for repeat := range 3 {
			p := Params{Operation: setting.operation, Clients: setting.clients, Operations: 1000, Repeat: repeat}
			trial := Trial{Params: p}
			for i := range setting.clients {
				trial.Clients = append(trial.Clients, steady(i, 0, int64(repeat+1)*1e9, 1000))
			}
			trials = append(trials, trial)
		}
	}
	sums := Summarize(trials)
	var order []string
	for _, s := range sums {
		order = append(order, s.Setting.Operation)
	}
	if strings.Join(order, " ") != "put get get" || sums[1].Setting.Clients != 1 || sums[2].Setting.Clients != 2 {
		t.Fatalf("order %v", order)
	}
	s := sums[2]
	if s.Trials != 3 || s.Counts.OK != 6000 || !near(s.Throughput.Median, 1000) || s.Mean.Median != 2e6 || s.Max != 3e6 {
		t.Errorf("%+v", s)
	}
	if s.P999.Known() {
		t.Error("2,000 operations do not support p99.9")
	}
	if s.Throughput.HasInterval() {
		t.Error("3 trials have no interval")
	}
}

// TestFewOperations: with fewer operations than marks, some marks are equal.
func TestFewOperations(t *testing.T) {
	for _, n := range []int{1, 2, 50} {
		c := steady(0, 0, 1e9, n)
		for i := range c.MarksNS {
			c.MarksNS[i] = int64((i*n+n+99)/100) * 1e9 / int64(n)
		}
		trial := Trial{Params: Params{Clients: 1}, Clients: []Client{c}}
		if got := trial.Active().Operations; !near(got, float64(n)) {
			t.Errorf("%d operations counted as %v", n, got)
		}
	}
}
