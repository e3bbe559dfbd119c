package host

import (
	"fmt"
	"time"
)

// OrphanAfter is how long a process may go without a line from its parent
// process. Then it ends.
const OrphanAfter = 25 * time.Second

// A heartbeat is an empty line. A watched process gets one every beatEvery and
// answers with one. Its parent process stops it after lostAfter without output.
// So both ends detect a broken connection, even if neither gets an error.
const (
	beatEvery  = 3 * time.Second
	lostAfter  = 12 * time.Second
	checkEvery = time.Second
)

// Watch sends heartbeats to the process, once it has started, until it ends. If
// the process is silent for 12 s, Watch kills it, and [Process.Err] reports it as
// lost. Call it once, for processes that answer heartbeats.
func (p *Process) Watch() {
	go func() {
		select {
		case <-p.started:
		case <-p.done:
			return
		}
		began := time.Since(p.born)
		tick := time.NewTicker(checkEvery)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-p.done:
				return
			case <-tick.C:
			}
			last := max(began, time.Duration(p.seen.Load()))
			if silent := time.Since(p.born) - last; silent > lostAfter {
				p.giveUp(fmt.Errorf("no sign of life for %v: the host is lost or cut off, or the process hangs", silent.Round(time.Second)))
				return
			}
			if n%int(beatEvery/checkEvery) == 0 {
				// Do not wait: the pipe of a process that does not read is full.
				go p.write([]byte("\n"))
			}
		}
	}()
}
