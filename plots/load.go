package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dhtbench/plots/chart"
	"dhtbench/results"
)

// load is the number of clients and the offered rate of a trial.
type load struct {
	clients int
	rate    float64 // offered by all clients together, ops/s; 0 in a closed loop
}

func loadOf(p results.Params) load { return load{p.Clients, p.RateOpsPerS} }

// compare orders loads from the lightest, as x axes do.
func (l load) compare(m load) int {
	return cmp.Or(cmp.Compare(l.clients, m.clients), cmp.Compare(l.rate, m.rate))
}

// axis is the x axis of the figures of a sweep.
type axis int

const (
	byClients axis = iota
	byRate
)

// either returns the word for the axis.
func (a axis) either(clients, rate string) string {
	if a == byRate {
		return rate
	}
	return clients
}

func (a axis) noun() string     { return a.either("clients", "offered rate, ops/s") }
func (a axis) quantity() string { return a.either("number of clients", "offered rate") }

// unit returns the unit of loads.
func (a axis) unit() string { return a.either("clients", "ops/s") }

// preposition joins a load to an operation: get with 8 clients, at 1,000 ops/s.
func (a axis) preposition() string { return a.either("with", "at") }

// x returns the position of a load on the axis.
func (a axis) x(l load) float64 {
	if a == byRate {
		return l.rate
	}
	return float64(l.clients)
}

// with returns a load with its preposition.
func (a axis) with(l load) string { return a.preposition() + " " + a.words(l) }

// again returns a load with its preposition and without its unit.
func (a axis) again(l load) string { return a.preposition() + " " + exactly(a.x(l)) }

// words returns a load with its unit: 8 clients, 1,000 ops/s.
func (a axis) words(l load) string {
	if a == byRate {
		return exactly(l.rate) + " ops/s"
	}
	return plural(l.clients, "client")
}

// list formats ascending loads as ranges, without their unit: 1–4, 8.
func (a axis) list(loads []load) string {
	if a == byClients {
		var counts []int
		for _, l := range loads {
			counts = append(counts, l.clients)
		}
		return numbers(counts)
	}
	var parts []string
	for _, l := range loads {
		parts = append(parts, exactly(l.rate))
	}
	// Of many rates, only the lowest and the highest are listed.
	if n := len(parts); n > 4 {
		return fmt.Sprintf("%s … %s (%d rates)", parts[0], parts[n-1], n)
	}
	return strings.Join(parts, ", ")
}

// unitAfter returns the unit after a list.
func (a axis) unitAfter(loads []load) string {
	if a == byClients && len(loads) == 1 && loads[0].clients == 1 {
		return "client"
	}
	return a.unit()
}

// fit returns the axis of loads. It is logarithmic if small loads would coincide on a
// linear one. For rates this needs a larger range, because a log axis compresses the
// large rates, which matter most.
func (a axis) fit(loads []load) chart.Axis {
	linear := 16.0 // up to this ratio, neighbours do not coincide on a page
	if a == byRate {
		linear = 100
	}
	xs := a.xs(loads)
	return chart.Places(xs, xs[len(xs)-1] > linear*xs[0], exactly).Labelled(a.noun())
}

// xs returns the positions of loads on the axis.
func (a axis) xs(loads []load) []float64 {
	all := make([]float64, len(loads))
	for i, l := range loads {
		all[i] = a.x(l)
	}
	return all
}

// exactly formats a number that was chosen, not measured: with all digits, and commas
// between thousands.
func exactly(v float64) string { return commas(strconv.FormatFloat(v, 'f', -1, 64)) }

// numbers formats ascending integers as ranges: 1–4, 8.
func numbers(rising []int) string {
	var parts []string
	for i := 0; i < len(rising); {
		j := i
		for j+1 < len(rising) && rising[j+1] == rising[j]+1 {
			j++
		}
		switch {
		case j-i >= 2: // a range of two would be no shorter
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

// insert adds v to an ascending list of loads, unless it is there.
func insert(loads []load, v load) []load {
	i, there := slices.BinarySearchFunc(loads, v, load.compare)
	if there {
		return loads
	}
	return slices.Insert(loads, i, v)
}
