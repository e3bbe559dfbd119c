package node

// Table is what a Server serves. Implement it to serve and measure a store of
// your own. It must be safe for concurrent use: the server calls it from the
// goroutines of all connections. It must not keep the slices that it is given,
// which are overwritten after the call. Keys have 1 to MaxKey bytes, values 0
// to MaxValue.
type Table interface {
	// Put stores a copy of value under a copy of key and replaces any earlier
	// value.
	Put(key, value []byte)

	// AppendValue appends the value of key to dst and returns the extended
	// slice and true, or dst and false if there is no such key.
	AppendValue(dst, key []byte) ([]byte, bool)

	// Del removes key and its value, and reports whether there was one.
	Del(key []byte) bool
}

// Null is a Table that keeps nothing and has every key, with a value of that
// many zero bytes, 0 to MaxValue. It shows what a measurement finds without a
// store.
type Null int

// Put does nothing.
func (n Null) Put(key, value []byte) {}

// AppendValue appends the zero bytes.
func (n Null) AppendValue(dst, key []byte) ([]byte, bool) {
	return append(dst, make([]byte, n)...), true // allocates no second slice
}

// Del returns true.
func (n Null) Del(key []byte) bool { return true }
