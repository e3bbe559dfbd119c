package host

import (
	"fmt"
	"time"
)

// Heartbeats are empty lines. A process that is watched gets one every
// [BeatEvery] and answers with one. Its starter gives it up when nothing has
// come from it for [LostAfter]; the process ends when nothing has come from its
// starter for [OrphanAfter]. A connection that freezes without a word, as when a
// host loses power or a network is cut, is so noticed at both ends.
const (
	BeatEvery   = 3 * time.Second
	LostAfter   = 12 * time.Second
	OrphanAfter = 25 * time.Second
)

// lookEvery is how often it is looked whether something has come.
const lookEvery = time.Second

// Watch sends heartbeats to the process until it ends, and gives it up when it
// is silent for longer than [LostAfter]: it is then killed as far as it can be
// reached, and [Process.Err] says that it was lost. Call it once, for processes
// that answer heartbeats.
func (p *Process) Watch() {
	go func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for looks := 1; ; looks++ {
			select {
			case <-p.done:
				return
			case <-tick.C:
			}
			if silent := time.Since(p.born) - time.Duration(p.seen.Load()); silent > LostAfter {
				p.giveUp(fmt.Errorf("no sign of life for %v: the host is lost or cut off, or the process is frozen", silent.Round(time.Second)))
				return
			}
			if looks%int(BeatEvery/lookEvery) != 0 {
				continue
			}
			// The pipe of a process that does not read fills up: never wait for it.
			go p.write([]byte("\n"))
		}
	}()
}

// giveUp kills the process for that reason.
func (p *Process) giveUp(reason error) {
	p.lost.Store(&reason)
	p.cmd.Process.Kill()
}
