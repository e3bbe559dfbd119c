package bench

import (
	"container/heap"
	"context"
	"time"

	"dhtbench/node"
)

// processorsPerPacer is the number of an agent's processors for each pacer. One pacer
// sends faster than the other processors of a smaller agent can receive.
const processorsPerPacer = 4

// pacersOf returns the number of pacers of an agent, at least 1.
func pacersOf(processors, clients int) int {
	return max(min(processors/processorsPerPacer, clients), 1)
}

// spinShare returns the share of one processor, 0 to 1, that each pacer of an agent
// may spend spinning. Together they may use all of the agent's processors but one,
// which is left for replies. If the agent has only one processor, they may use it.
func spinShare(processors, pacers int) float64 {
	return min(float64(max(processors-1, 1))/float64(pacers), 1)
}

// openProcessors returns GOMAXPROCS of an agent with an open loop: the number of the
// agent's processors, one more for each pacer, and a spare one. A pacer that sleeps in
// the kernel keeps its processor of the runtime, and the goroutines queued there wait,
// until the runtime's monitor takes it away up to 10 ms later. The spare one runs them
// at once.
func openProcessors(processors, pacers int) int { return processors + pacers + 1 }

// pacer sends the operations of several clients in open loops, each at its intended
// start, on one goroutine. With a pacer for each client, pacers would compete for the
// processors and send late.
type pacer struct {
	waiter  *waiter
	ready   chan *sender // new senders, cancelled ones, and blocked ones that got a reply
	senders senderHeap   // all active senders
	blocked int          // the number of blocked senders
	begins  int64        // the latest start of a window so far
	alarm   *time.Timer
}

// newPacer returns a pacer for at most the given number of clients.
func newPacer(c node.Clock, pacing string, share float64, clients int) *pacer {
	alarm := time.NewTimer(0)
	alarm.Stop()
	return &pacer{waiter: newWaiter(c, pacing, share), ready: make(chan *sender, 4*clients), alarm: alarm}
}

const (
	// idleStep is how long before the next intended start the pacer stops waiting for
	// ready senders. From then on it sleeps in the kernel, which cannot be interrupted.
	idleStep = 4 * time.Millisecond
	// blockedStep bounds a sleep in the kernel while a sender may become ready, because
	// its operation may be due before the others.
	blockedStep = 100 * time.Microsecond
)

// serve sends operations until ctx ends.
func (p *pacer) serve(ctx context.Context) {
	lockThread()
	for {
		for len(p.ready) > 0 {
			p.admit(<-p.ready)
		}
		now := p.waiter.clock.Now()
		idle := p.idle(now)
		if len(p.senders) == 0 || idle > 0 {
			if !p.rest(ctx, idle) {
				return
			}
			continue
		}
		s := p.senders[0]
		switch {
		case s.over(now):
			s.end()
			heap.Pop(&p.senders)
		case !s.prepare():
			heap.Pop(&p.senders)
			p.blocked++
		case p.await(s.due):
			s.send(p.waiter.clock.Now())
			heap.Fix(&p.senders, 0)
		}
	}
}

// admit adds a sender from ready to the heap, or ends it if it is cancelled.
func (p *pacer) admit(s *sender) {
	known := s.place >= 0
	switch s.state {
	case senderEnded:
		return
	case senderBlocked:
		p.blocked--
	case senderNew:
		p.begins = max(p.begins, s.run.rec.start)
	}
	s.state = senderActive
	if s.cancelled.Load() {
		s.end()
		if known {
			heap.Remove(&p.senders, s.place)
		}
	} else if !known {
		heap.Push(&p.senders, s)
	}
}

// idle returns how long the pacer can wait for ready senders before it must wait for the
// next intended start. It is 0 without senders.
func (p *pacer) idle(now int64) time.Duration {
	if len(p.senders) == 0 {
		return 0
	}
	left := time.Duration(p.senders[0].due - now)
	if p.waiter.timer {
		return left
	}
	if left -= idleStep; left < idleStep {
		return 0
	}
	return left
}

// rest waits for a ready sender, for no longer than idle unless that is 0. It returns
// false if ctx ends first.
func (p *pacer) rest(ctx context.Context, idle time.Duration) bool {
	if idle > 0 {
		p.alarm.Reset(idle)
		defer p.alarm.Stop()
	}
	select {
	case s := <-p.ready:
		p.admit(s)
	case <-p.alarm.C:
	case <-ctx.Done():
		return false
	}
	return true
}

// await waits for an instant. It returns false if a sender becomes ready before. It looks
// for ready senders only while a sender is blocked or a window has not begun.
func (p *pacer) await(due int64) bool {
	for {
		now := p.waiter.clock.Now()
		if p.blocked == 0 && now >= p.begins || now > due-2*int64(blockedStep) {
			p.waiter.wait(due)
			return true
		}
		sleepUntil(now + int64(blockedStep))
		if len(p.ready) > 0 {
			return false
		}
	}
}

// senderHeap is a heap of senders with the earliest intended start on top. See
// [container/heap].
type senderHeap []*sender

func (h senderHeap) Len() int           { return len(h) }
func (h senderHeap) Less(i, j int) bool { return h[i].due < h[j].due }

func (h senderHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *senderHeap) Push(x any) {
	s := x.(*sender)
	s.place = len(*h)
	*h = append(*h, s)
}

func (h *senderHeap) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	s.place = -1
	*h = (*h)[:last]
	return s
}
