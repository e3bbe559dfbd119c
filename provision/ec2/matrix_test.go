package ec2

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// scene is one case of the fault matrix.
type scene struct {
	name  string
	fault fault
	// sure: the run must come to its end as if nothing had happened.
	sure bool
	// destroying: the fault is for --destroy of a run that was killed.
	destroying bool
}

// once and stubborn are how many tries of a call meet trouble: one, which the
// next try makes good, and all that the program makes.
const once = 1

var stubborn = fast().Attempts

// matrixNodes is the number of hosts in each case: fewer than the usual eight,
// since moto takes its time for each, and enough for some of them to be unseen.
const matrixNodes = "3"

// brisk shows each of EC2's delays once, except those that only repeat calls.
var brisk = settings{blind: 1, partial: 1, stopping: 1}

// looks says whether a call changes nothing.
func looks(call string) bool {
	return strings.HasPrefix(call, "Describe") || strings.HasPrefix(call, "Get") || strings.HasSuffix(call, "(dry)")
}

// scenes are all troubles at every call of a run and of a --destroy.
func scenes(run, destroy []string) []scene {
	var all []scene
	add := func(f fault, calls []string, sure, destroying bool) {
		what := "run"
		if destroying {
			what = "destroy"
		}
		name := fmt.Sprintf("%s %d %s %s x%d", what, f.call, calls[f.call], f.trouble, f.times)
		all = append(all, scene{name, f, sure, destroying})
	}
	for n, call := range run {
		for _, trouble := range []trouble{throttled, broken, brokenHTML, cutBefore, cutAfter} {
			if looks(call) && trouble == cutAfter {
				continue // nothing was done: the same as cut before
			}
			add(fault{call: n, trouble: trouble, times: stubborn}, run, false, false)
			if !looks(call) { // looks are all alike, and repeated
				add(fault{call: n, trouble: trouble, times: once}, run, true, false)
			}
		}
		for _, trouble := range []trouble{forbidden, killedBefore, killedAfter, killedDuring} {
			if looks(call) && (trouble == killedAfter || trouble == killedDuring) {
				continue
			}
			add(fault{call: n, trouble: trouble, times: once}, run, false, false)
		}
		if call == "RunInstances" {
			add(fault{call: n, trouble: noCapacity, times: once}, run, true, false)
			add(fault{call: n, trouble: overQuota, times: once}, run, false, false)
			full := fault{action: call, trouble: noCapacity, times: 100}
			all = append(all, scene{"run RunInstances no capacity anywhere", full, false, false})
		}
	}
	for n, call := range destroy {
		add(fault{call: n, trouble: broken, times: stubborn}, destroy, false, true)
		add(fault{call: n, trouble: killedBefore, times: once}, destroy, false, true)
		if !looks(call) {
			add(fault{call: n, trouble: cutAfter, times: stubborn}, destroy, false, true)
			add(fault{call: n, trouble: killedAfter, times: once}, destroy, false, true)
		}
	}
	return all
}

// TestFaultMatrix puts every trouble in the way of every call, and kills the
// program at every call, before and after AWS acted. Whatever happens, when the
// program has ended by itself, or when --destroy has ended after a kill, moto
// has no instance, group or key left.
func TestFaultMatrix(t *testing.T) {
	const workers = 2
	m := startMoto(t)
	run, destroy := rehearse(t, m)
	t.Logf("a run makes %d calls: %s", len(run), strings.Join(run, " "))
	t.Logf("a destroy makes %d calls: %s", len(destroy), strings.Join(destroy, " "))
	all := scenes(run, destroy)
	var played, met atomic.Int64
	t.Run("worker", func(t *testing.T) {
		for n := range workers {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				m := startMoto(t)
				for i := n; i < len(all); i += workers {
					if i/workers%10 == 0 {
						m.reset(t) // it slows down with what it remembers
					}
					t.Run(all[i].name, func(t *testing.T) {
						if play(t, m, all[i], fmt.Sprintf("scene-%d", i)) {
							met.Add(1)
						}
					})
					played.Add(1)
				}
			})
		}
	})
	t.Logf("fault matrix: %d cases of %s hosts each; in %d the trouble was met", played.Load(), matrixNodes, met.Load())
	if played.Load() != met.Load() {
		t.Error("in some cases the call that was to be troubled was never made")
	}
}

// rehearse returns the calls of a run, and of a --destroy after a run that was
// killed with all its hosts running, that meet no trouble.
func rehearse(t *testing.T, m *moto) (run, destroy []string) {
	t.Helper()
	s := newStage(t, m, brisk, "rehearsal")
	defer s.tell()
	if err := s.run(s.matrixFlags()...); err != nil {
		t.Fatal(err)
	}
	s.mustBeEmpty()
	run = s.proxy.calls

	s = newStage(t, m, brisk, "rehearsal")
	defer s.tell()
	id := s.abandon()
	s.proxy.set(nil, nil)
	if err := s.run(s.flags("--destroy", id)...); err != nil {
		t.Fatal(err)
	}
	s.mustBeEmpty()
	return run, s.proxy.calls
}

// abandon leaves a run behind, killed when all was made, and returns its id.
func (s *stage) abandon() string {
	s.t.Helper()
	s.start(fault{action: "TerminateInstances", trouble: killedBefore, times: once})
	ids := s.runs()
	if len(ids) != 1 {
		s.t.Fatalf("runs %q after one was killed", ids)
	}
	return ids[0]
}

// matrixFlags are those of a run of the matrix.
func (s *stage) matrixFlags() []string {
	return append([]string{"--nodes", matrixNodes}, s.launchFlags("true")...)
}

// start runs a run as a process, which the fault may kill.
func (s *stage) start(f fault) error { return s.startChild(f, s.matrixFlags()...) }

// startChild runs the program, which the fault may kill, and waits for its end.
func (s *stage) startChild(f fault, args ...string) error {
	s.t.Helper()
	cmd := s.child(args...)
	ended := make(chan struct{})
	s.proxy.set(&f, func() {
		cmd.Process.Kill()
		<-ended
	})
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	err := cmd.Wait()
	close(ended)
	return err
}

// kills says whether the trouble is the end of the program.
func (t trouble) kills() bool {
	return t == killedBefore || t == killedAfter || t == killedDuring
}

// play plays a scene and judges its end. met says that the trouble came up.
func play(t *testing.T, m *moto, sc scene, owner string) (met bool) {
	s := newStage(t, m, brisk, owner)
	defer s.tell()
	args := s.matrixFlags()
	if sc.destroying {
		args = s.flags("--destroy", s.abandon())
	}
	var err error
	f := sc.fault
	if f.trouble.kills() {
		if err := s.startChild(f, args...); err == nil {
			t.Error("the program was to be killed, and succeeded")
		}
	} else {
		s.proxy.set(&f, nil)
		err = s.run(args...)
	}
	s.proxy.mu.Lock()
	met = s.proxy.fault.times < sc.fault.times
	s.proxy.mu.Unlock()
	if f.trouble.kills() || sc.destroying && err != nil { // as a user would
		s.destroyAll()
	}
	if left, ok := errors.AsType[Leftovers](err); ok {
		t.Errorf("the program gave up: %v", left)
	}
	if sc.sure && err != nil {
		t.Errorf("the run failed: %v", err)
	}
	s.mustBeEmpty()
	return met
}

// destroyAll is what a user does after a kill.
func (s *stage) destroyAll() {
	s.t.Helper()
	s.proxy.set(nil, nil)
	for _, id := range s.runs() {
		if err := s.run(s.flags("--destroy", id)...); err != nil {
			s.t.Errorf("destroy: %v", err)
		}
	}
}

// exitCode of a process that has ended.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	return -1
}
