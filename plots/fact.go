package plots

import (
	"slices"
	"strconv"
	"strings"

	"dhtbench/results"
)

// Facts describe how a sweep was measured. They are exported for templates:
// {{$loopback.Nodes}}. Facts written by hand would be stale as soon as the machine
// changes.

// Nodes is the number of nodes.
func (s sweep) Nodes() string { return whole(int64(s.params.Nodes)) }

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
