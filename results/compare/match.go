package compare

import (
	"errors"
	"fmt"
	"slices"

	"dhtbench/results"
)

// pair is one setting with the trials of both sides, by ascending repeat.
type pair struct {
	setting results.Params // of A
	a, b    []results.Trial
}

// Files compares two results files measured one after the other. It returns an error if
// they cannot be compared. With force it compares settings of the same load, and lists
// in Forced the reasons for a refusal.
func Files(a, b Side, force bool) (Comparison, error) {
	c := Comparison{A: a.Name, B: b.Name}
	c.Caveats = append(c.Caveats, "the files were not measured in turn: a change of the machine between the runs looks like a difference")
	for _, side := range []Side{a, b} {
		if slices.ContainsFunc(side.Trials, func(t results.Trial) bool { return t.Params.Side != "" }) {
			return c, fmt.Errorf("%s holds the two sides of a comparison; give it alone", side.Name)
		}
	}
	pairs, err := match(a, b, identity)
	if err != nil && force {
		c.Forced = append(c.Forced, err.Error())
		pairs, err = match(a, b, load)
	}
	if err != nil {
		return c, err
	}
	if left := len(results.Summarize(a.Trials)) + len(results.Summarize(b.Trials)) - 2*len(pairs); left > 0 {
		c.Caveats = append(c.Caveats, fmt.Sprintf("settings that only one side has are left out: %d", left))
	}
	return c.run(pairs, force)
}

// Sides compares the sides of one run, which were measured in turn. Settings are
// matched by load or, if loads differ, by their place in the order of
// [results.Summarize].
func Sides(name string, trials []results.Trial, force bool) (Comparison, error) {
	a, b := Side{Name: "side A"}, Side{Name: "side B"}
	for _, t := range trials {
		switch t.Params.Side {
		case results.SideA:
			a.Trials = append(a.Trials, t)
		case results.SideB:
			b.Trials = append(b.Trials, t)
		}
	}
	if len(a.Trials) == 0 || len(b.Trials) == 0 {
		return Comparison{}, fmt.Errorf("%s: it does not hold two sides; measure with --a and --b, or give a second file", name)
	}
	pairs, err := match(a, b, load)
	if err != nil || len(pairs) < len(results.Summarize(a.Trials)) {
		if pairs, err = inOrder(a, b); err != nil {
			return Comparison{}, err
		}
	}
	x, y := identity(pairs[0].setting), identity(pairs[0].b[0].Params)
	c := Comparison{A: a.Name, B: b.Name, Paired: true}
	if x != y {
		c.Caveats = append(c.Caveats, "the sides differ in "+x.Difference(y, "in A", "in B"))
	}
	return c.run(pairs, force)
}

// inOrder matches settings by their place.
func inOrder(a, b Side) ([]pair, error) {
	ours, theirs := results.Summarize(a.Trials), results.Summarize(b.Trials)
	if len(ours) != len(theirs) {
		return nil, fmt.Errorf("side A has %d settings and side B %d; finish the run with --resume", len(ours), len(theirs))
	}
	pairs := make([]pair, len(ours))
	for i, s := range ours {
		pairs[i] = pair{s.Setting, byRepeat(s.Trials), byRepeat(theirs[i].Trials)}
	}
	return pairs, nil
}

// run compares matched settings.
func (c Comparison) run(pairs []pair, force bool) (Comparison, error) {
	if reasons := refusals(pairs, c.Paired); len(reasons) > 0 {
		if !force {
			return c, fmt.Errorf("%w; use --force to compare nevertheless", errors.Join(reasons...))
		}
		for _, r := range reasons {
			c.Forced = append(c.Forced, r.Error())
		}
	}
	if x, y := pairs[0].a[0].Build, pairs[0].b[0].Build; x != y {
		c.Caveats = append(c.Caveats, fmt.Sprintf("builds of dhtbench differ: %v and %v", x, y))
	}
	if err := c.align(pairs); err != nil {
		return c, err
	}
	c.compare(pairs)
	return c, nil
}

// identity is the parameters that must be equal in two files.
func identity(p results.Params) results.Params {
	p.Seed, p.RepeatSeed, p.Repeat, p.Side = 0, 0, 0, "" // sides of one run differ in it
	return p
}

// load is the parameters of the load alone.
func load(p results.Params) results.Params {
	return results.Params{Operation: p.Operation, Loop: p.Loop, Clients: p.Clients, RateOpsPerS: p.RateOpsPerS, Pacing: p.Pacing, Workload: p.Workload}
}

// match returns the settings whose key is the same on both sides, in the order of
// [results.Summarize].
func match(a, b Side, key func(results.Params) results.Params) ([]pair, error) {
	var pairs []pair
	ours, theirs := results.Summarize(a.Trials), results.Summarize(b.Trials)
	if len(ours) == 0 || len(theirs) == 0 {
		return nil, fmt.Errorf("%s and %s: one of them holds no trials", a.Name, b.Name)
	}
	for _, s := range ours {
		i := slices.IndexFunc(theirs, func(t results.Summary) bool { return key(t.Setting) == key(s.Setting) })
		if i >= 0 {
			pairs = append(pairs, pair{s.Setting, byRepeat(s.Trials), byRepeat(theirs[i].Trials)})
			theirs = slices.Delete(theirs, i, i+1)
		}
	}
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%s and %s have no setting in common (%s)", a.Name, b.Name,
			key(ours[0].Setting).Difference(key(theirs[0].Setting), "in A", "in B"))
	}
	return pairs, nil
}

func byRepeat(trials []results.Trial) []results.Trial {
	return slices.SortedStableFunc(slices.Values(trials), func(a, b results.Trial) int { return a.Params.Repeat - b.Params.Repeat })
}

// align keeps the repeats that all settings have, on both sides if they are paired.
func (c *Comparison) align(pairs []pair) error {
	a := common(pairs, func(p pair) []results.Trial { return p.a })
	b := common(pairs, func(p pair) []results.Trial { return p.b })
	if c.Paired {
		a = slices.DeleteFunc(a, func(r int) bool { return !slices.Contains(b, r) })
		b = a
	}
	if len(a) == 0 || len(b) == 0 {
		return errors.New("no repeat has trials of all settings; finish the runs with --resume")
	}
	for i := range pairs {
		pairs[i].a, pairs[i].b = only(pairs[i].a, a), only(pairs[i].b, b)
	}
	c.Repeats = [2]int{len(a), len(b)}
	return nil
}

// common returns the repeats that all settings have.
func common(pairs []pair, of func(pair) []results.Trial) []int {
	count := make(map[int]int)
	for _, p := range pairs {
		for _, t := range of(p) {
			count[t.Params.Repeat]++
		}
	}
	var all []int
	for r, n := range count {
		if n == len(pairs) {
			all = append(all, r)
		}
	}
	slices.Sort(all)
	return all
}

func only(trials []results.Trial, repeats []int) []results.Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t results.Trial) bool { return !slices.Contains(repeats, t.Params.Repeat) })
}
