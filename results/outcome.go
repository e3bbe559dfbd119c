package results

// Counts is the number of operations by how they ended. A wrong value is not an
// outcome of its own: a get that returned other bytes than were put is counted
// under OK, because the store said so, and again under Wrong.
type Counts struct {
	OK       int64 `json:"ok"`        // done, and the reply says so
	NotFound int64 `json:"not_found"` // done; the key was absent
	Failed   int64 `json:"failed"`    // certainly not done
	Unknown  int64 `json:"unknown"`   // may or may not have been done
	Wrong    int64 `json:"wrong"`     // gets that returned a wrong value
}

// Total is the number of operations attempted, in every outcome.
func (c Counts) Total() int64 { return c.OK + c.NotFound + c.Failed + c.Unknown }

// Bad is the number of operations that make a run fail: those that did not end
// with a reply, keys that should have been there and were not, and wrong values.
// Every key of the workload is present when it is read or deleted, so NotFound
// is bad as well.
func (c Counts) Bad() int64 { return c.NotFound + c.Failed + c.Unknown + c.Wrong }

// Add returns the sums of c and d, outcome by outcome.
func (c Counts) Add(d Counts) Counts {
	return Counts{
		OK:       c.OK + d.OK,
		NotFound: c.NotFound + d.NotFound,
		Failed:   c.Failed + d.Failed,
		Unknown:  c.Unknown + d.Unknown,
		Wrong:    c.Wrong + d.Wrong,
	}
}
