package results

// Limits on what machines may do to agents.
const (
	// maxAgentCPU is the share of its processors that an agent may use: a queue
	// that is 85 % busy makes its users wait 5 service times, and here the users
	// are the operations that are timed.
	maxAgentCPU = 0.85
	// A processor that was stolen for 1 % of the time can have made 1 % of all
	// operations, the p99, arbitrarily slow.
	maxSteal, ruinousSteal = 0.01, 0.10
	// A control group's limit stops all threads at once, for up to 100 ms. A thousandth
	// of the time can be the p99.9; at 5 % no percentile above p95 is of the store.
	maxThrottling, ruinousThrottling = 0.001, 0.05
)

// busyAgents finds agents without processor time left: the generator is what is
// then measured.
func busyAgents(t Trial) []Warning {
	var all []Warning
	for _, a := range t.Agents {
		if a.WallNS <= 0 || a.GOMAXPROCS <= 0 {
			continue
		}
		processors := a.GOMAXPROCS
		if cores := t.cores(a.Host); cores > 0 { // open loops have a thread for each client besides
			processors = min(processors, cores)
		}
		used := max(a.UserNS+a.SystemNS-a.SpinNS, 0)
		share := float64(used) / (float64(a.WallNS) * float64(processors))
		all = append(all, graded(Warning{Code: "agent-cpu", Host: a.Host, Value: share}, maxAgentCPU, never)...)
	}
	return all
}

// steal finds hosts whose processors a hypervisor gave to others.
func steal(t Trial) []Warning {
	var all []Warning
	for _, a := range t.worstAgents(func(a Agent) int64 { return a.StealNS }) {
		cores := t.cores(a.Host)
		if a.WallNS <= 0 || cores <= 0 {
			continue
		}
		share := float64(a.StealNS) / (float64(a.WallNS) * float64(cores))
		all = append(all, graded(Warning{Code: "steal", Host: a.Host, Value: share}, maxSteal, ruinousSteal)...)
	}
	return all
}

// throttling finds hosts on which a control group ran out of processor time.
func throttling(t Trial) []Warning {
	var all []Warning
	for _, a := range t.worstAgents(func(a Agent) int64 { return a.ThrottledNS }) {
		if a.WallNS <= 0 {
			continue
		}
		share := float64(a.ThrottledNS) / float64(a.WallNS)
		all = append(all, graded(Warning{Code: "throttling", Host: a.Host, Value: share}, maxThrottling, ruinousThrottling)...)
	}
	return all
}

// worstAgents is one agent of each host, that with the most: what concerns a host
// is seen by all its agents, and is one warning.
func (t Trial) worstAgents(of func(Agent) int64) []Agent {
	var worst []Agent
next:
	for _, a := range t.Agents {
		for i, w := range worst {
			if w.Host == a.Host {
				if of(a) > of(w) {
					worst[i] = a
				}
				continue next
			}
		}
		worst = append(worst, a)
	}
	return worst
}

// cores is the number of processors of a host, 0 if it is not known.
func (t Trial) cores(name string) int {
	for _, h := range t.Hosts {
		if h.Name == name {
			return h.Cores
		}
	}
	return 0
}
