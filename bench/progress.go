package bench

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"dhtbench/results"
)

// Intervals of progress during a trial.
const (
	redrawEvery = 200 * time.Millisecond // on a terminal
	linesEvery  = 10 * time.Second       // elsewhere
)

// progress shows the progress of a sweep: on a terminal as one line that is redrawn in
// place, elsewhere as a line for each trial that ends and at least one every
// linesEvery. For each trial, begin, at (any number of times, from any goroutine) and
// end are called in this order. close ends it.
type progress struct {
	w       io.Writer
	columns func() int // of the terminal; nil: w is not a terminal
	start   time.Time
	trials  int // 0: unknown, as in a search

	mu    sync.Mutex  // guards what follows
	done  int         // trials that ended
	trial *underway   // nil while the next one is prepared
	timer *time.Timer // to the next line
}

// underway is a trial in progress.
type underway struct {
	params     results.Params
	start      time.Time
	operations int64 // done so far
}

// newProgress returns the progress of runs. Without runs the number of trials is
// unknown. w and columns are as in progress.
func newProgress(w io.Writer, columns func() int, runs []sweepRun) *progress {
	p := &progress{w: w, columns: columns, start: time.Now()}
	for _, r := range runs {
		p.trials += len(r.missing)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(p.every(), p.tick)
	return p
}

func (p *progress) every() time.Duration {
	if p.columns != nil {
		return redrawEvery
	}
	return linesEvery
}

func (p *progress) begin(params results.Params) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trial = &underway{params: params, start: time.Now()}
}

// at sets the number of operations that the trial has done so far.
func (p *progress) at(operations int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trial != nil {
		p.trial.operations = operations
	}
}

func (p *progress) end(t results.Trial) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.trial = p.done+1, nil
	if p.columns != nil {
		return
	}
	what := perSecond(t.Throughput()) + " operations/s"
	if p.trials == 0 {
		l := results.LatenciesOf(t.Latency())
		what = fmt.Sprintf("p50 %s, p99 %s, %s", results.FormatEstimate(l.Quantile(0.5)), results.FormatEstimate(l.Quantile(0.99)), t.Verdict)
	}
	fmt.Fprintf(p.w, "%s: %s: %s%s\n", p.number(p.done), setting(t.Params), what, p.left())
	p.timer.Reset(linesEvery)
}

// tick draws what is in progress.
func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.columns != nil {
		p.redraw()
	} else {
		fmt.Fprintln(p.w, p.text()+p.left())
	}
	p.timer.Reset(p.every())
}

// redraw draws the line in place. It ends without a newline and before the last
// column, so that it never scrolls the screen.
func (p *progress) redraw() {
	const bar = 16
	text := p.text()
	if p.trials > 0 {
		full := int(bar * p.share())
		left := strings.TrimPrefix(p.left()+", ", ", ") // first, since the end may be cut off
		text = fmt.Sprintf("[%s%s] %s%s", strings.Repeat("=", full), strings.Repeat(" ", bar-full), left, text)
	}
	fmt.Fprintf(p.w, "\r%s\x1b[K", text[:min(len(text), max(p.columns()-1, 0))])
}

// text describes what is in progress.
func (p *progress) text() string {
	if p.trial == nil {
		return p.number(p.done+1) + ": preparing servers, baseline, records and warm-up"
	}
	return fmt.Sprintf("%s: %s: %d operations so far", p.number(p.done+1), setting(p.trial.params), p.trial.operations)
}

func (p *progress) number(n int) string {
	if p.trials == 0 {
		return fmt.Sprintf("trial %d", n)
	}
	return fmt.Sprintf("trial %d of %d", min(n, p.trials), p.trials)
}

// share is how much of the sweep is done, 0 to 1.
func (p *progress) share() float64 {
	n := float64(p.done)
	if p.trial != nil {
		n += p.trial.share()
	}
	return min(n/float64(p.trials), 1)
}

// share is how much of the trial is done, 0 to 1.
func (t underway) share() float64 {
	if t.params.DurationNS > 0 {
		return min(float64(time.Since(t.start))/float64(t.params.DurationNS), 1)
	}
	return min(float64(t.operations)/float64(t.params.Clients*t.params.Operations), 1)
}

// left describes the estimated time until the end of the sweep. It is empty if the time
// is unknown.
func (p *progress) left() string {
	if p.trials == 0 || p.share() == 0 {
		return ""
	}
	elapsed := time.Since(p.start).Seconds()
	left := time.Duration(elapsed * (1/p.share() - 1) * float64(time.Second))
	return fmt.Sprintf(", about %v left", left.Round(time.Second))
}

// note writes a line between trials.
func (p *progress) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.columns != nil {
		line = "\r\x1b[K" + line
	}
	fmt.Fprintln(p.w, line)
}

// close ends progress. On a terminal it removes the line.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
	if p.columns != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.w = io.Discard // a tick may wait for the lock
}
