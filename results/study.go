package results

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

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

// Case names the kind of a trial in a study of verdicts: its fault or, of a healthy
// trial, its loop or rate with the number of clients.
func (p Params) Case() string {
	if p.Fault != "" {
		return p.Fault
	}
	clients := fmt.Sprintf("%d clients", p.Clients)
	if p.Clients == 1 {
		clients = "1 client"
	}
	if p.Open() {
		return fmt.Sprintf("%.6g/s with %s", p.RateOpsPerS, clients)
	}
	return "closed with " + clients
}

// Case is how the trials of one kind are judged.
type Case struct {
	Name  string
	Fault string // empty: the trials are healthy
	// Valid, Suspect and Invalid are the numbers of trials with that verdict, and
	// Trials is their sum.
	Trials, Valid, Suspect, Invalid int
	// Right is the number of trials with a warning that is right for the fault; 0 of
	// healthy trials, for which none is.
	Right int
	// Codes is the number of trials with each warning, by code.
	Codes map[string]int
}

// NotValid is the share of trials with a warning: of false alarms where the trials
// are healthy.
func (c Case) NotValid() Share { return Share{c.Suspect + c.Invalid, c.Trials} }

// RightCode is the share of trials with a warning that is right for the fault.
func (c Case) RightCode() Share { return Share{c.Right, c.Trials} }

// Fired lists the codes of the warnings of c, the most frequent first.
func (c Case) Fired() []string {
	codes := slices.Sorted(maps.Keys(c.Codes))
	slices.SortStableFunc(codes, func(a, b string) int { return c.Codes[b] - c.Codes[a] })
	return codes
}

// IsStudy reports whether trials are those of a study of verdicts: a fault was
// injected into some of them.
func IsStudy(trials []Trial) bool {
	return slices.ContainsFunc(trials, func(t Trial) bool { return t.Params.Fault != "" })
}

// Confusion judges trials, as [Trial.Judge] does now, and counts the verdicts and
// warnings of each case: healthy ones first, closed loops before open ones.
func Confusion(trials []Trial) []Case {
	byName := make(map[string]int)
	var cases []Case
	var first []Params // a trial of each case
	for _, t := range trials {
		name := t.Params.Case()
		i, seen := byName[name]
		if !seen {
			i = len(cases)
			byName[name] = i
			cases = append(cases, Case{Name: name, Fault: t.Params.Fault, Codes: make(map[string]int)})
			first = append(first, t.Params)
		}
		cases[i].add(t.Judge())
	}
	slices.SortFunc(cases, func(a, b Case) int { return compareCases(first[byName[a.Name]], first[byName[b.Name]]) })
	return cases
}

// add counts a trial.
func (c *Case) add(verdict Verdict, warnings []Warning) {
	c.Trials++
	switch verdict {
	case Valid:
		c.Valid++
	case Suspect:
		c.Suspect++
	case Invalid:
		c.Invalid++
	}
	fired := make(map[string]bool)
	for _, w := range warnings {
		fired[w.Code] = true
	}
	for code := range fired {
		c.Codes[code]++
	}
	if slices.ContainsFunc(rightCodes(c.Fault), func(code string) bool { return fired[code] }) {
		c.Right++
	}
}

func compareCases(a, b Params) int {
	return cmp.Or(cmp.Compare(placeOfFault(a.Fault), placeOfFault(b.Fault)), cmp.Compare(a.Loop, b.Loop),
		cmp.Compare(a.RateOpsPerS, b.RateOpsPerS), cmp.Compare(a.Clients, b.Clients), cmp.Compare(a.Fault, b.Fault))
}

// Pool is all healthy cases together, or all with a fault.
func Pool(cases []Case, healthy bool) Case {
	sum := Case{Codes: make(map[string]int)}
	for _, c := range cases {
		if (c.Fault == "") != healthy {
			continue
		}
		sum.Trials += c.Trials
		sum.Valid += c.Valid
		sum.Suspect += c.Suspect
		sum.Invalid += c.Invalid
		sum.Right += c.Right
		for code, n := range c.Codes {
			sum.Codes[code] += n
		}
	}
	return sum
}
