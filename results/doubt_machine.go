package results

import "time"

// Bounds on what machines may do to agents.
const (
	// maxAgentCPU is the share of its processors that an agent may use: a queue
	// that is 85 % busy makes its users wait 5 service times, and here the users
	// are the operations that are timed.
	maxAgentCPU = 0.85
	// A processor that was stolen for 1 % of the time can have made 1 % of all
	// operations, the p99, as slow as the hypervisor pleased.
	maxSteal, ruinousSteal = 0.01, 0.10
	// A control group's limit stops all threads at once, for up to 100 ms: none is
	// too little to be seen in a tail, and at 5 % no percentile above p95 is of the
	// store.
	ruinousThrottling = 0.05
	// maxRunDelay is how much of the latency of its operations an agent may have
	// spent waiting for a processor. Each reply wakes a thread, which the kernel
	// takes some microseconds for: on two cores that agents and nodes share, with
	// nothing else on them, 0.05 (8 clients) to 0.30 (1 client) was measured, and
	// up to 0.47 with two busy loops beside them. There is no share that makes a
	// trial invalid, since it is the most that it can be.
	maxRunDelay = 1.0 / 3
)

// busyAgents: a generator that has no time left is what is measured.
func busyAgents(t Trial) []doubt {
	var found []doubt
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
		found = append(found, doubts(grade(share, maxAgentCPU, never),
			"agent on %s: used %.1f %% of its processors, more than %.0f %%: it measures itself; spread the clients over more agents", a.Host, 100*share, 100*maxAgentCPU)...)
	}
	return found
}

// steal: a hypervisor that ran others on the host's processors.
func steal(t Trial) []doubt {
	var found []doubt
	for _, a := range t.worstAgents(func(a Agent) int64 { return a.StealNS }) {
		cores := t.cores(a.Host)
		if a.WallNS <= 0 || cores <= 0 {
			continue
		}
		share := float64(a.StealNS) / (float64(a.WallNS) * float64(cores))
		found = append(found, doubts(grade(share, maxSteal, ruinousSteal),
			"steal: the hypervisor took %.1f %% of the processor time of %s: use a host of its own, and repeat", 100*share, a.Host)...)
	}
	return found
}

// worstAgents is one agent of each host, that with the most: what concerns a
// host was seen by all its agents, and is told once.
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

// throttling: a control group that was out of processor time.
func throttling(t Trial) []doubt {
	var found []doubt
	for _, a := range t.worstAgents(func(a Agent) int64 { return a.ThrottledNS }) {
		if a.WallNS <= 0 {
			continue
		}
		share := float64(a.ThrottledNS) / float64(a.WallNS)
		found = append(found, doubts(grade(share, 0, ruinousThrottling),
			"throttling: the control group's limit held agents on %s back for %.1f ms, %.2f %% of the trial: raise the limit", a.Host, float64(a.ThrottledNS)/1e6, 100*share)...)
	}
	return found
}

// runDelay: threads that were ready to run and had no processor, because others
// on the host had it. It is held against the latencies that it is a part of and
// not against the length of the trial: of ten clients that wait, each is delayed
// by a tenth. Delays of threads that carry no operation are counted in. Where
// processors are shared with nodes and there are many clients, others are better
// seen in hiccups: most of what they delay is then the nodes. An open loop says
// it by its lag, and wakes threads between its operations whose delay is nobody's.
func runDelay(t Trial) []doubt {
	if t.Params.Open() {
		return nil
	}
	var found []doubt
	for _, a := range t.Agents {
		var sum, operations int64
		for _, i := range a.Clients {
			if i >= 0 && i < len(t.Clients) {
				h := t.Clients[i].latency(t.Params)
				sum += int64(h.Sum())
				operations += h.Count()
			}
		}
		if sum <= 0 {
			continue
		}
		share := float64(a.RunDelayNS) / float64(sum)
		found = append(found, doubts(grade(share, maxRunDelay, never),
			"run delay: the agent on %s waited for a processor for %.1f µs per operation, up to %.0f %% of the latency: others use its processors; keep nodes and agents on different ones",
			a.Host, float64(a.RunDelayNS)/float64(operations)/float64(time.Microsecond), 100*share)...)
	}
	return found
}
