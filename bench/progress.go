package bench

import (
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"dhtbench/results"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// progress shows the progress of a sweep. For each trial, begin, at (any number of
// times, from any goroutine) and end are called in this order. close ends it.
type progress interface {
	begin(p results.Params)
	at(done int64) // operations of the trial done so far
	end(t results.Trial)
	note(line string) // between trials
	close()
}

// newProgress returns the progress of runs on a file: a bar if it is a terminal and the
// number of operations is known, else lines.
func newProgress(f *os.File, runs []sweepRun) progress {
	if len(runs) > 0 && operations(runs[0].params) > 0 && term.IsTerminal(int(f.Fd())) {
		return newBar(f, runs)
	}
	return newLines(f, runs)
}

// operations estimates the operations that a trial records; 0 means unknown.
func operations(p results.Params) int64 {
	if p.Open() {
		return int64(p.RateOpsPerS * float64(p.DurationNS) / 1e9)
	}
	return int64(p.Clients) * int64(p.Operations)
}

// bar is progress on a terminal: one bar over all operations of the sweep.
type bar struct {
	container *mpb.Progress
	bar       *mpb.Bar
	before    atomic.Int64           // operations of the trials that ended
	label     atomic.Pointer[string] // the trial in progress
}

// newBar draws a bar on w for runs.
func newBar(w io.Writer, runs []sweepRun) progress {
	var total int64
	for _, r := range runs {
		total += operations(r.params) * int64(len(r.missing))
	}
	b := &bar{container: mpb.New(mpb.WithOutput(w), mpb.WithWidth(24), mpb.WithAutoRefresh())}
	b.label.Store(new("starting"))
	label := func(decor.Statistics) string { return *b.label.Load() }
	b.bar = b.container.AddBar(total,
		mpb.PrependDecorators(decor.Any(label, decor.WC{W: 16, C: decor.DindentRight})),
		mpb.AppendDecorators(
			decor.CountersNoUnit("%d/%d", decor.WCSyncSpace),
			decor.AverageSpeed(0, " %.0f/s"),
			decor.AverageETA(decor.ET_STYLE_GO, decor.WC{W: 7}),
		))
	return b
}

func (b *bar) begin(p results.Params) {
	label := fmt.Sprintf("%s, clients: %d", p.Operation, p.Clients)
	if p.Target != "" {
		label = p.Target + ": " + label
	}
	b.label.Store(&label)
}

func (b *bar) at(done int64) { b.bar.SetCurrent(b.before.Load() + done) }

func (b *bar) end(t results.Trial) {
	b.before.Add(operations(t.Params))
	b.at(0)
}

func (b *bar) note(line string) { fmt.Fprintln(b.container, line) }

func (b *bar) close() {
	b.bar.Abort(false) // no effect on a bar that is full
	b.container.Wait()
}

// linesEvery is the interval of lines during a trial.
const linesEvery = 10 * time.Second

// lines is progress on anything but a terminal: a line for each trial that ends,
// and one every linesEvery until then.
type lines struct {
	w     io.Writer
	start time.Time
	total int // trials
	done  int

	mu    sync.Mutex // guards what follows: progress comes from several goroutines
	trial string     // in progress
	last  time.Time  // of its last line, or its begin
}

// newLines returns progress that writes a line to w when a trial ends. Without
// runs, as in a search, the number of trials is unknown.
func newLines(w io.Writer, runs []sweepRun) progress {
	l := &lines{w: w, start: time.Now()}
	for _, r := range runs {
		l.total += len(r.missing)
	}
	return l
}

func (l *lines) begin(p results.Params) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trial, l.last = setting(p), time.Now()
}

func (l *lines) at(done int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.last) >= linesEvery {
		l.last = now
		fmt.Fprintf(l.w, "trial %d: %s: %d operations so far\n", l.done+1, l.trial, done)
	}
}

func (l *lines) end(t results.Trial) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done++
	if l.total == 0 {
		fmt.Fprintf(l.w, "trial %d: %s: p50 %s, p99 %s, %s\n", l.done, setting(t.Params),
			results.FormatDuration(float64(t.Latency().Quantile(0.5))), results.FormatDuration(float64(t.Latency().Quantile(0.99))), t.Verdict)
		return
	}
	elapsed := time.Since(l.start)
	left := elapsed / time.Duration(l.done) * time.Duration(l.total-l.done)
	fmt.Fprintf(l.w, "trial %d of %d: %s: %s operations/s, about %v left\n",
		l.done, l.total, setting(t.Params), perSecond(t.Throughput()), left.Round(time.Second))
}

func (l *lines) note(line string) { fmt.Fprintln(l.w, line) }

func (l *lines) close() {}
