package workload

import (
	"math"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
)

// registerInput and registerOutput are an operation on one record as porcupine
// sees it. A value is its version and writer in one number; 0 is none.
type registerInput struct {
	op    Op
	value uint64
}

type registerOutput struct {
	value   uint64 // of a get; of a del, any if it found one
	unknown bool
}

// registerModel is a record on one machine.
func registerModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return uint64(0) },
		Step: func(state, input, output any) (bool, any) {
			held, in, out := state.(uint64), input.(registerInput), output.(registerOutput)
			switch in.op {
			case Put:
				return true, in.value
			case Del:
				return out.unknown || (out.value != 0) == (held != 0), uint64(0)
			}
			return out.value == held, held
		},
	}
}

// history is operations on one record with random replies. Some replies are not
// possible with a store that does one operation at a time.
type history struct {
	clients, inflight int // inflight is of all clients together
	deletes           bool
	unknown, failed   uint64 // of 100 operations

	random     splitmix
	ledgers    []*Ledger
	versions   []uint32
	values     []uint64 // put so far
	held       uint64   // value of a store that does the operation at the time of the reply
	underWay   []call
	operations []porcupine.Operation
	found      bool
}

// call is one operation in flight.
type call struct {
	client  int
	pending Pending
	in      registerInput
	at      int64
}

// run makes a history of the given number of operations.
func (h *history) run(operations int, seed uint64) {
	h.random, h.versions = splitmix{state: seed}, make([]uint32, h.clients)
	for c := range h.clients {
		h.ledgers = append(h.ledgers, newLedger(ledgerOptions{writer: uint32(c), shared: h.clients > 1, deletes: h.deletes, long: true}))
	}
	for now, begun := int64(0), 0; begun < operations || len(h.underWay) > 0; now++ {
		switch n := len(h.underWay); {
		case n == 0 || begun < operations && n < h.inflight && h.chance(50):
			h.begin(now)
			begun++
		default:
			i := int(h.random.uint64n(uint64(n)))
			c := h.underWay[i]
			h.underWay = slices.Delete(h.underWay, i, i+1)
			h.end(c, now)
		}
	}
}

func (h *history) chance(percent uint64) bool { return h.random.uint64n(100) < percent }

func (h *history) begin(now int64) {
	c := call{client: int(h.random.uint64n(uint64(h.clients))), at: now}
	c.in.op = Put + Op(h.random.uint64n(3))
	if c.in.op == Del && !h.deletes {
		c.in.op = Get
	}
	if c.in.op == Put {
		h.versions[c.client]++
		c.in.value = uint64(h.versions[c.client])<<32 | uint64(c.client)
		h.values = append(h.values, c.in.value)
	}
	c.pending = h.ledgers[c.client].begin(0, c.in.op, h.versions[c.client])
	h.underWay = append(h.underWay, c)
}

// end draws the outcome of an operation and checks its reply with the ledger.
func (h *history) end(c call, now int64) {
	l, o := h.ledgers[c.client], porcupine.Operation{Input: c.in, Call: c.at, Return: now}
	switch {
	case h.chance(h.failed):
		l.end(c.pending, Failed)
		return
	case h.chance(h.unknown):
		l.end(c.pending, Unknown)
		o.Return, o.Output = math.MaxInt64, registerOutput{unknown: true}
		if c.in.op != Get {
			h.operations = append(h.operations, o)
		}
		return
	}
	out := registerOutput{value: h.held}
	if n := uint64(len(h.values)); h.chance(25) {
		out.value = 0
		if i := h.random.uint64n(n + 1); i < n {
			out.value = h.values[i]
		}
	}
	switch c.in.op {
	case Put:
		h.held, out = c.in.value, registerOutput{}
	case Del:
		h.held = 0
	}
	key, how := recordKey(0), OK
	if c.in.op != Put {
		how = outcome(out.value != 0)
	}
	value := appendValue(nil, valueHead, key, uint32(out.value), uint32(out.value>>32))
	h.found = h.found || l.End(c.pending, how, key, value).Wrong()
	o.Output = out
	h.operations = append(h.operations, o)
}

// TestLedgerAgainstPorcupine compares the ledger with an exact checker. The ledger
// finds faults only in histories that are not linearizable. It finds all of those
// in which one client does one operation at a time and knows every outcome.
func TestLedgerAgainstPorcupine(t *testing.T) {
	found, missed := 0, 0
	for seed := range uint64(20_000) {
		random := splitmix{state: seed}
		h := history{
			clients: 1 + int(random.uint64n(2)), inflight: 1 + int(random.uint64n(4)), deletes: random.uint64n(4) > 0,
			unknown: 10 * random.uint64n(2), failed: 10 * random.uint64n(2),
		}
		h.run(10, seed)
		linearizable := porcupine.CheckOperations(registerModel(), h.operations)
		switch {
		case h.found && linearizable:
			t.Fatalf("seed %d: the store is found without cause: %+v", seed, h)
		case h.clients > 1: // of which one client cannot know
		case h.found:
			found++
		case !linearizable && h.clients == 1 && h.inflight == 1 && h.unknown+h.failed == 0:
			t.Fatalf("seed %d: nothing is found wrong: %+v", seed, h)
		case !linearizable:
			missed++
		}
	}
	if found < 2*missed {
		t.Errorf("%d of %d histories that are not linearizable were found, want two thirds", found, found+missed)
	}
}
