// Package workload defines what the clients of a trial do: operations, keys, values,
// intended starts, and the verification of replies. All of it depends only on the
// options, the seed and the number of the client, on every platform and in every Go
// release. The package does not depend on networks or stores.
//
// A [Source] makes a client's operations. In phases, each client uses its own keys,
// each once. In a mix, operations of all kinds are mixed, on records that were
// loaded before.
//
// A [Schedule] has the intended starts of an open loop. A [Ledger] checks each reply
// against what its client knows of the record. It detects lost updates and
// resurrected, torn and foreign values, and has no false positives on a linearizable
// store.
package workload

// Options determine a workload. Workloads with equal options are equal.
type Options struct {
	Seed     uint64
	Clients  int   // at least 1
	KeyBytes int   // length of every key, at least MinKeyBytes
	Values   Sizes // lengths of values

	// Mix is the shares of operations in a mixed workload, on Records records chosen
	// by Keys. The zero Mix means phases, with KeysPerClient keys for each client.
	Mix           Mix
	Keys          Keys // the zero value means those of the mix
	Records       int
	KeysPerClient int

	// Salt, unless 0, makes keys different from those of other salts with the same
	// seed, if they have at least 16 bytes. The rest of the workload stays the same.
	Salt uint64

	// FailedPutRemoves says that a failed put may have removed the earlier value of its
	// record.
	FailedPutRemoves bool
}

// Mixed reports whether the workload is a mix.
func (o Options) Mixed() bool { return o.Mix != (Mix{}) }

const (
	// MinKeyBytes is the length of the part of a key that makes it unique: 48
	// bits, 6 to a character.
	MinKeyBytes = 8
	keyBits     = 6 * MinKeyBytes
)
