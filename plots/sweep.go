package plots

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"dhtbench/results"
)

// sweep is the trials of one results file that differ in operation, number of
// clients and repeat alone: what one set of figures shows.
type sweep struct {
	// params is what the trials have in common; Operation, Clients and Repeat
	// are zero.
	params results.Params
	// label says what sets the sweep apart from the others of its file, as
	// placement=embedded; empty if it is the only one.
	label string

	trials     []results.Trial
	summaries  []results.Summary // by operation, then clients
	operations []string          // in the order of results.Operations
	clients    []int             // rising, each number once
}

// sweepsOf groups trials into sweeps, in order of first appearance. Files can be
// concatenated, so one may hold sweeps that have nothing to do with each other;
// a line through points of two of them would be a lie.
func sweepsOf(trials []results.Trial) []sweep {
	var all []sweep
	for _, t := range trials {
		p := common(t.Params)
		i := slices.IndexFunc(all, func(s sweep) bool { return s.params == p })
		if i < 0 {
			i = len(all)
			all = append(all, sweep{params: p})
		}
		all[i].trials = append(all[i].trials, t)
	}
	// What sets a sweep apart is known when all are.
	for i := range all {
		all[i].index()
		all[i].label = difference(all, i)
	}
	return all
}

// common is p without what varies inside a sweep.
func common(p results.Params) results.Params {
	p.Operation, p.Clients, p.Repeat = "", 0, 0
	return p
}

// index derives the other fields from the trials.
func (s *sweep) index() {
	s.summaries = results.Summarize(s.trials)
	for _, m := range s.summaries {
		if !slices.Contains(s.operations, m.Setting.Operation) {
			s.operations = append(s.operations, m.Setting.Operation)
		}
		if !slices.Contains(s.clients, m.Setting.Clients) {
			s.clients = append(s.clients, m.Setting.Clients)
		}
	}
	slices.Sort(s.clients)
	// Summarize puts unknown operations first; figures and tables want them last.
	place := func(o string) int {
		return (slices.Index(results.Operations(), o) + 1000) % 1000
	}
	slices.SortStableFunc(s.operations, func(a, b string) int { return place(a) - place(b) })
}

// at is the summary of one setting, false if it was not measured.
func (s sweep) at(operation string, clients int) (results.Summary, bool) {
	for _, m := range s.summaries {
		if m.Setting.Operation == operation && m.Setting.Clients == clients {
			return m, true
		}
	}
	return results.Summary{}, false
}

// of is the trials of one setting, in file order.
func (s sweep) of(operation string, clients int) []results.Trial {
	var trials []results.Trial
	for _, t := range s.trials {
		if t.Params.Operation == operation && t.Params.Clients == clients {
			trials = append(trials, t)
		}
	}
	return trials
}

// repeats is the fewest and most trials that a measured setting has.
func (s sweep) repeats() (fewest, most int) {
	for i, m := range s.summaries {
		if i == 0 || m.Trials < fewest {
			fewest = m.Trials
		}
		most = max(most, m.Trials)
	}
	return fewest, most
}

// missing says in words what the sweep would need to be whole, as far as that
// can be told from what is there: every operation at every number of clients,
// all equally often. It is empty for a whole sweep. A number of clients that was
// planned and never begun leaves no trace and is not missed here.
func (s sweep) missing() string {
	_, most := s.repeats()
	lacking := 0
	var where []string
	for _, o := range s.operations {
		var short []int
		for _, n := range s.clients {
			m, _ := s.at(o, n) // a setting never measured has 0 trials
			if m.Trials < most {
				short = append(short, n)
				lacking += most - m.Trials
			}
		}
		if len(short) > 0 {
			where = append(where, o+" at "+numbers(short))
		}
	}
	if lacking == 0 {
		return ""
	}
	total := most * len(s.operations) * len(s.clients)
	return fmt.Sprintf("%s of %d missing (%s clients)", plural(lacking, "trial"), total, strings.Join(where, "; "))
}

// numbers writes rising integers shortly: 1–4, 8.
func numbers(rising []int) string {
	var parts []string
	for i := 0; i < len(rising); {
		j := i
		for j+1 < len(rising) && rising[j+1] == rising[j]+1 {
			j++
		}
		switch {
		case j-i >= 2: // a dash for two would be no shorter
			parts = append(parts, fmt.Sprintf("%d–%d", rising[i], rising[j]))
		case j > i:
			parts = append(parts, fmt.Sprint(rising[i]), fmt.Sprint(rising[j]))
		default:
			parts = append(parts, fmt.Sprint(rising[i]))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// fields is p as the record writes it: parameter names to their values. Going
// through JSON keeps the names in one place, so that a parameter that the record
// gains can be picked by in a marker at once.
func fields(p results.Params) map[string]string {
	var raw map[string]json.RawMessage
	text, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(text, &raw)
	}
	if err != nil { // a struct of strings and numbers always can
		return nil
	}
	values := make(map[string]string, len(raw))
	for name, value := range raw {
		values[name] = strings.Trim(string(value), `"`)
	}
	return values
}

// difference names the parameters in which sweep i differs from any other.
func difference(all []sweep, i int) string {
	own := fields(all[i].params)
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(own)) {
		for _, other := range all {
			if fields(other.params)[name] != own[name] {
				parts = append(parts, name+"="+own[name])
				break
			}
		}
	}
	return strings.Join(parts, ",")
}

// choose picks the one sweep whose parameters have the wanted values. Several
// are an error as none is: a number from the wrong sweep looks like any other.
func choose(all []sweep, wanted map[string]string) (sweep, error) {
	var found []sweep
	for _, s := range all {
		own := fields(s.params)
		match := true
		for name, value := range wanted {
			if _, known := own[name]; !known {
				return sweep{}, fmt.Errorf("unknown key %s", name)
			}
			match = match && own[name] == value
		}
		if match {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return sweep{}, fmt.Errorf("no trials with these parameters")
	}
	labels := make([]string, len(found))
	for i, s := range found {
		labels[i] = s.label
	}
	return sweep{}, fmt.Errorf("the file holds %d sweeps, pick one of: %s", len(found), strings.Join(labels, "; "))
}
