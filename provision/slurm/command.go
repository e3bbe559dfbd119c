// Package slurm runs a command with the hosts of a Slurm job. It neither allocates nor
// releases hosts: the user starts and ends the job.
package slurm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dhtbench/provision/host"
)

// Command is `provision slurm`. Its field is its argument.
type Command struct {
	Argv []string `arg:"" optional:"" name:"command" help:"Command to run with the hosts, after --. DHTBENCH_HOSTS names their inventory. Default: print the inventory."`
}

// Run runs the command with the hosts of the job that this process is in, and
// waits for it. When ctx ends, Run interrupts the command, and kills it 10 s later.
// The error is a [host.Status] when the command ran and failed.
func (c *Command) Run(ctx context.Context) (err error) {
	j := job{id: os.Getenv("SLURM_JOB_ID"), nodes: os.Getenv("SLURM_JOB_NODELIST")}
	if j.id == "" || j.nodes == "" {
		return errors.New("SLURM_JOB_ID or SLURM_JOB_NODELIST is not set: provision slurm must run in a Slurm job; start one with sbatch or salloc")
	}
	hosts, err := j.hosts(ctx)
	if err != nil {
		return err
	}
	if len(c.Argv) == 0 {
		return printInventory(hosts)
	}
	dir, err := os.MkdirTemp("", "dhtbench-slurm-")
	if err != nil {
		return fmt.Errorf("make a directory for the inventory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	inventory := filepath.Join(dir, "hosts")
	if err := host.WriteInventory(inventory, hosts); err != nil {
		return err
	}
	return host.Command{Argv: c.Argv, Inventory: inventory}.Run(ctx)
}

// printInventory prints the hosts to standard output, for `dhtbench bench --hosts`.
func printInventory(hosts []host.Host) error {
	out := json.NewEncoder(os.Stdout)
	for _, h := range hosts {
		if err := out.Encode(h); err != nil {
			return fmt.Errorf("print the inventory: %w", err)
		}
	}
	return nil
}
