package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"dhtbench/results"
)

// writeSpread writes a table that compares clients, with a row for each operation at
// its heaviest load. It leaves out loads of one client.
func writeSpread(w io.Writer, summaries []results.Summary) {
	rows := [][]string{{"op", "clients", "p99", "p99 of each client", "most of the slowest 1 %"}}
	for i, s := range summaries {
		heaviest := i == len(summaries)-1 || summaries[i+1].Setting.Operation != s.Setting.Operation
		if !heaviest || s.Setting.Clients < 2 {
			continue
		}
		parts := s.Parts()
		if len(parts) < 2 {
			continue
		}
		byP99 := func(a, b results.Part) int { return int(a.P99.Median - b.P99.Median) }
		low, high := slices.MinFunc(parts, byP99).P99, slices.MaxFunc(parts, byP99).P99
		if !low.Known() || !high.Known() {
			continue
		}
		rows = append(rows, []string{opCell(s), strconv.Itoa(s.Setting.Clients), results.FormatEstimate(s.Latency().Quantile(0.99).Point()),
			results.FormatEstimate(low.Point()) + " to " + results.FormatEstimate(high.Point()), tailOwner(parts)})
	}
	if len(rows) > 1 {
		fmt.Fprint(w, "Between clients:\n"+align(rows, func(int) string { return "" }))
	}
}

// tailOwner names the client with most of the slowest operations, with its shares of
// them and of all operations: "client 3 on h3: 31.4 %, 12.5 % of all". It returns "-"
// if the p99 is unknown.
func tailOwner(parts []results.Part) string {
	p := slices.MaxFunc(parts, func(a, b results.Part) int {
		if a.Tail < b.Tail {
			return -1
		}
		return 1
	})
	if math.IsNaN(p.Tail) {
		return "-"
	}
	where := fmt.Sprintf("client %d", p.Client)
	if p.Host != parts[0].Host || p.Host != parts[len(parts)-1].Host {
		where += " on " + p.Host
	}
	return fmt.Sprintf("%s: %.1f %%, %.1f %% of all", where, 100*p.Tail, 100*p.Operations)
}

// clientRow is one client of a row in JSON. The shares are 0 to 1; see [results.Part].
type clientRow struct {
	Client     int      `json:"client"`
	Host       string   `json:"host"`
	P50NS      *float64 `json:"p50_ns"`
	P99NS      *float64 `json:"p99_ns"`
	Operations *float64 `json:"operations_share"`
	Tail       *float64 `json:"tail_share"` // of the operations above the p99 of all clients
}

// clientRows are the clients of a setting, nil if it has only one.
func clientRows(s results.Summary) []clientRow {
	if s.Setting.Clients < 2 {
		return nil
	}
	share := func(v float64) *float64 {
		if math.IsNaN(v) {
			return nil
		}
		return new(math.Round(1e4*v) / 1e4)
	}
	var rows []clientRow
	for _, p := range s.Parts() {
		rows = append(rows, clientRow{p.Client, p.Host, number(p.P50.Median), number(p.P99.Median), share(p.Operations), share(p.Tail)})
	}
	return rows
}
