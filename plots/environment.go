package plots

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"dhtbench/results"
)

// measured returns what a sweep's numbers depend on, as a Markdown table of two
// columns. It lists all values that differ between trials.
func (s sweep) measured() string {
	var b strings.Builder
	b.WriteString(s.gapNote())
	b.WriteString("| measured on | |\n| --- | --- |\n")
	// Texts of the record are escaped by cell before they get here.
	line := func(name, text string) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, text)
	}
	for _, g := range groupHosts(s.trials) {
		line("host "+cell(strings.Join(g.names, ", ")), g.describe())
	}
	p := s.params
	line("cluster", cell(p.Cluster())+", "+placement(p.Placement))
	clients := numbers(s.clients()) + " clients"
	if n := s.clients(); len(n) == 1 {
		clients = plural(n[0], "client")
	}
	load := []string{
		p.Loop + " loop", list(s.operations), clients, s.amount(),
		fmt.Sprintf("keys of %d bytes, values of %d bytes", p.KeyBytes, p.ValueBytes), fmt.Sprintf("seed %d", p.Seed),
	}
	if p.Open() {
		load = append(load, s.rates()+" ops/s offered")
	}
	line("load", cell(strings.Join(append(load, s.offer()...), "; ")))
	line("agents", "GOMAXPROCS "+s.gomaxprocs())
	line("build", s.builds())
	line("trials", fmt.Sprintf("%s, started %s", whole(int64(len(s.trials))), s.started()))
	line("command", s.commands())
	return b.String()
}

// either is s, or otherwise if s is empty.
func either(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// gomaxprocs returns GOMAXPROCS of the agents of all trials: how many clients of an
// agent can run at the same time.
func (s sweep) gomaxprocs() string {
	seen := make(map[int]bool)
	for _, t := range s.trials {
		for _, a := range t.Agents {
			seen[a.GOMAXPROCS] = true
		}
	}
	if len(seen) == 0 {
		return "unknown"
	}
	return numbers(slices.Sorted(maps.Keys(seen)))
}

// builds lists the executables, with their numbers of trials if there are several.
func (s sweep) builds() string {
	return s.distinct(func(t results.Trial) string {
		b := t.Build
		text := fmt.Sprintf("%s, revision %s", b.Go, either(b.Revision[:min(len(b.Revision), 12)], "unknown"))
		if b.Dirty {
			text += " with uncommitted changes"
		}
		return cell(text)
	})
}

// commands lists the distinct command lines, quoted so that they can be pasted
// into a shell.
func (s sweep) commands() string {
	return s.distinct(func(t results.Trial) string {
		words := make([]string, len(t.Command))
		for i, w := range t.Command {
			if words[i] = w; w == "" || strings.ContainsAny(w, " \t\n'\"\\$*?;&|<>()") {
				words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
			}
		}
		// In a code span only the table's bar and the end of the span need escaping.
		line := strings.Join(strings.Fields(strings.Join(words, " ")), " ")
		return "`" + strings.NewReplacer("|", `\|`, "`", "'").Replace(line) + "`"
	})
}

// distinct joins the different values that of has over the trials, in order of
// first appearance.
func (s sweep) distinct(of func(results.Trial) string) string {
	count := make(map[string]int)
	var order []string
	for _, t := range s.trials {
		v := of(t)
		if count[v] == 0 {
			order = append(order, v)
		}
		count[v]++
	}
	if len(order) == 1 {
		return order[0]
	}
	for i, v := range order {
		order[i] = fmt.Sprintf("%s (%s)", v, plural(count[v], "trial"))
	}
	return strings.Join(order, "; ")
}

// started returns the starts of the first and the last trial, UTC.
func (s sweep) started() string {
	const minute = "2006-01-02 15:04"
	first, last := s.trials[0].Started, s.trials[0].Started
	for _, t := range s.trials {
		if t.Started.Before(first) {
			first = t.Started
		} else if t.Started.After(last) {
			last = t.Started
		}
	}
	a, b := first.In(time.UTC).Format(minute), last.In(time.UTC).Format(minute)
	if a == b {
		return a + " UTC"
	}
	return "from " + a + " to " + b + " UTC"
}

// Facts describe how a sweep was measured. They are exported for templates:
// {{$loopback.Nodes}}. Facts written by hand would be stale as soon as the machine
// changes.

// Nodes is the number of nodes.
func (s sweep) Nodes() string { return whole(int64(s.params.Nodes)) }

// Clients is the numbers of clients.
func (s sweep) Clients() string { return numbers(s.clients()) }

// Operations is the number of recorded operations of each client.
func (s sweep) Operations() string { return whole(int64(s.params.Operations)) }

// Warmup is the number of operations of each client before those.
func (s sweep) Warmup() string { return whole(int64(s.params.Warmup)) }

// Rates are the offered rates, none in a closed loop.
func (s sweep) Rates() string {
	if !s.params.Open() {
		return absent
	}
	return s.rates()
}

// Trials is the number of trials.
func (s sweep) Trials() string { return whole(int64(len(s.trials))) }

// Valid is how many of them are VALID.
func (s sweep) Valid() string { return whole(int64(len(s.judged(results.Valid)))) }

// Repeats is the number of trials of each setting.
func (s sweep) Repeats() string {
	fewest, most := s.repeats()
	if fewest == most {
		return plural(most, "trial")
	}
	return span(float64(fewest), float64(most), tickNumber) + " trials"
}

// CPU is the model of the hosts' processors.
func (s sweep) CPU() string { return s.ofHosts(func(h results.Host) string { return h.CPU }) }

// Cores is the number of processors of each host.
func (s sweep) Cores() string {
	return s.ofHosts(func(h results.Host) string { return strconv.Itoa(h.Cores) })
}

// ofHosts joins the different values that hosts have.
func (s sweep) ofHosts(of func(results.Host) string) string {
	var all []string
	for _, g := range groupHosts(s.trials) {
		if text := of(g.host); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return escape(strings.Join(all, ", "))
}
