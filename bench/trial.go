package bench

import (
	"slices"
	"time"

	"dhtbench/node"
	"dhtbench/results"
)

// measured is the input of a trial's record.
type measured struct {
	setup
	params   results.Params
	started  time.Time
	start    int64                // the instant of the start on the coordinator's clock
	offsets  []offset             // of the agents
	replies  []reply              // results of the agents
	vitals   []node.VitalsMessage // of the servers, by number; empty for running servers
	silences []time.Duration      // by host of the fleet
}

// trial makes the record, without a verdict. Times count from the start.
func (c *coordinator) trial(m measured) results.Trial {
	t := results.Trial{
		Schema: results.Schema, Params: m.params, Started: m.started, KeySalt: m.salt, Command: c.command, Build: m.build,
		Hosts:   slices.Clone(m.hosts), // each trial has clock errors of its own
		Clients: make([]results.Client, m.params.Clients),
	}
	for i := range t.Hosts {
		t.Hosts[i].SilenceNS = int64(m.silences[i])
	}
	for i, r := range m.replies {
		t.Hosts[i%c.fleet.size()].ClockErrorNS = m.offsets[i].bound
		for _, client := range r.Result.Clients {
			t.Clients[client.Client] = client
		}
		if len(r.Result.Clients) > 0 {
			agent := r.Result.Agent
			agent.Runtime = runtimeOf(r.Result.Vitals, m.start+m.offsets[i].ahead)
			t.Agents = append(t.Agents, agent)
		}
		if len(r.Result.Timeline) > 0 {
			t.Timeline, t.IntervalNS = mergeTimelines(t.Timeline, t.IntervalNS, r.Result.Timeline, r.Result.IntervalNS)
		}
	}
	for id, v := range m.vitals {
		n := results.Node{Node: id, Host: c.fleet.at(id).Name, Program: m.programs[id], CPUNS: v.Usage.CPUNS,
			Held: results.Held(v.Usage.Held), AtStart: results.Held(v.Usage.AtStart)}
		if v.Vitals != nil {
			n.Runtime = new(c.serverRuntime(t, m, id, *v.Vitals))
		}
		t.Nodes = append(t.Nodes, n)
	}
	return t
}

// serverRuntime returns what a server reports about itself. It leaves out hiccups
// outside of the trial, and those of a host without an agent, whose clock is not
// known.
func (c *coordinator) serverRuntime(t results.Trial, m measured, id int, v node.Vitals) results.Runtime {
	on := id % c.fleet.size()
	if on >= len(m.offsets) {
		v.Hiccups = nil
		return runtimeOf(v, 0)
	}
	r := runtimeOf(v, m.start+m.offsets[on].ahead)
	end := t.Whole().EndNS
	r.Hiccups = slices.DeleteFunc(r.Hiccups, func(h results.Hiccup) bool { return h.AtNS <= 0 || h.AtNS-h.NS >= end })
	return r
}

// runtimeOf converts what a process reports about itself. Times count from the
// instant from of its host's clock.
func runtimeOf(v node.Vitals, from int64) results.Runtime {
	r := results.Runtime{GCs: v.GCs, GCPauseNS: v.GCPauseNS, SchedP99NS: v.SchedP99NS, RunDelayNS: v.RunDelayNS}
	for _, h := range v.Hiccups {
		r.Hiccups = append(r.Hiccups, results.Hiccup{AtNS: h.AtNS - from, NS: h.NS})
	}
	return r
}
