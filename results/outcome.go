package results

// Counts is the number of operations by how they ended. A wrong value is not an
// outcome of its own: a get that returned other bytes than it should have is
// counted under OK, because the store said so, and again under Wrong.
type Counts struct {
	OK       int64 `json:"ok"`        // done, and the reply says so
	NotFound int64 `json:"not_found"` // done; the key was absent
	Failed   int64 `json:"failed"`    // certainly not done
	Unknown  int64 `json:"unknown"`   // may or may not have been done

	// Absent is how many of NotFound were of keys that the workload may well find
	// absent, as after a delete. They are no fault.
	Absent int64 `json:"absent,omitempty"`

	// Wrong is replies that cannot be right, whatever the store did with
	// operations that were under way at the same time. The four below say what was
	// wrong, each reply under one of them; schema 1 did not tell them apart.
	Wrong int64 `json:"wrong"`
	// Torn is values whose checksum is wrong: parts of several, or damaged.
	Torn int64 `json:"torn,omitempty"`
	// Foreign is whole values that belong to another key.
	Foreign int64 `json:"foreign,omitempty"`
	// Lost is lost updates: a value older than one whose put was acknowledged
	// before the operation began, or nothing in its place. Where it was nothing,
	// the operation is under NotFound instead of OK.
	Lost int64 `json:"lost,omitempty"`
	// Resurrected is values older than a delete that was acknowledged before the
	// get began.
	Resurrected int64 `json:"resurrected,omitempty"`
}

// Total is the number of operations attempted, in every outcome.
func (c Counts) Total() int64 { return c.OK + c.NotFound + c.Failed + c.Unknown }

// Replied is the number of operations that got a reply: those with a latency.
func (c Counts) Replied() int64 { return c.OK + c.NotFound }

// Bad is the number of faults that make a run fail: operations without a reply,
// keys that should have been there and were not, and wrong values. A lost update
// that left nothing is both of the latter, and counts twice. It is 0 only where
// nothing went wrong.
func (c Counts) Bad() int64 { return c.NotFound - c.Absent + c.Failed + c.Unknown + c.Wrong }

// Add returns the sums of c and d, field by field.
func (c Counts) Add(d Counts) Counts {
	return Counts{
		OK:          c.OK + d.OK,
		NotFound:    c.NotFound + d.NotFound,
		Failed:      c.Failed + d.Failed,
		Unknown:     c.Unknown + d.Unknown,
		Absent:      c.Absent + d.Absent,
		Wrong:       c.Wrong + d.Wrong,
		Torn:        c.Torn + d.Torn,
		Foreign:     c.Foreign + d.Foreign,
		Lost:        c.Lost + d.Lost,
		Resurrected: c.Resurrected + d.Resurrected,
	}
}
