package results

import (
	"cmp"
	"errors"
	"fmt"
)

// check returns an error for a record that contradicts itself, since numbers derived
// from it would be wrong. It accepts records that only have warnings; see
// [Trial.Judge].
func (t Trial) check() error {
	err := cmp.Or(t.Params.check(), t.checkExtent(), t.checkClients(), t.checkTimeline(), t.checkProcesses(), t.checkWarnings())
	if err != nil {
		return fmt.Errorf("trial record: %w", err)
	}
	return nil
}

// fault returns an error if bad, else nil.
func fault(bad bool, format string, args ...any) error {
	if !bad {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func (p Params) check() error {
	return cmp.Or(
		fault(p.Loop != ClosedLoop && !p.Open(), "loop %q is neither closed nor open", p.Loop),
		fault(p.Clients < 1, "params: %d clients, want 1 at least", p.Clients),
		fault(min(p.Nodes, p.Operations, p.Warmup, p.KeyBytes, p.ValueBytes, p.Repeat, p.Records, p.Inflight) < 0 ||
			min(p.DurationNS, p.WarmupNS, p.GraceNS) < 0, "params: a negative number"),
		fault(p.Open() && !(p.RateOpsPerS > 0), "params: an open loop with a rate of %v operations/s", p.RateOpsPerS),
	)
}

// checkExtent checks that an open loop is a window, as it is since schema 3.
func (t Trial) checkExtent() error {
	p := t.Params
	return fault(t.Schema >= 3 && p.Open() && (p.DurationNS == 0 || p.Operations != 0),
		"params: an open loop of %d operations in %d ns, want 0 operations and a duration", p.Operations, p.DurationNS)
}

func (t Trial) checkClients() error {
	if len(t.Clients) != t.Params.Clients {
		return fmt.Errorf("%d clients listed, params say %d", len(t.Clients), t.Params.Clients)
	}
	for i, c := range t.Clients {
		if c.Client != i {
			return fmt.Errorf("client %d stands in place %d", c.Client, i)
		}
		n, want := c.Counts.Total(), int64(t.Params.Operations)
		err := cmp.Or(c.Counts.check(), c.checkTimes(), c.checkHistograms(t.Params.Open()), c.checkWindow(t.Params, t.Schema), c.checkRest(),
			fault(want > 0 && (n > want || n < want && c.Ended == ""), "%d operations, params say %d", n, want))
		if err != nil {
			return fmt.Errorf("client %d: %w", i, err)
		}
	}
	return nil
}

func (c Counts) check() error {
	switch {
	case min(c.OK, c.NotFound, c.Failed, c.Unknown, c.Unsent, c.Absent, c.Wrong, c.Torn, c.Foreign, c.Lost, c.Missing, c.Resurrected) < 0:
		return errors.New("a count is negative")
	case c.Absent > c.NotFound:
		return fmt.Errorf("%d keys not found, of which %d may be absent", c.NotFound, c.Absent)
	case c.Missing > min(c.Lost, c.NotFound-c.Absent):
		return fmt.Errorf("%d lost updates found nothing, but %d are lost and %d were not found", c.Missing, c.Lost, c.NotFound-c.Absent)
	case c.Wrong > c.Replied():
		return fmt.Errorf("%d wrong values in %d replies", c.Wrong, c.Replied())
	case c.Torn+c.Foreign+c.Lost+c.Resurrected > c.Wrong:
		return fmt.Errorf("%d torn, %d foreign, %d lost and %d resurrected values are more than %d wrong ones", c.Torn, c.Foreign, c.Lost, c.Resurrected, c.Wrong)
	}
	return nil
}

func (c Client) checkTimes() error {
	if c.EndNS < c.StartNS {
		return fmt.Errorf("it ended at %d ns, before its start at %d ns", c.EndNS, c.StartNS)
	}
	var before int64
	for i, mark := range c.MarksNS {
		if mark < before {
			return fmt.Errorf("mark %d at %d ns comes before %d ns: marks must rise from 0", i, mark, before)
		}
		before = mark
	}
	return fault(before > c.EndNS-c.StartNS, "its last mark is at %d ns, after its end at %d ns", before, c.EndNS-c.StartNS)
}

func (c Client) checkHistograms(open bool) error {
	want := c.Counts.Replied()
	same := func(name string, h *Histogram) error {
		if h == nil {
			return fault(want > 0, "no histogram of %s time", name)
		}
		return fault(h.Count() != want, "histogram of %s time holds %d operations, counts say %d", name, h.Count(), want)
	}
	faults := []error{same("service", c.Service)}
	if open {
		faults = append(faults, same("response", c.Response), same("lag", c.Lag))
	}
	var sum int64
	for kind, h := range c.Kinds {
		if h == nil {
			return fmt.Errorf("no histogram of kind %q", kind)
		}
		sum += h.Count()
	}
	faults = append(faults, fault(c.Kinds != nil && sum != want, "histograms by kind hold %d operations, counts say %d", sum, want))
	return cmp.Or(faults...)
}

func (c Client) checkRest() error {
	if b := c.Breakdown; b != nil {
		if b.Network == nil || b.Queue == nil || b.Work == nil {
			return errors.New("breakdown lacks a histogram")
		}
		if n := b.Network.Count(); b.Queue.Count() != n || b.Work.Count() != n || n > c.Counts.Replied() {
			return fmt.Errorf("breakdown of %d, %d and %d operations, counts say %d at most", n, b.Queue.Count(), b.Work.Count(), c.Counts.Replied())
		}
	}
	return cmp.Or(
		fault(c.Queued < 0 || c.Queued > c.Counts.Total(), "%d operations queued of %d", c.Queued, c.Counts.Total()),
		fault(c.Ended != "" && c.Ended != Interrupted && c.Ended != Hopeless, "it ended %q, which is neither %s nor %s", c.Ended, Interrupted, Hopeless),
	)
}

// checkWindow checks the window of an open loop, which schema 3 records, and the
// operations without a reply.
func (c Client) checkWindow(p Params, schema int) error {
	without, noReply := c.Counts.Unsent+c.Counts.Unknown, int64(0)
	if c.NoReply != nil {
		noReply = c.NoReply.Count()
	}
	return cmp.Or(
		fault(!p.Open() && (c.WindowNS != 0 || c.Completed != 0 || c.Counts.Unsent != 0), "a closed loop has no window and leaves nothing unsent"),
		fault(c.WindowNS < 0 || c.WindowNS > p.DurationNS, "window of %d ns, params say %d ns", c.WindowNS, p.DurationNS),
		fault(c.Completed < 0 || c.Completed > c.Counts.Replied(), "%d replies within the window of %d", c.Completed, c.Counts.Replied()),
		fault(c.NoReply != nil && noReply != without, "histogram of operations without a reply holds %d, counts say %d", noReply, without),
		fault(c.NoReply == nil && schema >= 3 && without > 0, "no histogram of %d operations without a reply", without),
	)
}

// checkTimeline checks that timeline and clients have the same number of operations.
func (t Trial) checkTimeline() error {
	if len(t.Timeline) == 0 {
		return nil
	}
	if t.IntervalNS <= 0 {
		return fmt.Errorf("timeline with intervals of %d ns", t.IntervalNS)
	}
	next, sum := int64(0), int64(0)
	for _, slice := range t.Timeline {
		if slice.Index < next || slice.Latency == nil {
			return fmt.Errorf("timeline: interval %d is out of order or has no histogram", slice.Index)
		}
		next = slice.Index + 1
		sum += slice.Latency.Count()
	}
	want := t.Counts().Replied()
	return fault(sum != want, "timeline holds %d operations, counts say %d", sum, want)
}

// checkProcesses checks the reports of agents and the baseline.
func (t Trial) checkProcesses() error {
	for _, a := range t.Agents {
		if min(a.WallNS, a.UserNS, a.SystemNS, a.SpinNS, int64(a.GOMAXPROCS)) < 0 {
			return fmt.Errorf("agent on %s: a negative time", a.Host)
		}
	}
	if b := t.Baseline; b != nil && (b.Service == nil || b.Operations < 0 || b.ThroughputOpsPerS < 0) {
		return errors.New("baseline: no histogram, or a negative number")
	}
	return nil
}

func (t Trial) checkWarnings() error {
	for i, w := range t.Warnings {
		if w.Code == "" || w.Level != Suspect && w.Level != Invalid {
			return fmt.Errorf("warning %d: code %q, level %q: want a code, and %s or %s", i, w.Code, w.Level, Suspect, Invalid)
		}
	}
	return fault(t.Verdict != "" && t.Verdict.rank() == 0, "verdict %q is none of %s, %s and %s", t.Verdict, Valid, Suspect, Invalid)
}
