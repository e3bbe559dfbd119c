package ec2

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestInterruptWithoutAReader: Ctrl-C on `provision ... 2>&1 | tee log` ends tee
// too. The real program removes its hosts although its output is a broken pipe.
func TestInterruptWithoutAReader(t *testing.T) {
	s := newStage(t, startMoto(t), settings{}, "teetotal")
	defer s.tell()
	up := filepath.Join(t.TempDir(), "up")
	if err := syscall.Mkfifo(up, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"ec2", "--nodes", "1"}, s.launchFlags("sh", "-c", "echo up >"+up+"; exec sleep 1000")...)
	cmd := exec.Command(buildProgram(t, "dhtbench/provision"), args...)
	cmd.Env = os.Environ()
	s.stubSSH(cmd, "lifetime=active")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if word, err := os.ReadFile(up); string(word) != "up\n" {
		t.Fatalf("the command said %q, %v", word, err)
	}
	reader.Close()
	cmd.Process.Signal(syscall.SIGINT)
	if err := cmd.Wait(); exitCode(err) != 130 {
		t.Errorf("ended with %v, want the command's status 130", err)
	}
	s.mustBeEmpty()
}
