package results

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// small is a record with a part of every sort, in few operations.
func small() Trial {
	h := func() *Histogram { return histogramOf(5, 6, 7) }
	c := Client{EndNS: 100, Counts: Counts{OK: 2, NotFound: 1, Absent: 1, Failed: 1, Unknown: 1, Unsent: 1, Wrong: 1, Torn: 1}, MarksNS: []int64{10, 10, 90},
		Service: h(), Response: h(), Lag: histogramOf(0, 1, 2), Queued: 1, WindowNS: 400e6, Completed: 2, NoReply: histogramOf(9, 9), Ended: Hopeless,
		Kinds:     map[string]*Histogram{"get": histogramOf(5), "put": histogramOf(6, 7)},
		Breakdown: &Breakdown{Network: h(), Queue: h(), Work: h()}, Digest: "f00d", FirstError: "made up"}
	return Trial{Schema: Schema,
		Params: Params{Operation: Mix, Loop: OpenLoop, Nodes: 1, Clients: 1, Workload: "get=50,put=50",
			RateOpsPerS: 10, Arrivals: ConstantArrivals, Inflight: 1, DurationNS: 400e6, GraceNS: 5, Breakdown: true},
		Clients:    []Client{c},
		Agents:     []Agent{{Host: "h", Clients: []int{0}, GOMAXPROCS: 1, WallNS: 100, Runtime: Runtime{GCs: 1, Hiccups: []Hiccup{{50, 2e6}}}}},
		Nodes:      []Node{{Host: "h", Runtime: &Runtime{GCs: 2}}},
		Timeline:   []Interval{{0, histogramOf(5)}, {3, histogramOf(6, 7)}},
		IntervalNS: 25,
		Baseline:   &Baseline{Operations: 3, Service: h(), ThroughputOpsPerS: 9},
		Verdict:    Invalid, Warnings: []Warning{{Code: "steal", Level: Invalid, Host: "h", Node: new(0), Value: 0.5, Limit: 0.1}, {Code: "drift", Level: Suspect, Value: 0.2, Limit: 0.1}}}
}

// TestContradictionsAreRefused: a record that contradicts itself is refused when it is
// written and when it is read.
func TestContradictionsAreRefused(t *testing.T) {
	tests := []struct {
		want  string
		spoil func(*Trial)
	}{
		{"2 clients listed, params say 1", func(t *Trial) { t.Clients = append(t.Clients, t.Clients[0]) }},
		{"0 clients, want 1 at least", func(t *Trial) { t.Params.Clients, t.Clients = 0, nil }},
		{`loop "half" is neither closed nor open`, func(t *Trial) { t.Params.Loop = "half" }},
		{"params: a negative number", func(t *Trial) { t.Params.Warmup = -1 }},
		{"rate of 0 operations/s", func(t *Trial) { t.Params.RateOpsPerS = 0 }},
		{"client 7 stands in place 0", func(t *Trial) { t.Clients[0].Client = 7 }},
		{"a count is negative", func(t *Trial) { t.Clients[0].Counts.Unknown = -1 }},
		{"1 keys not found, of which 2 may be absent", func(t *Trial) { t.Clients[0].Counts.Absent = 2 }},
		{"1 lost updates found nothing, but 0 are lost and 0 were not found", func(t *Trial) { t.Clients[0].Counts.Missing = 1 }},
		{"4 wrong values in 3 replies", func(t *Trial) { t.Clients[0].Counts.Wrong = 4 }},
		{"1 torn, 1 foreign, 0 lost and 0 resurrected values are more than 1 wrong ones", func(t *Trial) { t.Clients[0].Counts.Foreign = 1 }},
		{"ended at 100 ns, before its start at 101 ns", func(t *Trial) { t.Clients[0].StartNS = 101 }},
		{"mark 1 at 9 ns comes before 10 ns", func(t *Trial) { t.Clients[0].MarksNS[1] = 9 }},
		{"mark 0 at -1 ns", func(t *Trial) { t.Clients[0].MarksNS[0] = -1 }},
		{"its last mark is at 101 ns, after its end at 100 ns", func(t *Trial) { t.Clients[0].MarksNS[2] = 101 }},
		{"histogram of service time holds 2 operations, counts say 3", func(t *Trial) { t.Clients[0].Service = histogramOf(1, 2) }},
		{"histogram of response time holds 2 operations, counts say 3", func(t *Trial) { t.Clients[0].Response = histogramOf(1, 2) }},
		{"histogram of lag time holds 2 operations, counts say 3", func(t *Trial) { t.Clients[0].Lag = histogramOf(1, 2) }},
		{"no histogram of lag time", func(t *Trial) { t.Clients[0].Lag = nil }},
		{"histograms by kind hold 4 operations, counts say 3", func(t *Trial) { t.Clients[0].Kinds["del"] = histogramOf(1) }},
		{`no histogram of kind "del"`, func(t *Trial) { t.Clients[0].Kinds["del"] = nil }},
		{"breakdown lacks a histogram", func(t *Trial) { t.Clients[0].Breakdown.Queue = nil }},
		{"breakdown of 3, 3 and 2 operations", func(t *Trial) { t.Clients[0].Breakdown.Work = histogramOf(1, 2) }},
		{"6 operations queued of 5", func(t *Trial) { t.Clients[0].Queued = 6 }},
		{"a count is negative", func(t *Trial) { t.Clients[0].Counts.Unsent = -1 }},
		{"window of 400000001 ns, params say 400000000 ns", func(t *Trial) { t.Clients[0].WindowNS++ }},
		{"an open loop of 0 operations in 0 ns", func(t *Trial) { t.Params.DurationNS = 0 }},
		{"an open loop of 5 operations in 400000000 ns", func(t *Trial) { t.Params.Operations = 5 }},
		{"4 replies within the window of 3", func(t *Trial) { t.Clients[0].Completed = 4 }},
		{"histogram of operations without a reply holds 1, counts say 2", func(t *Trial) { t.Clients[0].NoReply = histogramOf(9) }},
		{"no histogram of 2 operations without a reply", func(t *Trial) { t.Clients[0].NoReply = nil }},
		{"a closed loop has no window and leaves nothing unsent", func(t *Trial) { t.Params.Loop = ClosedLoop }},
		{`it ended "early", which is neither interrupted nor hopeless`, func(t *Trial) { t.Clients[0].Ended = "early" }},
		{"timeline with intervals of 0 ns", func(t *Trial) { t.IntervalNS = 0 }},
		{"interval 0 is out of order", func(t *Trial) { t.Timeline[1].Index = 0 }},
		{"interval 3 is out of order or has no histogram", func(t *Trial) { t.Timeline[1].Latency = nil }},
		{"timeline holds 2 operations, counts say 3", func(t *Trial) { t.Timeline[1].Latency = histogramOf(1) }},
		{"agent on h: a negative time", func(t *Trial) { t.Agents[0].UserNS = -1 }},
		{"baseline: no histogram", func(t *Trial) { t.Baseline.Service = nil }},
		{`warning 1: code "", level "SUSPECT"`, func(t *Trial) { t.Warnings[1].Code = "" }},
		{`warning 0: code "steal", level "VALID"`, func(t *Trial) { t.Warnings[0].Level = Valid }},
		{`verdict "FINE" is none of VALID, SUSPECT and INVALID`, func(t *Trial) { t.Verdict = "FINE" }},
	}
	name := filepath.Join(t.TempDir(), "x.jsonl")
	file, _, _, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, test := range tests {
		trial := small()
		test.spoil(&trial)
		if err := file.Append(trial); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("written: error %v, want %q", err, test.want)
		}
		if _, err := Read("x", strings.NewReader(line(t, trial))); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("read: error %v, want %q", err, test.want)
		}
	}
	if err := file.Append(small()); err != nil {
		t.Errorf("without a contradiction: %v", err)
	}
	if trials, err := ReadFile(name); err != nil || len(trials) != 1 {
		t.Errorf("%d trials, %v, want the one without a contradiction", len(trials), err)
	}
}

// TestLongTimeline: reading a record of an hour in slices of 100 ms does not take 221 kB
// for each slice.
func TestLongTimeline(t *testing.T) {
	const slices = 36_000
	trial := Trial{Schema: Schema, Params: Params{Loop: ClosedLoop, Clients: 1}, IntervalNS: 100e6,
		Clients: []Client{{EndNS: slices * 100e6, Counts: Counts{OK: slices}, Service: NewHistogram()}}}
	slice := histogramOf(time.Millisecond)
	for i := range slices {
		trial.Clients[0].Service.Record(time.Millisecond)
		trial.Timeline = append(trial.Timeline, Interval{int64(i), slice})
	}
	text, err := slice.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if n := slices * len(text); n > maxLine {
		t.Errorf("a timeline takes %d bytes, of %d that are read", n, maxLine)
	}
	trial.Timeline = trial.Timeline[:300]
	trial.Clients[0].Counts.OK, trial.Clients[0].Service = 300, NewHistogram()
	for range 300 {
		trial.Clients[0].Service.Record(time.Millisecond)
	}
	back, err := Read("x", strings.NewReader(line(t, trial)))
	if err != nil {
		t.Fatal(err)
	}
	for _, slice := range back[0].Timeline {
		if slice.Latency.buckets != nil || slice.Latency.Quantile(0.5) != time.Millisecond || slice.Latency.buckets != nil {
			t.Fatal("a histogram that was read and looked at is not packed")
		}
	}
}
