package export

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"

	"dhtbench/results"
)

// Command is `dhtbench export`: it writes a results file to standard output in another
// format. See the package comment for the formats.
type Command struct {
	Format  string `required:"" enum:"bench,hlog,hgrm,csv,openmetrics" placeholder:"FORMAT" help:"Format: ${enum}."`
	Setting string `placeholder:"NAME" help:"Export one setting only, such as operation=put/target=dht/clients=8."`
	File    string `arg:"" help:"Results file."`
}

// Run writes the file.
func (c *Command) Run() error {
	trials, err := results.ReadFile(c.File)
	if err != nil {
		return err
	}
	if c.Setting != "" {
		name := names(trials)
		all := results.Summarize(trials)
		trials = slices.DeleteFunc(trials, func(t results.Trial) bool { return name(t.Params) != c.Setting })
		if len(trials) == 0 && len(all) > 0 {
			return fmt.Errorf("--setting %s: %s has no such setting; its first is %s", c.Setting, c.File, name(all[0].Setting))
		}
	}
	if len(trials) == 0 {
		return fmt.Errorf("%s holds no trials", c.File)
	}
	out := bufio.NewWriter(os.Stdout)
	if err := Write(out, c.Format, trials); err != nil {
		return fmt.Errorf("export %s: %w", c.File, err)
	}
	return out.Flush()
}

// Write writes trials, of which there is at least one, in a format of [Command].
func Write(w io.Writer, format string, trials []results.Trial) error {
	trials = slices.SortedStableFunc(slices.Values(trials), func(a, b results.Trial) int { return a.Started.Compare(b.Started) })
	switch format {
	case "bench":
		return bench(w, trials)
	case "hlog":
		return hlog(w, trials)
	case "hgrm":
		return hgrm(w, trials)
	case "csv":
		return table(w, trials)
	case "openmetrics":
		return openMetrics(w, trials)
	}
	return fmt.Errorf("format %q: must be bench, hlog, hgrm, csv or openmetrics", format)
}
