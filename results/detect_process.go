package results

// maxPause is the share of a trial for which an agent may stop to collect garbage,
// or any process be held up: if it is more, the p99 is that of pauses.
const maxPause = 0.01

// wallNS is how long the measured phase lasted, as the clients saw it: the window of
// an open loop, however few operations it had.
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

// hiccups finds processes that were ready to run and did not. Of each host it is
// the worst process; what held it up is seldom for it alone.
func hiccups(t Trial) []Warning {
	wall := t.wallNS()
	if wall <= 0 {
		return nil
	}
	var worst []Warning // one of each host
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
		add(n.Host, &n.Node, n.Runtime.Hiccups)
	}
	var all []Warning
	for _, w := range worst {
		all = append(all, graded(w, maxPause, never)...)
	}
	return all
}
