package results

import (
	"math"
	"slices"
	"time"
)

// Window is a part of a trial, on the coordinator's clock, and the operations that
// completed in it.
type Window struct {
	StartNS, EndNS int64
	Operations     float64 // a fraction where a mark had to be interpolated
}

// Throughput is the operations completed per second, NaN for an empty window.
func (w Window) Throughput() float64 {
	if w.empty() {
		return math.NaN()
	}
	return w.Operations / (float64(w.lengthNS()) / float64(time.Second))
}

func (w Window) empty() bool { return w.EndNS <= w.StartNS }

func (w Window) lengthNS() int64 { return w.EndNS - w.StartNS }

// Whole is the window from the first client's start to the last client's end. It
// includes the time in which some clients had already ended, so its throughput is
// below that of full concurrency.
func (t Trial) Whole() Window {
	var w Window
	for i, c := range t.busy() {
		if i == 0 {
			w.StartNS, w.EndNS = c.StartNS, c.EndNS
		}
		w.StartNS = min(w.StartNS, c.StartNS)
		w.EndNS = max(w.EndNS, c.EndNS)
	}
	return t.fill(w)
}

// Active is the window in which all clients were running: from the last client's start
// to the first client's end. It is empty if a client ended before another began.
func (t Trial) Active() Window {
	var w Window
	for i, c := range t.busy() {
		if i == 0 {
			w.StartNS, w.EndNS = c.StartNS, c.EndNS
		}
		w.StartNS = max(w.StartNS, c.StartNS)
		w.EndNS = min(w.EndNS, c.EndNS)
	}
	if w.EndNS < w.StartNS {
		return Window{StartNS: w.StartNS, EndNS: w.StartNS}
	}
	return t.fill(w)
}

// busy returns the clients that had operations: all of them in a closed loop.
func (t Trial) busy() []Client {
	return slices.DeleteFunc(slices.Clone(t.Clients), func(c Client) bool { return c.idle() })
}

// fill counts the operations with a reply inside w.
func (t Trial) fill(w Window) Window {
	for _, c := range t.Clients {
		share := c.complete(w.EndNS) - c.complete(w.StartNS)
		w.Operations += share * float64(c.Counts.Replied())
	}
	return w
}

// complete returns the share of the client's operations, 0 to 1, that were complete at
// the given time, interpolated between marks.
func (c Client) complete(atNS int64) float64 {
	if atNS >= c.EndNS { // marks may be equal if there are few operations
		return 1
	}
	at := atNS - c.StartNS
	marks := c.MarksNS
	if len(marks) == 0 {
		marks = []int64{c.EndNS - c.StartNS}
	}
	i, exact := slices.BinarySearch(marks, at)
	if exact {
		return float64(i+1) / float64(len(marks))
	}
	if i == len(marks) {
		return 1
	}
	var before int64
	if i > 0 {
		before = marks[i-1]
	}
	if at <= 0 || marks[i] <= before {
		return float64(i) / float64(len(marks))
	}
	return (float64(i) + float64(at-before)/float64(marks[i]-before)) / float64(len(marks))
}
