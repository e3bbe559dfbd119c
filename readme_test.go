package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// codeBlocks returns the code blocks of a section of README.
func codeBlocks(t *testing.T, section string) []string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text2, _ := strings.Cut(string(text), "\n## "+section+"\n")
	text2, _, _ = strings.Cut(text2, "\n## ")
	var blocks []string
	inside := false
	for line := range strings.Lines(text2) {
		code, indented := strings.CutPrefix(line, "    ")
		switch blank := strings.TrimSpace(line) == ""; {
		case indented && !inside:
			blocks = append(blocks, code)
			inside = true
		case indented, inside && blank:
			blocks[len(blocks)-1] += strings.TrimLeft(code, " ")
		case !blank:
			inside = false
		}
	}
	return blocks
}

// TestStoreOfREADME follows the instructions of README to measure a store that is
// written in Go.
func TestStoreOfREADME(t *testing.T) {
	t.Parallel()
	var program, build, measure string
	for _, block := range codeBlocks(t, "Measure your own store") {
		switch {
		case strings.HasPrefix(block, "package main"):
			program = block
		case strings.HasPrefix(block, "go mod init"):
			build = block
		case strings.HasPrefix(block, "./dhtbench bench --servers"):
			measure = block
		}
	}
	prepare, serve, found := strings.Cut(strings.TrimSpace(build), "\ngo run .")
	if program == "" || measure == "" || !found || serve != "" {
		t.Fatalf("README lacks a program, or commands: %q, %q", build, measure)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	free.Close()
	parent, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(parent, "mystore")
	for _, err := range []error{
		os.Symlink(here, filepath.Join(parent, "dhtbench")), os.Mkdir(folder, 0o700),
		os.WriteFile(filepath.Join(folder, "main.go"), []byte(strings.ReplaceAll(program, "127.0.0.1:7400", addr)), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	shell := func(script string) *exec.Cmd {
		cmd := exec.Command("sh", "-ec", script)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOPROXY=off", "GONOSUMDB=*", "GOFLAGS=") // modules are there already
		return cmd
	}
	if out, err := shell(prepare).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", prepare, err, out)
	}
	store := shell("exec go run .")
	store.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var printed strings.Builder
	store.Stdout, store.Stderr = &printed, &printed
	if err := store.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- store.Wait() }()
	t.Cleanup(func() {
		syscall.Kill(-store.Process.Pid, syscall.SIGKILL)
		<-ended
	})
	for tick := time.Tick(50 * time.Millisecond); ; {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
			break
		}
		select {
		case <-tick:
		case err := <-ended:
			ended <- err
			t.Fatalf("the program of README ended: %v\n%s", err, printed.String())
		}
	}
	args := strings.Fields(strings.ReplaceAll(measure, "127.0.0.1:7400", addr))
	file := filepath.Join(parent, "store.jsonl")
	trials := mustBench(t, file, append(args[2:], "--results", file)...)
	if len(trials) != 6 {
		t.Errorf("%d trials, want 6", len(trials))
	}
	for _, trial := range trials {
		if c := trial.Counts(); c.OK != c.Total() || c.Bad() != 0 {
			t.Errorf("%+v", c)
		}
	}
}
