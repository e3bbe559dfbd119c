package results

// Counts is the number of operations by outcome. A get that returned a wrong value is
// counted under OK, the status of its reply, and again under Wrong.
type Counts struct {
	OK       int64 `json:"ok"`        // done, and the reply says so
	NotFound int64 `json:"not_found"` // done; the key was absent
	Failed   int64 `json:"failed"`    // certainly not done
	Unknown  int64 `json:"unknown"`   // may or may not have been done

	// Unsent is operations of an open loop that were due in its window and never sent.
	// [Counts.Total] and [Counts.Bad] leave them out.
	Unsent int64 `json:"unsent,omitempty"`

	// Absent is the part of NotFound of keys that may be absent, as after a delete.
	// They are correct.
	Absent int64 `json:"absent,omitempty"`

	// Wrong is replies that no order of the operations in flight explains. Torn,
	// Foreign, Lost and Resurrected say what was wrong, each reply under one of
	// them; schema 1 did not distinguish them.
	Wrong int64 `json:"wrong"`
	// Torn is values with a wrong checksum: parts of several values, or damaged.
	Torn int64 `json:"torn,omitempty"`
	// Foreign is intact values of another key.
	Foreign int64 `json:"foreign,omitempty"`
	// Lost is lost updates: a value older than one whose put was acknowledged
	// before the operation began, or nothing in its place.
	Lost int64 `json:"lost,omitempty"`
	// Missing is the part of Lost that found nothing. It is counted under NotFound, not
	// OK. Early records of schema 2 have 0.
	Missing int64 `json:"missing,omitempty"`
	// Resurrected is values older than a delete that was acknowledged before the
	// get began.
	Resurrected int64 `json:"resurrected,omitempty"`
}

// Total is the number of operations attempted, with any outcome.
func (c Counts) Total() int64 { return c.OK + c.NotFound + c.Failed + c.Unknown }

// Due is the number of operations attempted or unsent.
func (c Counts) Due() int64 { return c.Total() + c.Unsent }

// Replied is the number of operations with a reply, and so with a latency.
func (c Counts) Replied() int64 { return c.OK + c.NotFound }

// Bad is the number of operations that make a run fail, each counted once: those
// without a reply, those that did not find a key that must exist, and wrong values.
func (c Counts) Bad() int64 {
	return c.Failed + c.Unknown + c.NotFound - c.Absent + c.Wrong - c.Missing
}

// Add returns the sums of c and d, field by field.
func (c Counts) Add(d Counts) Counts {
	return Counts{
		OK:          c.OK + d.OK,
		NotFound:    c.NotFound + d.NotFound,
		Failed:      c.Failed + d.Failed,
		Unknown:     c.Unknown + d.Unknown,
		Unsent:      c.Unsent + d.Unsent,
		Absent:      c.Absent + d.Absent,
		Wrong:       c.Wrong + d.Wrong,
		Torn:        c.Torn + d.Torn,
		Foreign:     c.Foreign + d.Foreign,
		Lost:        c.Lost + d.Lost,
		Missing:     c.Missing + d.Missing,
		Resurrected: c.Resurrected + d.Resurrected,
	}
}
