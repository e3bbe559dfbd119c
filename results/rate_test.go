package results

import (
	"testing"
	"time"
)

// windowed is an open loop of 1 s with these numbers of operations due and completed for
// each client, each with this service time.
func windowed(service time.Duration, clients ...[2]int64) Trial {
	t := Trial{Params: Params{Loop: OpenLoop, Clients: len(clients), RateOpsPerS: 1e6, Arrivals: PoissonArrivals, DurationNS: 1e9}}
	for i, c := range clients {
		due, completed := c[0], c[1]
		t.Clients = append(t.Clients, Client{Client: i, WindowNS: 1e9, Completed: completed, Counts: Counts{OK: completed, Unsent: due - completed},
			Service: equal(int(completed), service), Response: equal(int(completed), service), Lag: equal(int(completed), 1), NoReply: equal(int(due-completed), time.Second)})
	}
	return t
}

// TestRatesOfAWindow: the offered rate is of what was due, not of the parameters, and
// clients without operations count too.
func TestRatesOfAWindow(t *testing.T) {
	trial := windowed(time.Millisecond, [2]int64{2, 2}, [2]int64{0, 0}, [2]int64{1, 1}, [2]int64{3, 2})
	if err := trial.check(); err != nil {
		t.Error(err)
	}
	if trial.Offered() != 6 || trial.Achieved() != 5 || trial.Throughput() != 5 {
		t.Errorf("offered %v, achieved %v, throughput %v; want 6, 5, 5", trial.Offered(), trial.Achieved(), trial.Throughput())
	}
	early := windowed(time.Millisecond, [2]int64{100, 50})
	early.Clients[0].WindowNS = 5e8 // it ended early
	if early.Offered() != 200 || early.Achieved() != 100 {
		t.Errorf("offered %v, achieved %v; want 200, 100", early.Offered(), early.Achieved())
	}
}

func TestSustained(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name           string
		service        time.Duration
		due, completed int64
		want           bool
	}{
		{"all", ms, 1000, 1000, true},
		{"all of few", ms, 20, 20, true},
		{"one under way when a short window ended", ms, 20, 19, true},
		{"half of few", ms, 20, 10, false},
		{"1 % short", ms, 10_000, 9900, true},
		{"3 % short", ms, 10_000, 9700, false},
		// 1,000/s at 50 ms are 50 under way.
		{"a slow store's last operations", 50 * ms, 1000, 940, true},
		{"a slow store that falls behind", 50 * ms, 1000, 850, false},
		// The queue is in the store: the mean service time is near half the window.
		{"a queue in the store", 400 * ms, 1500, 1000, false},
		{"nothing", ms, 1000, 0, false},
	}
	for _, test := range tests {
		if got := windowed(test.service, [2]int64{test.due, test.completed}).Sustained(); got != test.want {
			t.Errorf("%s: sustained %v", test.name, got)
		}
	}
}

// TestWindowsOfIdleClients: a client without an operation has no start and no end.
func TestWindowsOfIdleClients(t *testing.T) {
	trial := Trial{Params: Params{Clients: 2}, Clients: []Client{steady(0, 1e9, 2e9, 100), {Client: 1, Service: NewHistogram()}}}
	if w := trial.Whole(); w.StartNS != 1e9 || w.EndNS != 2e9 || !near(w.Operations, 100) {
		t.Errorf("whole: %+v", w)
	}
	if w := trial.Active(); w.StartNS != 1e9 || w.EndNS != 2e9 {
		t.Errorf("active: %+v", w)
	}
}

func TestEnded(t *testing.T) {
	for want, clients := range map[string][]string{"": {"", ""}, Hopeless: {"", Hopeless}, Interrupted: {Hopeless, Interrupted, ""}} {
		var trial Trial
		for _, ended := range clients {
			trial.Clients = append(trial.Clients, Client{Ended: ended})
		}
		if got := trial.Ended(); got != want {
			t.Errorf("%q: ended %q, want %q", clients, got, want)
		}
	}
}
