package bench

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"dhtbench/results"
)

// fit returns an error that names the resources that the coordinator or the hosts lack
// for a trial with these parameters.
func (f *fleet) fit(p results.Params) error {
	w, err := newPlan(p)
	if err != nil {
		return err
	}
	processes := min(w.Clients, f.size()) // agents
	if w.Servers == "" {
		processes += w.Nodes
	}
	files := processes*filesPerProcess + coordinatorFiles
	errs := []error{refuseFiles("the coordinator", files, f.own)}
	for i, m := range f.members {
		n := f.need(&w, i)
		errs = append(errs,
			refuseFiles(n.filesIn+" on "+m.Name, n.files, m.limits),
			refuse(m.limits.MemoryBytes > 0 && n.memoryBytes > float64(m.limits.MemoryBytes),
				"%s needs about %s of memory and has %s available; use fewer records, operations or clients, or smaller values",
				m.Name, gigabytes(n.memoryBytes), gigabytes(float64(m.limits.MemoryBytes))),
			refuse(m.limits.Threads > 0 && uint64(n.threads) > m.limits.Threads,
				"%s needs about %d threads and can start %d; raise the limit of its user (ulimit -u) or of its control group (pids.max)",
				m.Name, n.threads, m.limits.Threads))
	}
	return errors.Join(errs...)
}

// refuseFiles returns an error if a process needs more open files than its limit.
func refuseFiles(process string, files int, l limits) error {
	return refuse(l.Files > 0 && uint64(files) > l.Files,
		"%s needs %d open files and may have %d; raise the hard limit (ulimit -Hn)", process, files, l.Files)
}

// gigabytes formats a number of bytes.
func gigabytes(bytes float64) string { return fmt.Sprintf("%.1f GB", bytes/1e9) }

// omissions are the settings that a sweep has left out, with the reasons.
type omissions struct {
	settings []results.Params
	reasons  []error
}

// add leaves out the setting of a run and returns a line that reports it.
func (o *omissions) add(p results.Params, reason error) string {
	o.settings, o.reasons = append(o.settings, p.Setting()), append(o.reasons, reason)
	return "dhtbench: left out: " + o.line(len(o.settings)-1)
}

// fitting returns the runs whose settings fit the fleet. It leaves out all other
// settings and writes a line to w for each.
func (o *omissions) fitting(f *fleet, runs []sweepRun, w io.Writer) (fit []sweepRun) {
	for _, r := range runs {
		if o.has(r.params) {
			continue
		}
		if err := f.fit(r.params); err != nil {
			fmt.Fprintln(w, o.add(r.params, err))
			continue
		}
		fit = append(fit, r)
	}
	return fit
}

// has reports whether the setting of a run is left out.
func (o *omissions) has(p results.Params) bool {
	return slices.Contains(o.settings, p.Setting())
}

// line describes omission i in one line.
func (o *omissions) line(i int) string {
	reason := strings.Join(strings.Fields(o.reasons[i].Error()), " ")
	return strings.TrimPrefix(setting(o.settings[i]), ", ") + ": " + reason
}

// err returns an error with a line for each omission, or nil if there is none. settings
// is the number of settings of the sweep.
func (o *omissions) err(settings int) error {
	if len(o.settings) == 0 {
		return nil
	}
	text := fmt.Sprintf("left out %d of %s:", len(o.settings), plural(settings, "setting"))
	for i := range o.settings {
		text += "\n  " + o.line(i)
	}
	return errors.New(text)
}
