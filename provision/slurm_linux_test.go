package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dhtbench/provision/host"
	"dhtbench/results"
)

// slurmLimit is the time limit of a cluster and its job.
const slurmLimit = 2 * time.Minute

// needSlurm skips the test where no Slurm cluster can be made; in CI it must be
// possible.
func needSlurm(t *testing.T) {
	t.Helper()
	missing := ""
	if os.Geteuid() != 0 {
		missing = "needs root to make namespaces: run the tests with sudo"
	}
	for program, debianPackage := range map[string]string{
		"/usr/sbin/slurmctld": "slurmctld", "/usr/sbin/slurmd": "slurmd", "/usr/sbin/munged": "munge", "sbatch": "slurm-client", "ip": "iproute2",
	} {
		if _, err := exec.LookPath(program); err != nil {
			missing = "needs " + program + ": apt-get install " + debianPackage
		}
	}
	switch {
	case missing == "":
	case os.Getenv("CI") == "true":
		t.Fatal(missing)
	default:
		t.Skip(missing)
	}
}

// jobScript returns the job script in README.
func jobScript(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, found := strings.Cut(string(readme), "\n    #!/bin/bash\n")
	script, _, _ = strings.Cut(script, "\n\n")
	if !found {
		t.Fatal("README has no job script")
	}
	return "#!/bin/bash\n" + strings.ReplaceAll("\n"+script, "\n    ", "\n") + "\n"
}

// TestSlurmJobOfREADME runs the job script in README, with fewer hosts and
// operations, on a Slurm cluster of two namespaces.
func TestSlurmJobOfREADME(t *testing.T) {
	needSlurm(t)
	dir := t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "dhtbench"), "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build dhtbench: %v\n%s", err, out)
	}
	provision, err := exec.LookPath("provision")
	if err != nil {
		t.Fatal(err)
	}
	const short = " --nodes 2 --clients 2 --workload ycsb-a --records 100 --ops 200 --warmup 0 --no-baseline"
	script := strings.Replace(jobScript(t), "--nodes=8", "--nodes=2", 1)
	script = strings.Replace(script, "dhtbench bench", "dhtbench bench"+short, 1) + "provision/provision slurm >hosts\n"
	for _, err := range []error{
		os.Mkdir(filepath.Join(dir, "provision"), 0o755),
		os.Symlink(provision, filepath.Join(dir, "provision/provision")),
		os.WriteFile(filepath.Join(dir, "job"), []byte(script), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	out := runCluster(t, dir, "job")

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
	trials, err := results.ReadFile(filepath.Join(dir, "my/slurm.jsonl"))
	if err != nil || len(trials) != 1 {
		t.Fatalf("%d trials, %v, want 1; the job printed:\n%s", len(trials), err, out)
	}
	if c := trials[0].Counts(); c.OK != 400 || c.Bad() != 0 {
		t.Errorf("outcomes %+v, want 400 ok", c)
	}
	for i, h := range trials[0].Hosts {
		if h.Name != hosts[i].Name || trials[0].Clients[i].Host != h.Name || h.Facts["slurm job"] != "1" {
			t.Errorf("host %d of the record is %+v", i, h)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "my/slurm/distribution.svg")); err != nil {
		t.Errorf("the job has drawn no figure: %v\n%s", err, out)
	}
}

// runCluster runs a job script in dir on a new Slurm cluster, and returns what it
// prints. The cluster ends with the job.
func runCluster(t *testing.T, dir, script string) string {
	t.Helper()
	cluster, err := filepath.Abs("testdata/slurm.sh")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), slurmLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", cluster, script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DIR="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return string(out)
	}
	logs, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	for _, name := range logs {
		text, _ := os.ReadFile(name)
		out = fmt.Appendf(out, "\n%s:\n%s", filepath.Base(name), text)
	}
	t.Fatalf("the cluster ended: %v\n%s", err, out)
	return ""
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
