package results

import "slices"

// Limits on the share of a trial in which processes do not run.
const (
	// maxPause is that of garbage collection in an agent. Above it, pauses set the p99.
	maxPause = 0.01
	// maxHiccups is that of hiccups. On two processors, where processes wait for each
	// other, 177 of 180 healthy trials had less than 3 %; with other work on the
	// processors all had more than 4.3 % (results/verdict.jsonl). The effect of less
	// on latencies of an open loop shows as lag.
	maxHiccups = 0.03
)

// wallNS returns the length of the measured phase: the window of an open loop, or the
// time in which clients ran.
func (t Trial) wallNS() int64 {
	length := t.Whole().lengthNS()
	for _, c := range t.Clients {
		length = max(length, c.WindowNS)
	}
	return length
}

// gcPauses finds agents that stopped their clients to collect garbage.
func gcPauses(t Trial) []Warning {
	var all []Warning
	for _, a := range t.Agents {
		if a.WallNS <= 0 {
			continue
		}
		share := float64(a.GCPauseNS) / float64(a.WallNS)
		all = append(all, graded(Warning{Code: "gc", Host: a.Host, Value: share}, maxPause, never)...)
	}
	return all
}

// hiccups finds processes that were ready to run and did not. It reports only the
// worst process of each host, since the cause usually affects all. It leaves out hosts
// with throttling, which is such a cause and has its own warning.
func hiccups(t Trial) []Warning {
	wall := t.wallNS()
	if wall <= 0 {
		return nil
	}
	var worst []Warning // one for each host
	add := func(host string, node *int, all []Hiccup) {
		var sum int64
		for _, h := range all {
			sum += h.NS
		}
		w := Warning{Code: "hiccups", Host: host, Node: node, Value: float64(sum) / float64(wall)}
		for i := range worst {
			if worst[i].Host == host {
				if w.Value > worst[i].Value {
					worst[i] = w
				}
				return
			}
		}
		worst = append(worst, w)
	}
	for _, a := range t.Agents {
		add(a.Host, nil, a.Hiccups)
	}
	for _, n := range t.Nodes {
		if n.Runtime != nil {
			add(n.Host, &n.Node, n.Runtime.Hiccups)
		}
	}
	var all []Warning
	limited := throttling(t)
	for _, w := range worst {
		if !slices.ContainsFunc(limited, func(l Warning) bool { return l.Host == w.Host }) {
			all = append(all, graded(w, maxHiccups, never)...)
		}
	}
	return all
}
