package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dhtbench/provision/host"
)

// jobScript returns the job script in README.
func jobScript(t *testing.T) string {
	t.Helper()
	_, script, found := strings.Cut(readme(t), "\n    #!/bin/bash\n")
	script, _, _ = strings.Cut(script, "\n\n")
	if !found {
		t.Fatal("README has no job script")
	}
	return "#!/bin/bash\n" + strings.ReplaceAll("\n"+script, "\n    ", "\n") + "\n"
}

// TestSlurmJobOfREADME runs the job script in README, with fewer hosts and
// operations, on a Slurm cluster of two namespaces.
func TestSlurmJobOfREADME(t *testing.T) {
	needRoot(t, map[string]string{
		"slurmctld": "slurmctld", "slurmd": "slurmd", "sbatch": "slurm-client", "munged": "munge", "ip": "iproute2",
	})
	dir := t.TempDir()
	buildBenchmark(t, dir)
	provision, err := exec.LookPath("provision")
	if err != nil {
		t.Fatal(err)
	}
	script := strings.Replace(jobScript(t), "--nodes=8", "--nodes=2", 1)
	script = strings.Replace(script, "dhtbench bench", "dhtbench bench"+small, 1) + "provision/provision slurm >hosts\n"
	for _, err := range []error{
		os.Mkdir(filepath.Join(dir, "provision"), 0o755),
		os.Symlink(provision, filepath.Join(dir, "provision/provision")),
		os.WriteFile(filepath.Join(dir, "job"), []byte(script), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	out := inNamespaces(t, dir, "slurm.sh", "job")

	hosts, err := host.ReadInventory(filepath.Join(dir, "hosts"))
	if err != nil || len(hosts) != 2 {
		t.Fatalf("hosts %v, %v, want 2; the job printed:\n%s", hosts, err, out)
	}
	for i, h := range hosts {
		name := fmt.Sprintf("n%d", i+1)
		via := []string{"srun", "--jobid=1", "--overlap", "-N1", "-n1", "--cpu-bind=none", "-w", name}
		if h.Name != name || h.Addr != fmt.Sprintf("10.79.0.%d", i+1) || !slices.Equal(h.Via, via) {
			t.Errorf("host %d is %+v, want 10.79.0.%d by %q", i, h, i+1, via)
		}
	}
	trial := checkSmall(t, filepath.Join(dir, "my/slurm.jsonl"), hosts, out)
	if job := trial.Hosts[0].Facts["slurm job"]; job != "1" {
		t.Errorf("the record is of job %q, want 1", job)
	}
	if _, err := os.Stat(filepath.Join(dir, "my/slurm/distribution.svg")); err != nil {
		t.Errorf("the job has drawn no figure: %v\n%s", err, out)
	}
}

// TestSlurmOutsideAJob: provision slurm does not start a job.
func TestSlurmOutsideAJob(t *testing.T) {
	cmd := exec.Command("provision", "slurm", "--", "true")
	cmd.Env = append(os.Environ(), "SLURM_JOB_ID=", "SLURM_JOB_NODELIST=")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "must run in a Slurm job; start one with sbatch or salloc") {
		t.Errorf("%v\n%s", err, out)
	}
}
