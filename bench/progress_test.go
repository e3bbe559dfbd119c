package bench

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dhtbench/results"
)

// short is a run of one trial that takes a minute.
func short() []sweepRun {
	return []sweepRun{{params: results.Params{Operation: results.Put, Loop: results.ClosedLoop, Clients: 2, Operations: 1000}, missing: []string{results.Put}}}
}

// TestLinesOfALongTrial: elsewhere than on a terminal, a line follows every 10 s, while
// a trial is prepared and while it runs.
func TestLinesOfALongTrial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := newProgress(&out, nil, short())
		time.Sleep(15 * time.Second)
		p.begin(short()[0].params)
		p.at(1000)
		time.Sleep(12 * time.Second)
		synctest.Wait()
		p.end(results.Trial{Params: short()[0].params})
		p.close()
		time.Sleep(time.Minute)
		want := "trial 1 of 1: preparing servers, baseline, records and warm-up\n" +
			"trial 1 of 1: put, clients 2: 1000 operations so far, about 20s left\n" +
			"trial 1 of 1: put, clients 2: - operations/s, about 0s left\n"
		if out.String() != want {
			t.Errorf("got\n%swant\n%s", out.String(), want)
		}
	})
}

// TestProgressOnATerminal: the line is redrawn in place, never as wide as the screen
// and without a newline, so that nothing is left in the scrollback. At the end it is
// removed.
func TestProgressOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		p := newProgress(&out, func() int { return 40 }, short())
		p.begin(short()[0].params)
		p.at(1000)
		time.Sleep(time.Second)
		synctest.Wait()
		p.end(results.Trial{Params: short()[0].params})
		p.close()
		if text := out.String(); strings.Contains(text, "\n") || !strings.HasSuffix(text, "\r\x1b[K") ||
			!strings.Contains(text, "\r[========        ] about 1s left, trial\x1b[K") {
			t.Errorf("%q", text)
		}
		for line := range strings.SplitSeq(out.String(), "\r") {
			if line = strings.TrimSuffix(line, "\x1b[K"); len(line) > 39 {
				t.Errorf("%d columns: %q", len(line), line)
			}
		}
	})
}
