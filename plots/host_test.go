package plots

import (
	"testing"
	"time"

	"dhtbench/results"
)

// TestTrialsOfOneHostAreGrouped: facts that are measured for each trial do not make
// another host of it.
func TestTrialsOfOneHostAreGrouped(t *testing.T) {
	trials := []results.Trial{
		{Hosts: []results.Host{{Name: "h", CPU: "made up", SilenceNS: int64(time.Second), ClockReadNS: 20}}},
		{Hosts: []results.Host{{Name: "h", CPU: "made up", SilenceNS: int64(time.Minute), ClockReadNS: 30}}},
	}
	if n := len(groupHosts(trials)); n != 1 {
		t.Errorf("%d groups of one host", n)
	}
}
