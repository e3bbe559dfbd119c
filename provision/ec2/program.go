package ec2

import (
	"debug/buildinfo"
	"fmt"
	"os/exec"
	"strings"
)

// checkProgram refuses a command that could not run on the hosts: they get a
// copy of it, and the processors of c3 stop short of x86-64-v3. Of a command
// that is no Go program nothing is known.
func (c *Command) checkProgram() error {
	path, err := exec.LookPath(c.Argv[0])
	if err != nil {
		return fmt.Errorf("find COMMAND: %w", err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil || !strings.HasPrefix(c.Type, "c3.") {
		return nil
	}
	for _, s := range info.Settings {
		if s.Key == "GOAMD64" && s.Value != "v1" && s.Value != "v2" {
			return fmt.Errorf("%s was built with GOAMD64=%s, which %s cannot run: build it with GOAMD64=v1", path, s.Value, c.Type)
		}
	}
	return nil
}
