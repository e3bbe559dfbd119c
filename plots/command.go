package plots

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"dhtbench/results"
)

// Command is `dhtbench plot`: it draws the figures of results files.
type Command struct {
	Files []string `arg:"" name:"file" help:"Results files (results/*.jsonl)."`
	Out   string   `placeholder:"DIR" help:"Folder to draw into, with one folder per file. Default: plots/x for results/x.jsonl, the folder x beside any other x.jsonl."`

	Percentiles results.Percentiles `placeholder:"LIST" help:"Percentiles in figures of percentiles: p50,p95,p99.9. Default: p50 and p99, and p99.9 where there is room."`

	// Stdout is where the names of the files written go; nil means os.Stdout.
	Stdout io.Writer `kong:"-"`
}

// Validate reports errors of usage.
func (c *Command) Validate() error {
	if len(c.Files) == 0 {
		return errors.New("name a results file")
	}
	return checkFolders(c.Files, c.Out)
}

// Run draws all figures of each file and prints the name of each file written. It
// writes no figures of a file that has errors.
func (c *Command) Run(ctx context.Context) error {
	for _, file := range c.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		folder, err := folderFor(file, c.Out)
		if err != nil {
			return err
		}
		all, err := readSweeps(file, c.Percentiles...)
		if err != nil {
			return err
		}
		drawn, err := drawAll(folder, all)
		if err != nil {
			return err
		}
		if err := writeAll(stdout(c.Stdout), drawn); err != nil {
			return err
		}
	}
	return nil
}

// ReportCommand is `dhtbench report`: it renders a report from its template and the
// results files that the template names, and draws the figures of those. With HTML it
// writes one page on Files instead.
type ReportCommand struct {
	HTML  string   `name:"html" placeholder:"FILE" help:"Write a self-contained HTML page on the given results files, instead of the report."`
	Files []string `arg:"" optional:"" name:"file" help:"Results files, with --html."`

	Report   string `default:"REPORT.md" placeholder:"FILE" help:"Report to write; the template names results files relative to it."`
	Template string `placeholder:"FILE" help:"Template of the report (default: the one of REPORT.md, built in)."`
	Out      string `default:"plots" placeholder:"DIR" help:"Folder of the figures."`
	Check    bool   `help:"Write nothing; fail if anything is out of date."`

	// Stdout is where the names of the files written go; nil means os.Stdout.
	Stdout io.Writer `kong:"-"`
}

// Validate reports errors of usage.
func (c *ReportCommand) Validate() error {
	var faults []error
	if c.Report == "" {
		faults = append(faults, errors.New("--report: must name a file"))
	}
	if (c.HTML == "") != (len(c.Files) == 0) {
		faults = append(faults, errors.New("--html and results files need each other: report --html out.html results/x.jsonl"))
	}
	if c.Out == "" {
		faults = append(faults, errors.New("--out: must name a folder"))
	}
	return errors.Join(faults...)
}

// Run writes the figures and the report if they differ from the existing ones, and
// prints the name of each file written. With Check it returns an error that lists
// them.
func (c *ReportCommand) Run(ctx context.Context) error {
	if c.HTML != "" {
		return c.writePage()
	}
	name, text, err := c.template()
	if err != nil {
		return err
	}
	r, err := compose(ctx, name, text, c.Report, c.Out)
	if err != nil {
		return err
	}
	if c.Check {
		if faults := r.stale(c.Report); len(faults) > 0 {
			return fmt.Errorf("out of date, run `dhtbench report`:\n  %s", strings.Join(faults, "\n  "))
		}
		return nil
	}
	var changed []drawing
	// The report comes last, after the figures that it refers to.
	for _, d := range append(r.figures, drawing{c.Report, []byte(r.text)}) {
		if !holds(d.path, d.content) {
			changed = append(changed, d)
		}
	}
	return writeAll(stdout(c.Stdout), changed)
}

// writePage writes the page of the files.
func (c *ReportCommand) writePage() error {
	p, err := newPage(c.Files)
	if err != nil {
		return err
	}
	content, err := p.write()
	if err != nil {
		return err
	}
	return writeAll(stdout(c.Stdout), []drawing{{c.HTML, content}})
}

// template is the name and the text of the template.
func (c *ReportCommand) template() (name, text string, err error) {
	if c.Template == "" {
		return projectTemplateName, projectTemplate, nil
	}
	read, err := os.ReadFile(c.Template)
	if err != nil {
		return "", "", fmt.Errorf("read template: %w", err)
	}
	return c.Template, string(read), nil
}

// stdout is w, or the program's own standard output.
func stdout(w io.Writer) io.Writer {
	if w == nil {
		return os.Stdout
	}
	return w
}
