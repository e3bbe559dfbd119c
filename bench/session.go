package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"dhtbench/node"
	"dhtbench/provision/host"

	"golang.org/x/sync/errgroup"
)

// How long processes may take to end after their standard input has: after a
// run that went well, and after one that was cut short, which must be over soon.
const (
	stopGrace  = 10 * time.Second
	abortGrace = 800 * time.Millisecond
)

// agentShare is the share of a host's processors, one half, that its agent uses;
// its nodes use the other half. Without a division the threads of all processes
// compete for every processor.
const agentShare = 2

// errStopped is the cause of a session's context once it was stopped in order.
var errStopped = errors.New("session stopped")

// session is one set of node and agent processes, fresh for one run. When any
// of them ends by itself the session's context ends with the reason, so that
// whoever waits for another hears of it.
type session struct {
	fleet *Fleet
	fail  context.CancelCauseFunc // ends the session's context
	ended <-chan struct{}         // closed when that has ended

	mu     sync.Mutex // guards the lists while processes start in parallel
	nodes  []*host.Process
	byID   []*host.Process // the nodes, in order of id, once all have started
	agents []*host.Process // agent i is on the host of client i
}

// newSession returns an empty session and the context that ends with it.
func newSession(ctx context.Context, f *Fleet) (*session, context.Context) {
	ctx, fail := context.WithCancelCause(ctx)
	return &session{fleet: f, fail: fail, ended: ctx.Done()}, ctx
}

// start starts dhtbench on a host and watches it for as long as the session
// lasts.
func (s *session) start(list *[]*host.Process, on member, label string, args ...string) (*host.Process, error) {
	p, err := on.Start(label, append([]string{on.executable}, args...)...)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	*list = append(*list, p)
	s.mu.Unlock()
	p.Watch()
	go func() {
		select {
		case <-p.Done():
			s.fail(p.Err())
		case <-s.ended:
		}
	}()
	return p, nil
}

// startNodes starts n nodes, node i on its host and a free port, with arguments
// that they all have, and returns them in order of id.
func (s *session) startNodes(ctx context.Context, n int, args ...string) ([]node.ReadyNode, error) {
	nodes := make([]node.ReadyNode, n)
	s.byID = make([]*host.Process, n)
	err := parallel(ctx, n, func(ctx context.Context, id int) error {
		on := s.fleet.at(id)
		p, err := s.start(&s.nodes, on, fmt.Sprintf("node %d", id), append([]string{
			"node", "--listen", net.JoinHostPort(on.Addr, "0"), "--until-eof",
			"--orphan-after", host.OrphanAfter.String(), "--share", strconv.Itoa(agentShare * s.fleet.share(id, n))}, args...)...)
		if err != nil {
			return err
		}
		s.byID[id] = p
		line, err := p.Receive(ctx)
		if err != nil {
			return err
		}
		nodes[id], err = parseReady(line)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Label(), err)
		}
		return nil
	})
	return nodes, err
}

// vitals asks all node processes how they were since they were last asked, and
// returns what they say in order of id.
func (s *session) vitals(ctx context.Context) ([]node.Vitals, error) {
	all := make([]node.Vitals, len(s.byID))
	err := parallel(ctx, len(s.byID), func(ctx context.Context, id int) error {
		p := s.byID[id]
		if err := p.Send([]byte(`{"vitals":{}}`)); err != nil {
			return err
		}
		line, err := p.Receive(ctx)
		if err != nil {
			return err
		}
		var message node.VitalsMessage
		if err := json.Unmarshal(line, &message); err != nil {
			return fmt.Errorf("%s: want its vitals, got %q: %w", p.Label(), clip(line), err)
		}
		all[id] = message.Vitals
		return nil
	})
	return all, err
}

// parseReady reads the line that a node prints when it accepts connections.
func parseReady(line []byte) (node.ReadyNode, error) {
	var message node.Ready
	if err := json.Unmarshal(line, &message); err != nil || message.Ready.Addr == "" {
		return node.ReadyNode{}, fmt.Errorf("want a ready line, got %q", clip(line))
	}
	return message.Ready, nil
}

// startAgents starts n agents, each on one share-th of the host's processors.
// They have nothing to do yet.
func (s *session) startAgents(n, share int) error {
	for i := range n {
		if _, err := s.start(&s.agents, s.fleet.at(i), fmt.Sprintf("agent %d", i), "agent", "--share", strconv.Itoa(share)); err != nil {
			return err
		}
	}
	return nil
}

// ask gives each agent its order and waits for the reply of each, which must be
// of the wanted kind. progress, unless nil, is told how many operations agent i
// has done so far; it is called from several goroutines.
func (s *session) ask(ctx context.Context, want string, order func(i int) Order, progress func(i int, done int64)) ([]Reply, error) {
	replies := make([]Reply, len(s.agents))
	err := parallel(ctx, len(s.agents), func(ctx context.Context, i int) error {
		agent := s.agents[i]
		var each func(int64)
		if progress != nil {
			each = func(done int64) { progress(i, done) }
		}
		reply, err := exchange(ctx, agent, order(i), each)
		if err == nil && reply.kind() != want {
			err = wrongReply(agent, reply, want)
		}
		replies[i] = reply
		return err
	})
	return replies, err
}

// wrongReply says that an agent replied something else than was asked for.
func wrongReply(agent *host.Process, reply Reply, want string) error {
	return fmt.Errorf("%s replied %q, want %q: it is of another build", agent.Label(), reply.kind(), want)
}

// exchange gives one agent an order and returns its reply, handing on what it
// says of its progress before, if progress is not nil.
func exchange(ctx context.Context, agent *host.Process, order Order, progress func(done int64)) (Reply, error) {
	line, err := json.Marshal(order)
	if err != nil {
		return Reply{}, fmt.Errorf("write order: %w", err)
	}
	if err := agent.Send(line); err != nil {
		return Reply{}, err
	}
	for {
		if line, err = agent.Receive(ctx); err != nil {
			return Reply{}, err
		}
		reply, err := parse[Reply](line)
		if err != nil {
			return Reply{}, fmt.Errorf("%s: %w", agent.Label(), err)
		}
		if reply.Progress == nil {
			return reply, nil
		}
		if progress != nil {
			progress(reply.Progress.Done)
		}
	}
}

// parallel runs do for 0 to n-1 at once and returns the first error. It prefers
// the reason for which ctx ended to what that end made others say.
func parallel(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, inner := errgroup.WithContext(ctx)
	for i := range n {
		group.Go(func() error { return do(inner, i) })
	}
	err := group.Wait()
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// stop ends all processes, agents first, and waits until they are gone. err is
// why, nil after a run that went well; it is returned with what is known about
// nodes that died, since an agent that misses a node complains first.
func (s *session) stop(err error) error {
	grace := stopGrace
	if err != nil {
		err = s.blameNodes(err)
		grace = abortGrace
	}
	s.fail(errStopped)
	var faults []error
	for _, list := range [][]*host.Process{s.agents, s.nodes} {
		var group errgroup.Group
		for _, p := range list {
			group.Go(func() error { return p.Stop(grace) })
		}
		faults = append(faults, group.Wait())
	}
	if err != nil {
		return err
	}
	return errors.Join(faults...)
}

// blameNodes adds to err how nodes ended that err does not speak of.
func (s *session) blameNodes(err error) error {
	errs := []error{err}
	for _, p := range slices.Concat(s.nodes, s.agents) {
		select {
		case <-p.Done():
			if died := p.Err(); died.Error() != err.Error() {
				errs = append(errs, died)
			}
		default:
		}
	}
	return errors.Join(errs...)
}
