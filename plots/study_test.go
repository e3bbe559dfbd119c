package plots

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/results"
)

// faulty is a study: healthy closed loops, of which one in four has a hiccup, and
// trials with a stopped agent, of which one in four has none.
func faulty() []results.Trial {
	m := made{operations: []string{"get"}, clients: []int{1, 2}, repeats: 4, each: 2000, mean: sharing, tail: 0.1}
	m.change = func(t *results.Trial) {
		stopped := t.Params.Clients == 2
		if stopped {
			t.Params.Fault = results.StoppedAgentFault
		}
		t.Agents[0].Hiccups = nil
		if stopped != (t.Params.Repeat == 3) {
			t.Agents[0].Hiccups = []results.Hiccup{{AtNS: 1e6, NS: int64(time.Minute)}}
		}
	}
	return m.trials()
}

func TestStudyTable(t *testing.T) {
	got, err := rendered(faulty(), `{{study $f}}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| closed with 1 client | 4 | 3 | 1 | 0 | 25.0 [0.631, 80.6] | – | hiccups 25.0 |\n",
		"| stopped agent | 4 | 1 | 3 | 0 | 75.0 [19.4, 99.4] | 75.0 [19.4, 99.4] | hiccups 75.0 |\n", "| **all healthy** | 4 |", "| **all with a fault** | 4 |"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	expect(t, exact(), map[string]string{
		`{{study $f}}`:                       "no trial has an injected fault",
		`{{exists "results/nothing.jsonl"}}`: "false",
	})
}

func TestStudyHasOneFigure(t *testing.T) {
	var names []string
	for name, svg := range drawn(t, faulty()) {
		names = append(names, name)
		for _, want := range []string{"stopped agent", "closed with 1 client", "25.0 % of 4 healthy trials", "75.0 % of 4 trials with a fault"} {
			if !strings.Contains(svg, want) {
				t.Errorf("no %q in %s", want, name)
			}
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"x/verdict-narrow.svg", "x/verdict.svg"}) {
		t.Errorf("drew %q", names)
	}
}
