package results

import "testing"

func TestClusterText(t *testing.T) {
	for want, p := range map[string]Params{
		"8 nodes":                     {Nodes: 8},
		"1 running node":              {Nodes: 1, Servers: "h:1"},
		"1 redis server":              {Nodes: 1, Target: "redis"},
		"2 running memcached servers": {Nodes: 2, Target: "memcached", Servers: "h:1,h:2"},
		"3 null:dht servers":          {Nodes: 3, Target: "null:dht"},
	} {
		if got := p.Cluster(); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

// Trials of two targets are two settings, and their warnings name both.
func TestTargetsAreDifferentSettings(t *testing.T) {
	nodes, redis := warned(Get, 1, 0, Warning{Code: "drift", Level: Suspect, Value: 0.2}), warned(Get, 1, 0, Warning{Code: "drift", Level: Suspect, Value: 0.2})
	redis.Params.Target = "redis"
	if n := len(Summarize([]Trial{nodes, redis})); n != 2 {
		t.Errorf("%d settings, want 2", n)
	}
	if where := Warnings([]Trial{redis, nodes})[0].Where(); where != "get at 1 client; get on redis at 1" && where != "get on redis at 1 client; get at 1" {
		t.Errorf("where: %q", where)
	}
}
