package bench

import (
	"slices"

	"dhtbench/node"
	"dhtbench/results"
)

// gather puts what the agents measured into trial, with times counted from the
// instant of the start on the coordinator's clock.
func (c *Coordinator) gather(trial *results.Trial, replies []Reply, start int64, offsets []offset) {
	trial.Clients = make([]results.Client, trial.Params.Clients)
	trial.Hosts = slices.Clone(trial.Hosts) // those of other trials keep their own clock errors
	for i, reply := range replies {
		on := c.Fleet.at(i)
		trial.Hosts[i%c.Fleet.size()].ClockErrorNS = offsets[i].bound
		agent := reply.Result.Agent
		agent.Host = on.Name
		shift(agent.Hiccups, start+offsets[i].ahead)
		if len(reply.Result.Timeline) > 0 {
			trial.Timeline, trial.IntervalNS = merge(trial.Timeline, reply.Result.Timeline), int64(intervalLength)
		}
		for _, measured := range reply.Result.Clients {
			measured.Host = on.Name
			measured.StartNS -= start + offsets[i].ahead
			measured.EndNS -= start + offsets[i].ahead
			trial.Clients[measured.Client] = measured
			agent.Clients = append(agent.Clients, measured.Client)
		}
		if len(agent.Clients) > 0 {
			trial.Agents = append(trial.Agents, agent)
		}
	}
}

// gatherVitals puts what the nodes told of themselves into trial. A node without
// an agent on its host, whose clock is not known, tells its hiccups without a
// place in time; that is none of a sweep in which node i and client i share one.
func (c *Coordinator) gatherVitals(trial *results.Trial, vitals []node.Vitals, start int64, offsets []offset) {
	trial.Nodes = nil
	for id, v := range vitals {
		n := results.Node{Node: id, Host: c.Fleet.at(id).Name, Runtime: runtimeOf(v)}
		if on := id % c.Fleet.size(); on < len(offsets) {
			shift(n.Runtime.Hiccups, start+offsets[on].ahead)
			n.Runtime.Hiccups = during(n.Runtime.Hiccups, trial.Whole().EndNS)
		} else {
			n.Runtime.Hiccups = nil
		}
		trial.Nodes = append(trial.Nodes, n)
	}
}

// shift counts hiccups from another instant.
func shift(hiccups []results.Hiccup, from int64) {
	for i := range hiccups {
		hiccups[i].AtNS -= from
	}
}

// during are those hiccups that fall into a trial of that length.
func during(hiccups []results.Hiccup, end int64) []results.Hiccup {
	return slices.DeleteFunc(hiccups, func(h results.Hiccup) bool { return h.AtNS <= 0 || h.AtNS-h.NS >= end })
}

// runtimeOf is what a process told of itself, for the record.
func runtimeOf(v node.Vitals) results.Runtime {
	r := results.Runtime{GCs: v.GCs, GCPauseNS: v.GCPauseNS, SchedP99NS: v.SchedP99NS, RunDelayNS: v.RunDelayNS}
	for _, h := range v.Hiccups {
		r.Hiccups = append(r.Hiccups, results.Hiccup{AtNS: h.AtNS, NS: h.NS})
	}
	return r
}
