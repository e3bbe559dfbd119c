// Package workload is what the clients of a trial do: which operations on which
// keys with which values, when, and which replies are right. All of it follows
// from the options, the seed and the number of the client, on every platform and
// in every Go release. The package knows nothing of networks or stores.
//
// A client's operations come from a [Source]. In phases, each client uses keys of
// its own, each once. In a mix, operations of all kinds come mixed, on records
// that were loaded before.
//
// A [Schedule] says when the operations of an open loop start. A [Ledger] checks
// each reply against what its client knows of the record: it tells lost updates,
// resurrected, torn and foreign values apart, and has no false positives on a
// linearizable store.
package workload

// Options are what a workload depends on. Two workloads with equal options are
// the same.
type Options struct {
	Seed     uint64
	Clients  int   // at least 1
	KeyBytes int   // length of every key, at least MinKeyBytes
	Values   Sizes // lengths of values

	// Mix is the shares of operations in a mixed workload, on Records records
	// chosen by Keys. The zero Mix means phases, with KeysPerClient keys for each
	// client.
	Mix           Mix
	Keys          Keys // the zero value means those of the mix
	Records       int
	KeysPerClient int
}

// Mixed reports whether operations of all kinds come mixed.
func (o Options) Mixed() bool { return o.Mix != (Mix{}) }

const (
	// MinKeyBytes is the length of the part of a key that makes it unique: 48
	// bits, 6 to a character.
	MinKeyBytes = 8
	keyBits     = 6 * MinKeyBytes
)
