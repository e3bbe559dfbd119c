package results

import "slices"

// Faults that a study of verdicts injects, one in a trial, as Params.Fault.
const (
	ThiefFault        = "thief"              // other processes want all processors
	StoppedNodeFault  = "stopped node"       // one node is stopped again and again
	StoppedAgentFault = "stopped agent"      // so is the agent
	TimersFault       = "timers"             // clients sleep on the timers of the Go runtime
	FewSlotsFault     = "few slots"          // one slot, at nodes that stall
	RateFault         = "unsustainable rate" // more than nodes or agent can do
	SlowClientFault   = "slow client"        // one client works between its operations
	GCStormFault      = "gc storm"           // the agent collects garbage all the time
	QuotaFault        = "cpu quota"          // a control group holds the agent back
	StartSkewFault    = "start skew"         // one client begins late
)

// injected is a fault and the codes of the warnings that are right for it: each names
// the fault or what it does to the trial.
type injected struct {
	name  string
	codes []string
}

func faults() []injected {
	return []injected{
		{ThiefFault, []string{"hiccups", "lag", "lag-tail", "agent-cpu", "drift"}},
		{StoppedNodeFault, []string{"hiccups"}},
		{StoppedAgentFault, []string{"hiccups"}},
		{TimersFault, []string{"lag"}},
		{FewSlotsFault, []string{"queued"}},
		{RateFault, []string{"unsent", "not-sustained", Hopeless}},
		{SlowClientFault, []string{"stragglers", "littles-law"}},
		{GCStormFault, []string{"gc", "agent-cpu"}},
		{QuotaFault, []string{"throttling"}},
		{StartSkewFault, []string{"start-skew"}},
	}
}

// placeOfFault is where a fault stands in the list, -1 for none.
func placeOfFault(name string) int {
	return slices.IndexFunc(faults(), func(f injected) bool { return f.name == name })
}

// rightCodes are the codes of the warnings that are right for a fault; nil for none.
func rightCodes(name string) []string {
	if i := placeOfFault(name); i >= 0 {
		return faults()[i].codes
	}
	return nil
}
