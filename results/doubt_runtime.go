package results

import (
	"fmt"
	"time"
)

// Bounds on pauses inside processes.
const (
	// maxPause is the share of a trial for which the world of an agent may stand
	// still for garbage collection, or any process be held up: more, and the p99 is
	// that of pauses.
	maxPause = 0.01
	// maxSchedP99 is how long one in a hundred runnable goroutines may wait to run.
	// It is ten times what a loopback operation takes under load, and the
	// granularity of the runtime's timers.
	maxSchedP99 = time.Millisecond
)

// wallNS is how long the measured phase lasted, as the clients saw it.
func (t Trial) wallNS() int64 { return t.Whole().lengthNS() }

// gcPauses: an agent that stopped its clients to collect garbage.
func gcPauses(t Trial) []doubt {
	var found []doubt
	for _, a := range t.Agents {
		if a.WallNS <= 0 {
			continue
		}
		share := float64(a.GCPauseNS) / float64(a.WallNS)
		found = append(found, doubts(grade(share, maxPause, never),
			"garbage collection stopped the agent on %s for %.1f %% of the trial, in %d collections: spread the clients over more agents, or raise GOGC", a.Host, 100*share, a.GCs)...)
	}
	return found
}

// schedulerLatency: an agent with more to run than processors.
func schedulerLatency(t Trial) []doubt {
	var found []doubt
	for _, a := range t.Agents {
		found = append(found, doubts(grade(float64(a.SchedP99NS), float64(maxSchedP99), never),
			"scheduler: 1 %% of the runnable goroutines of the agent on %s waited for more than %.1f ms: give it more processors, or spread the clients over more agents", a.Host, float64(a.SchedP99NS)/1e6)...)
	}
	return found
}

// stall is the hiccups of one process together.
type stall struct {
	process        string
	count          int
	total, longest int64 // ns
}

func stallOf(process string, all []Hiccup) stall {
	s := stall{process: process, count: len(all)}
	for _, h := range all {
		s.total += h.NS
		s.longest = max(s.longest, h.NS)
	}
	return s
}

// hiccups: processes that wanted to run and were not let. Of each host the worst
// process is told; what held it up is seldom for it alone.
func hiccups(t Trial) []doubt {
	wall := t.wallNS()
	if wall <= 0 {
		return nil
	}
	var hosts []string
	worst := make(map[string]stall)
	add := func(host string, s stall) {
		before, seen := worst[host]
		if !seen {
			hosts = append(hosts, host)
		}
		if !seen || s.total > before.total {
			worst[host] = s
		}
	}
	for _, a := range t.Agents {
		add(a.Host, stallOf("an agent", a.Hiccups))
	}
	for _, n := range t.Nodes {
		add(n.Host, stallOf(fmt.Sprintf("node %d", n.Node), n.Runtime.Hiccups))
	}
	var found []doubt
	for _, host := range hosts {
		s := worst[host]
		share := float64(s.total) / float64(wall)
		found = append(found, doubts(grade(share, maxPause, never),
			"hiccups: %s on %s was held up for %.1f %% of the trial, %d times, for %.1f ms the longest: stop what else runs there", s.process, host, 100*share, s.count, float64(s.longest)/1e6)...)
	}
	return found
}
