package bench

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"dhtbench/results"
	"dhtbench/results/compare"

	"github.com/alecthomas/kong"
)

// comparing reports whether the command compares two sides.
func (c *Command) comparing() bool { return c.A != nil || c.B != nil || c.AA }

// sides returns the commands of both sides: c with the flags of each.
func (c *Command) sides() ([]*Command, error) {
	flags := []string{"", ""}
	if c.A != nil {
		flags[0] = *c.A
	}
	if c.B != nil {
		flags[1] = *c.B
	}
	var sides []*Command
	for i, name := range []string{results.SideA, results.SideB} {
		side, err := c.with(strings.Fields(flags[i]))
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", name, err)
		}
		side.A, side.B, side.AA, side.side = nil, nil, false, name
		sides = append(sides, side)
	}
	return sides, nil
}

// each returns the commands of both sides of a comparison, or only c without a
// comparison.
func (c *Command) each() []*Command {
	if !c.comparing() {
		return []*Command{c}
	}
	sides, _ := c.sides() // checked before
	return sides
}

// comparison returns the sweep of both sides. It is empty if their flags have errors.
func (c *Command) comparison() sweep {
	sides, err := c.sides()
	if err != nil {
		return sweep{trials: c.Trials}
	}
	s := sweep{params: results.Params{Seed: c.Seed}, trials: c.Trials}
	for _, side := range sides {
		s.sides = append(s.sides, side.sweep())
	}
	return s
}

// with returns a copy of c in which the given flags are set. Flags that apply to both
// sides are errors.
func (c *Command) with(flags []string) (*Command, error) {
	side, given := *c, new(Command)
	parser, err := kong.New(given, kong.NoDefaultHelp())
	if err != nil {
		return nil, fmt.Errorf("parse %q: %w", flags, err)
	}
	parsed, err := kong.Trace(parser, flags)
	if err == nil {
		err = parsed.Error
	}
	if err == nil {
		_, err = parsed.Apply()
	}
	if err != nil {
		return nil, err
	}
	from, to := reflect.ValueOf(given).Elem(), reflect.ValueOf(&side).Elem()
	for _, path := range parsed.Path {
		if path.Flag == nil {
			continue
		}
		if ofBoth(path.Flag) {
			return nil, fmt.Errorf("--%s applies to both sides; give it outside", path.Flag.Name)
		}
		to.FieldByIndex(fieldOf(from, path.Flag.Target)).Set(path.Flag.Target)
	}
	return &side, nil
}

// ofBoth reports whether a flag applies to both sides, so that no side can have its
// own.
func ofBoth(f *kong.Flag) bool {
	if f.Group != nil && (f.Group.Key == "Output" || f.Group.Key == "Comparison") {
		return true
	}
	return slices.Contains([]string{"hosts", "trials", "seed", "slo"}, f.Name)
}

// fieldOf returns the index of a field in a struct. It panics if the field is not in
// the struct.
func fieldOf(of, field reflect.Value) []int {
	for i := range of.NumField() {
		if of.Field(i).CanAddr() && of.Field(i).Addr().Pointer() == field.Addr().Pointer() {
			return []int{i}
		}
	}
	panic("kong: the value of a flag is not a field of the command")
}

// checkSides checks the flags of a comparison.
func (c *Command) checkSides() error {
	if !c.comparing() {
		return nil
	}
	sides, err := c.sides()
	if err != nil {
		return err
	}
	for _, side := range sides {
		if err := side.Validate(); err != nil {
			return fmt.Errorf("side %s: %w", side.side, err)
		}
	}
	a, b := sides[0].sweep().settings(), sides[1].sweep().settings()
	return errors.Join(
		refuse(c.AA && (c.A != nil || c.B != nil), "--aa cannot be combined with --a and --b"),
		refuse(!c.AA && (c.A == nil || c.B == nil), "--a and --b must be given together; for a side without flags of its own give --a=''"),
		refuse(!c.AA && sameSettings(a, b), "--a and --b describe the same settings; to compare equal sides give --aa"),
		refuse(c.SLO.set(), "--slo cannot be combined with --a, --b and --aa"),
		refuse(c.Trials < fewestTrials, "--trials %d: a comparison needs at least %d", c.Trials, fewestTrials),
		refuse(len(a) != len(b), "--a has %d settings and --b has %d: both must have the same number", len(a), len(b)))
}

// fewestTrials is the smallest number of repeats with which a comparison can find a
// difference.
const fewestTrials = 6

// sameSettings reports whether two sides have the same settings.
func sameSettings(a, b []results.Params) bool {
	return slices.EqualFunc(a, b, func(x, y results.Params) bool {
		x.Side, y.Side = "", ""
		return x == y
	})
}

// compare prints the comparison of the sides. It returns [compare.ErrRegression] if B
// is worse than A by more than the default threshold. With --aa it returns an error if
// any difference is found.
func (c *Command) compare(trials []results.Trial) error {
	compared, err := compare.Sides(c.Results, trials, true)
	if err != nil {
		return err
	}
	if c.JSON {
		err = compared.JSON(os.Stdout)
	} else {
		fmt.Println()
		err = compared.Text(os.Stdout, compare.DefaultThreshold)
	}
	switch found, _ := compared.Found(); {
	case err != nil:
		return err
	case c.AA && len(found) > 0:
		return errors.New("--aa: equal sides differ; find the cause before you compare on this machine")
	case !c.AA && compared.Regressed(compare.DefaultThreshold):
		return compare.ErrRegression
	}
	return nil
}
