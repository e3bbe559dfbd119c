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
	beatEvery = 3 * time.Second
	lostAfter = 12 * time.Second
	checks    = time.Second // interval at which silence is checked
)

// Watch sends heartbeats to the process until it ends. If the process is silent
// for 12 s, Watch kills it, and [Process.Err] reports it as lost. Call it once,
// for processes that answer heartbeats.
func (p *Process) Watch() {
	go func() {
		tick := time.NewTicker(checks)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-p.done:
				return
			case <-tick.C:
			}
			if silent := time.Since(p.born) - time.Duration(p.seen.Load()); silent > lostAfter {
				p.giveUp(fmt.Errorf("no sign of life for %v: the host is lost or cut off, or the process hangs", silent.Round(time.Second)))
				return
			}
			if n%int(beatEvery/checks) != 0 {
				continue
			}
			// Do not wait: the pipe of a process that does not read is full.
			go p.write([]byte("\n"))
		}
	}()
}

// giveUp kills the process for a reason, which becomes its error.
func (p *Process) giveUp(reason error) {
	p.lost.Store(&reason)
	p.cmd.Process.Kill()
}
