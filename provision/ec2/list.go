package ec2

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// list prints all runs of all owners that have resources left.
func (c *Command) list(ctx context.Context) error {
	cl, err := c.connect(ctx, c.Region)
	if err != nil {
		return err
	}
	regions, err := c.clouds(ctx, cl)
	if err != nil {
		return err
	}
	all, err := surveyAll(ctx, regions, where(tagManaged, "true"))
	runs := make(map[string]*remains)
	for _, f := range all {
		if f.ended() {
			continue
		}
		r := runs[f.Run.ID]
		if r == nil {
			r = &remains{run: f.Run, region: f.Region, count: make(map[string]int)}
			runs[f.Run.ID] = r
		}
		r.add(f)
	}
	if len(runs) == 0 {
		if err == nil {
			fmt.Fprintf(c.out(), "no run has resources left in %s\n", names(regions))
		}
		return err
	}
	table := tabwriter.NewWriter(c.out(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RUN\tREGION\tOWNER\tCREATED\tHOSTS END\tRESOURCES LEFT")
	for _, r := range slices.SortedFunc(maps.Values(runs), func(a, b *remains) int { return cmp.Compare(a.run.ID, b.run.ID) }) {
		fmt.Fprintln(table, r)
	}
	return errors.Join(table.Flush(), err)
}

// remains counts the resources that are left of a run.
type remains struct {
	run    run
	region string
	count  map[string]int // by kind and state
}

func (r *remains) add(f found) {
	what := string(f.Kind)
	if f.Kind == instance {
		what = string(f.State) + " instance"
	}
	r.count[what]++
}

// String returns the run's row of the table.
func (r *remains) String() string {
	left := make([]string, 0, len(r.count))
	alive := false
	for _, what := range slices.Sorted(maps.Keys(r.count)) {
		left = append(left, fmt.Sprintf("%d %s", r.count[what], what))
		alive = alive || strings.HasSuffix(what, " instance") && !strings.HasPrefix(what, string(types.InstanceStateNameShuttingDown))
	}
	ends := "no hosts"
	switch {
	case alive && r.run.Expires.IsZero():
		ends = "unknown"
	case alive && r.run.expired():
		ends = "OVERDUE since " + stamp(r.run.Expires)
	case alive:
		ends = stamp(r.run.Expires)
	}
	return strings.Join([]string{r.run.ID, r.region, r.run.Owner, stamp(r.run.Created), ends, strings.Join(left, ", ")}, "\t")
}

// stamp formats a time to the minute.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
