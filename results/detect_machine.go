package results

import "time"

// Limits on the processor time that agents use or lose.
const (
	// maxAgentCPU is the share of its processors that an agent may use. Above it the
	// agent, not the store, limits the throughput of a closed loop. Below it, waiting
	// for the agent's processors shows as lag in an open loop, and in the baseline of a
	// closed one.
	maxAgentCPU = 0.95
	// Steal for 1 % of the time can slow 1 % of all operations, and so the p99, by any
	// amount.
	maxSteal, ruinousSteal = 0.01, 0.10
	// A control group's limit stops all threads for up to 100 ms. A thousandth of the
	// time can set the p99.9; 5 % can set all percentiles above p95.
	maxThrottling, ruinousThrottling = 0.001, 0.05
)

// maxSilence is the longest time without output from a host that causes no warning:
// four heartbeats. In a longer one, the network between nodes and clients may have
// failed too.
const maxSilence = 12 * time.Second

// busyAgents finds agents that use almost all of their processor time: their speed
// is then measured, not the store's.
func busyAgents(t Trial) []Warning {
	var all []Warning
	for _, a := range t.Agents {
		if a.WallNS <= 0 || a.GOMAXPROCS <= 0 {
			continue
		}
		processors := a.GOMAXPROCS
		if cores := t.cores(a.Host); cores > 0 { // open loops have more threads, one for each client
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

// silence finds hosts from which the coordinator received nothing for longer than
// maxSilence.
func silence(t Trial) []Warning {
	var all []Warning
	for _, h := range t.Hosts {
		w := Warning{Code: "silence", Host: h.Name, Value: time.Duration(h.SilenceNS).Seconds()}
		all = append(all, graded(w, maxSilence.Seconds(), never)...)
	}
	return all
}

// worstAgents returns, for each host, the agent with the largest value. All agents
// of a host see what happens to it, and one warning is enough.
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

// cores returns the number of processors of a host, 0 if unknown.
func (t Trial) cores(name string) int {
	for _, h := range t.Hosts {
		if h.Name == name {
			return h.Cores
		}
	}
	return 0
}
