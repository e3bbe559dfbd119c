package plots

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"dhtbench/results"
)

// paired returns the ratio of a figure of a to that of b: the median over the repeats
// that both have. A repeat measures both soon after each other, so a drift of the
// machine changes both.
func paired(a, b setting, of func(results.Trial) float64) results.Estimate {
	under := make(map[int]float64)
	for _, t := range b.Trials {
		under[t.Params.Repeat] = of(t)
	}
	var ratios []float64
	for _, t := range a.Trials {
		if x, both := under[t.Params.Repeat]; both {
			if x == 0 {
				x = math.NaN()
			}
			ratios = append(ratios, of(t)/x)
		}
	}
	return results.Median(ratios)
}

// quantileDue returns a function for a quantile of all operations that were due, NaN if
// it is not known or only a lower bound.
func quantileDue(q float64) func(results.Trial) float64 {
	return func(t results.Trial) float64 {
		s := t.Sample()
		v, atLeast := s.Quantile(q)
		if atLeast || !s.Supports(q) {
			return math.NaN()
		}
		return float64(v)
	}
}

// pairs returns the pairs to compare: the first store with each other one, then each
// store with null servers of its protocol.
func (g rivals) pairs() [][2]sweep {
	var pairs [][2]sweep
	stores := g.stores()
	for i, s := range stores {
		if i > 0 {
			pairs = append(pairs, [2]sweep{stores[0], s})
		}
	}
	for _, s := range stores {
		for _, floor := range g {
			if floor.params.Target == results.NullPrefix+s.params.Store() {
				pairs = append(pairs, [2]sweep{s, floor})
			}
		}
	}
	return pairs
}

// peersTable returns the ratios of throughput, p50 and p99 of targets in Markdown.
func (all sweeps) peersTable() (string, error) {
	groups, _ := all.rivals()
	if len(groups) == 0 {
		return "", errNoRivals
	}
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(g.ratioTable() + "\n")
	}
	b.WriteString("Ratios of two trials of the same repeat: the median over repeats, with its 95 % interval in brackets where there are 6 repeats or more. " +
		"An interval in bold does not contain 1.\n")
	return b.String(), nil
}

// Compared is the trials of all targets that the file compares, of the first loop.
func (all sweeps) Compared() (sweep, error) {
	groups, _ := all.rivals()
	if len(groups) == 0 {
		return sweep{}, errNoRivals
	}
	return groups[0].sum(), nil
}

// errNoRivals is the error of a file that compares no targets.
var errNoRivals = errors.New("the file compares no targets: it needs two that were measured with the same parameters")

// ratioTable has a row for each pair, operation and load. Rates of an open loop are
// chosen, so it has no ratios of them.
func (g rivals) ratioTable() string {
	latency := g[0].main().String()
	names := []string{latency + " p50", latency + " p99"}
	figures := []func(results.Trial) float64{quantileDue(0.5), quantileDue(0.99)}
	if !g[0].params.Open() {
		names, figures = append([]string{"throughput"}, names...), append([]func(results.Trial) float64{results.Trial.Throughput}, figures...)
	}
	var b strings.Builder
	b.WriteString(heading(append([]string{"ratio", "operation", g[0].axis.noun()}, names...)))
	for _, pair := range g.pairs() {
		over, under := pair[0], pair[1]
		for _, o := range over.operations {
			for _, l := range over.loads {
				a, measured := over.at(o, l)
				b2, both := under.at(o, l)
				if !measured || !both {
					continue
				}
				cells := []string{cell(over.params.Store() + " / " + under.params.Store()), cell(o), exactly(g[0].axis.x(l))}
				for _, of := range figures {
					cells = append(cells, ratioCell(paired(a, b2, of)))
				}
				b.WriteString(row(cells))
			}
		}
	}
	return b.String()
}

// ratioCell writes a ratio, in bold if its interval does not contain 1.
func ratioCell(e results.Estimate) string {
	text := estimate(e, 1)
	if e.HasInterval() && (e.Low > 1 || e.High < 1) {
		text = "**" + text + "**"
	}
	return text
}

// serversTable returns, in Markdown, the servers of each target and what they used.
func (all sweeps) serversTable() (string, error) {
	g := all.waiting()
	if g == nil {
		return "", errNoRivals
	}
	var b strings.Builder
	with := g[0].axis.with(g.heaviest())
	b.WriteString(heading([]string{"target", "program", "threads", "throughput " + with + " (ops/s)", "operations per second of server CPU", "resident memory (MB)"}))
	for _, s := range g {
		t, ok := s.at(s.operations[0], g.heaviest())
		if !ok {
			continue
		}
		b.WriteString(row([]string{cell(s.params.Store()), cell(s.program()), s.threads(), estimate(t.Throughput, 1),
			estimate(perCPU().of(t), 1), estimate(over(t.Trials, resident), 1e6)}))
	}
	return b.String() + "\nMedians over trials, with the 95 % interval of the median in brackets where there are 6 trials or more.\n", nil
}

// resident is the resident memory of all servers in bytes, NaN if it was not recorded.
func resident(t results.Trial) float64 {
	var sum int64
	for _, n := range t.Nodes {
		sum += n.RSSBytes
	}
	if sum == 0 {
		return math.NaN()
	}
	return float64(sum)
}

// program returns the programs of the servers with their versions.
func (s sweep) program() string {
	return s.distinct(func(t results.Trial) string {
		for _, n := range t.Nodes {
			if n.Program != "" {
				return n.Program
			}
		}
		return "dhtbench"
	})
}

// threads returns GOMAXPROCS of servers in Go, and the number of threads of others.
func (s sweep) threads() string {
	return s.distinct(func(t results.Trial) string {
		for _, h := range t.Hosts {
			if h.NodeGOMAXPROCS > 0 {
				return fmt.Sprint(h.NodeGOMAXPROCS)
			}
		}
		return unknown
	})
}
