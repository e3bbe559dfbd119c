package ec2

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
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
	// doomed: the run must fail, and say so.
	doomed bool
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
	add := func(f fault, calls []string, sc scene) {
		what := "run"
		if sc.destroying {
			what = "destroy"
		}
		sc.name = fmt.Sprintf("%s %d %s %s x%d", what, f.call, calls[f.call], f.trouble, f.times)
		sc.fault = f
		all = append(all, sc)
	}
	launched := slices.Index(run, "RunInstances")
	for n, call := range run {
		// Without any of the calls up to the launch there are no hosts to lend.
		needed := n <= launched
		for _, trouble := range []trouble{throttled, broken, brokenHTML, cutBefore, cutAfter} {
			if looks(call) && trouble == cutAfter {
				continue // nothing was done: the same as cut before
			}
			add(fault{call: n, trouble: trouble, times: stubborn}, run, scene{doomed: needed})
			if !looks(call) { // looks are all alike, and repeated
				add(fault{call: n, trouble: trouble, times: once}, run, scene{sure: true})
			}
		}
		if call == "AuthorizeSecurityGroupIngress" { // the group's tag may be late
			add(fault{call: n, trouble: forbidden, times: once}, run, scene{sure: true})
			add(fault{call: n, action: call, trouble: forbidden, times: 1 << 20}, run, scene{doomed: true})
		} else {
			add(fault{call: n, trouble: forbidden, times: once}, run, scene{doomed: needed})
		}
		for _, trouble := range []trouble{killedBefore, killedAfter, killedDuring} {
			if looks(call) && (trouble == killedAfter || trouble == killedDuring) {
				continue
			}
			add(fault{call: n, trouble: trouble, times: once}, run, scene{})
		}
	}
	for _, trouble := range []trouble{noCapacity, unsupported, noAddresses} {
		add(fault{call: launched, trouble: trouble, times: once}, run, scene{sure: true})
		all = append(all, scene{
			name:   fmt.Sprintf("run RunInstances %s anywhere", trouble),
			fault:  fault{action: "RunInstances", trouble: trouble, times: 100},
			doomed: true,
		})
	}
	add(fault{call: launched, trouble: overQuota, times: once}, run, scene{doomed: true})
	for n, call := range destroy {
		add(fault{call: n, trouble: broken, times: stubborn}, destroy, scene{destroying: true})
		add(fault{call: n, trouble: killedBefore, times: once}, destroy, scene{destroying: true})
		if !looks(call) {
			add(fault{call: n, trouble: cutAfter, times: stubborn}, destroy, scene{destroying: true})
			add(fault{call: n, trouble: killedAfter, times: once}, destroy, scene{destroying: true})
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
	// A --destroy that does not learn whose account it is must say that it has
	// not looked; nothing else is a reason to give up.
	if left, ok := errors.AsType[leftovers](err); ok && !(sc.destroying && slices.Equal(left.Items, []string{unlooked})) {
		t.Errorf("the program gave up: %v", left)
	}
	if sc.sure && err != nil {
		t.Errorf("the run failed: %v", err)
	}
	if sc.doomed {
		s.mustSay(err, f)
	}
	s.mustBeEmpty()
	return met
}

// mustSay fails the test unless a run that could not succeed has failed, for a
// reason in AWS's words if there were any, and without having run its command.
func (s *stage) mustSay(err error, f fault) {
	s.t.Helper()
	if err == nil {
		s.t.Error("the run succeeded without a call that it needs")
		return
	}
	reason := map[trouble]string{
		throttled: "throttled", broken: "500 with XML", forbidden: "forbidden",
		noCapacity: "no capacity", unsupported: "not supported", noAddresses: "no addresses in the subnet", overQuota: "over quota",
	}[f.trouble]
	if !strings.Contains(err.Error(), reason) {
		s.t.Errorf("error %v, want %q in it", err, reason)
	}
	if strings.Contains(s.words.String(), "hosts are ready") {
		s.t.Error("the command was run all the same")
	}
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
