package workload

import (
	"errors"
	"fmt"
	"strings"
)

// kind is what an operation of a mix does.
type kind uint8

const (
	kindGet    kind = iota
	kindPut         // of a record that exists, or existed until it was deleted
	kindDel         // of such a record
	kindInsert      // a put of a new record
	// kindUpdate is YCSB's read-modify-write: a get and then a put of the same
	// record. The two operations are timed and counted separately.
	kindUpdate
	kinds // the number of kinds
)

// String returns the name of k in the text form of a Mix and in records.
func (k kind) String() string {
	return [kinds]string{"get", "put", "del", "insert", "rmw"}[k]
}

// Mix is the shares of operation kinds in a mixed workload. The kind of each
// operation is drawn independently. Mixes with equal text are equal. The zero Mix
// means no mix.
//
// The text form is either shares, in any unit (get=95,put=5 is get=19,put=1),
// of get, put, del, insert (put of a new record) and rmw (get and put of one
// record, as two operations), or the name of a core workload of YCSB:
//
//	ycsb-a  get=50,put=50    zipfian:0.99
//	ycsb-b  get=95,put=5     zipfian:0.99
//	ycsb-c  get=100          zipfian:0.99
//	ycsb-d  get=95,insert=5  latest
//	ycsb-f  get=50,rmw=50    zipfian:0.99
//
// ycsb-e is not supported: it scans ranges of keys, which a hash table cannot do.
type Mix struct {
	name   string // of YCSB, or empty
	shares [kinds]float64
}

// UnmarshalText reads the text form. Empty text is the zero Mix.
func (m *Mix) UnmarshalText(text []byte) error {
	parsed := Mix{}
	var err error
	switch {
	case len(text) == 0:
	case strings.Contains(string(text), "="):
		parsed.shares, err = parseShares(string(text))
	default:
		parsed, err = ycsb(string(text))
	}
	if err != nil {
		return fmt.Errorf("workload %q: %w", text, err)
	}
	*m = parsed
	return nil
}

// ycsb is the core workload of that name (Cooper et al., Benchmarking Cloud
// Serving Systems with YCSB, SoCC 2010).
func ycsb(name string) (Mix, error) {
	m := Mix{name: name}
	switch name {
	case "ycsb-a":
		m.shares[kindGet], m.shares[kindPut] = 50, 50
	case "ycsb-b":
		m.shares[kindGet], m.shares[kindPut] = 95, 5
	case "ycsb-c":
		m.shares[kindGet] = 100
	case "ycsb-d":
		m.shares[kindGet], m.shares[kindInsert] = 95, 5
	case "ycsb-e":
		return Mix{}, errors.New("it scans ranges of keys, and a hash table has no order of keys; use ycsb-a, b, c, d or f")
	case "ycsb-f":
		m.shares[kindGet], m.shares[kindUpdate] = 50, 50
	default:
		return Mix{}, errors.New("want ycsb-a, b, c, d or f, or shares such as get=95,put=5")
	}
	return m, nil
}

func parseShares(text string) (shares [kinds]float64, err error) {
	var given [kinds]bool
	for part := range strings.SplitSeq(text, ",") {
		word, number, _ := strings.Cut(strings.TrimSpace(part), "=")
		k, err := parseKind(word)
		if err != nil {
			return shares, err
		}
		if given[k] {
			return shares, fmt.Errorf("%s: named twice; give it one share", k)
		}
		given[k] = true
		if number == "0" {
			continue
		}
		if shares[k], err = parsePositive(number); err != nil {
			return shares, fmt.Errorf("share of %s: %w", k, err)
		}
	}
	if shares == ([kinds]float64{}) {
		return shares, errors.New("all shares are 0; at least one must be above 0")
	}
	return shares, nil
}

func parseKind(word string) (kind, error) {
	for k := range kinds {
		if k.String() == word {
			return k, nil
		}
	}
	return 0, fmt.Errorf("operation %q: want get, put, del, insert or rmw", word)
}

// MarshalText returns the text form, for UnmarshalText.
func (m Mix) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// String returns the canonical text form of m: YCSB's name, or the shares as given,
// in the order of kinds and without those of 0. It is empty for the zero Mix.
func (m Mix) String() string {
	if m.name != "" {
		return m.name
	}
	var parts []string
	for k, share := range m.shares {
		if share != 0 {
			parts = append(parts, kind(k).String()+"="+formatNumber(share))
		}
	}
	return strings.Join(parts, ",")
}

// deletes reports whether the mix deletes records.
func (m Mix) deletes() bool { return m.shares[kindDel] != 0 }

// Writes returns two shares of the operations of m, 0 to 1: all operations that write a
// record, and those that insert a new one.
func (m Mix) Writes() (all, inserts float64) {
	operations := m.shares[kindUpdate] // an update is two
	for k, share := range m.shares {
		operations += share
		if kind(k) != kindGet {
			all += share
		}
	}
	return all / operations, m.shares[kindInsert] / operations
}

// Keys returns the default key distribution of the mix: that of the YCSB workload of
// its name, or uniform for shares.
func (m Mix) Keys() Keys {
	switch m.name {
	case "":
		return Keys{Kind: keysUniform}
	case "ycsb-d":
		return Keys{Kind: keysLatest, Theta: defaultTheta}
	}
	return Keys{Kind: keysZipfian, Theta: defaultTheta}
}

// pick draws the kind of one operation. m must not be zero.
func (m *Mix) pick(random *splitmix) kind {
	var total float64
	for _, share := range m.shares {
		total += share
	}
	x := float64(random.float64() * total)
	var picked kind
	for k, share := range m.shares {
		if share == 0 {
			continue
		}
		picked = kind(k) // the last kind, if rounding leaves a rest of x
		if x < share {
			break
		}
		x -= share
	}
	return picked
}
