package target

import (
	"dhtbench/bench/workload"
	"dhtbench/node"
)

// Local does operations on the table of a node in the same process, without a
// network. It is safe for concurrent use if its table is.
type Local struct {
	Table node.Table
}

// Do does one operation. It appends what a get finds to dst, which the reply then
// aliases.
func (l Local) Do(dst []byte, op workload.Op, key, value []byte) Reply {
	found := true
	switch op {
	case workload.Put:
		l.Table.Put(key, value)
	case workload.Get:
		dst, found = l.Table.AppendValue(dst, key)
	case workload.Del:
		found = l.Table.Del(key)
	}
	if !found {
		return Reply{Outcome: workload.NotFound}
	}
	return Reply{Outcome: workload.OK, Value: dst}
}
