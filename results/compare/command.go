package compare

import (
	"errors"
	"fmt"
	"os"

	"dhtbench/results"
)

// Command is `dhtbench compare`: it compares two results files, or the two sides of one.
type Command struct {
	A         string  `arg:"" help:"Results file of side A, or of a run with --a and --b."`
	B         string  `arg:"" optional:"" help:"Results file of side B."`
	Threshold float64 `default:"5" placeholder:"PERCENT" help:"Fail if B is found to be worse by more than this."`
	Force     bool    `help:"Compare what should not be compared, and say so."`
	JSON      bool    `help:"Print JSON, one metric of a setting a line."`
	Markdown  bool    `help:"Print Markdown, for a comment on a pull request."`
}

// DefaultThreshold is the share by which B may be worse than A, unless another is given.
const DefaultThreshold = 0.05

// Refusal is the error of files that cannot be compared.
type Refusal struct{ error }

// ErrRegression says that B is worse than A by more than the threshold.
var ErrRegression = errors.New("B is worse than A by more than the threshold")

// Validate reports errors of usage.
func (c *Command) Validate() error {
	switch {
	case c.JSON && c.Markdown:
		return errors.New("--json and --markdown are mutually exclusive")
	case !(c.Threshold >= 0):
		return fmt.Errorf("--threshold %v: must be a percentage of at least 0", c.Threshold)
	}
	return nil
}

// Run prints the comparison. It returns a [Refusal] if the files cannot be compared, and
// [ErrRegression] if B is worse.
func (c *Command) Run() error {
	compared, err := c.read()
	if err != nil {
		return err
	}
	threshold := c.Threshold / 100
	switch {
	case c.JSON:
		err = compared.JSON(os.Stdout)
	case c.Markdown:
		err = compared.Markdown(os.Stdout, threshold)
	default:
		err = compared.Text(os.Stdout, threshold)
	}
	if err == nil && compared.Regressed(threshold) {
		err = ErrRegression
	}
	return err
}

// read reads the files and compares them.
func (c *Command) read() (Comparison, error) {
	a, err := results.ReadFile(c.A)
	if err != nil {
		return Comparison{}, Refusal{err}
	}
	var compared Comparison
	if c.B == "" {
		compared, err = Sides(c.A, a, c.Force)
	} else {
		var b []results.Trial
		if b, err = results.ReadFile(c.B); err != nil {
			return Comparison{}, Refusal{err}
		}
		compared, err = Files(Side{c.A, a}, Side{c.B, b}, c.Force)
	}
	if err != nil {
		return Comparison{}, Refusal{fmt.Errorf("compare: %w", err)}
	}
	return compared, nil
}
