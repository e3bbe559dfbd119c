package host

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// scriptTime is the time limit of each step of staging.
const scriptTime = 2 * time.Minute

// Stage copies an executable of this machine to the host, unless the host has a
// copy with the same checksum, and returns its path there. Several processes may
// stage at the same time. On a host without Via it returns executable. It is an
// error if the host has another operating system or architecture.
func (h Host) Stage(ctx context.Context, executable string) (string, error) {
	if len(h.Via) == 0 {
		return executable, nil
	}
	program, err := os.ReadFile(executable)
	if err != nil {
		return "", fmt.Errorf("stage on %s: %w", h.Name, err)
	}
	digest := sha256.Sum256(program)
	sum := hex.EncodeToString(digest[:])
	path, present, err := h.find(ctx, sum)
	if err != nil || present {
		return path, err
	}
	if err := h.upload(ctx, program, sum, path); err != nil {
		return "", err
	}
	return path, nil
}

// findScript prints the kind of machine, the path of the executable, and whether
// it is present.
const findScript = `set -eu
path=${XDG_CACHE_HOME:-$HOME/.cache}/dhtbench/SUM/dhtbench
mkdir -p "${path%/*}"
uname -sm
echo "$path"
echo "SUM  $path" | sha256sum -c - >/dev/null 2>&1 && test -x "$path" && echo present || echo absent
`

// find looks for an executable by its checksum.
func (h Host) find(ctx context.Context, sum string) (path string, present bool, err error) {
	out, err := h.script(ctx, strings.ReplaceAll(findScript, "SUM", sum))
	if err != nil {
		return "", false, fmt.Errorf("look for the executable on %s: %w", h.Name, err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 {
		return "", false, fmt.Errorf("look for the executable on %s: the answer must have 3 lines, and is %q", h.Name, out)
	}
	if here := unameHere(); lines[0] != here {
		return "", false, fmt.Errorf("host %s is %s: must be %s, like this program", h.Name, lines[0], here)
	}
	// ssh passes its arguments to a shell.
	if path = lines[1]; strings.ContainsAny(path, " \t\"'\\$`&|;<>()*?[]{}#~!") {
		return "", false, fmt.Errorf("host %s: %q has a character that is special in a shell; set XDG_CACHE_HOME there", h.Name, path)
	}
	return path, lines[2] == "present", nil
}

// unameHere returns the output of `uname -sm` on machines that this program was
// built for.
func unameHere() string {
	system := map[string]string{"linux": "Linux", "darwin": "Darwin"}[runtime.GOOS]
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	if runtime.GOOS == "darwin" && runtime.GOARCH == "arm64" {
		machine = "arm64"
	}
	return system + " " + machine
}

// placeScript unpacks and checks the upload and moves it to its path.
const placeScript = `set -eu
gzip -dc PART >PART.new
echo "SUM  PART.new" | sha256sum -c - >/dev/null
chmod 755 PART.new
mv PART.new PATH_
rm PART
`

// upload copies the program to path on the host.
func (h Host) upload(ctx context.Context, program []byte, sum, path string) error {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(program); err != nil {
		return fmt.Errorf("pack the executable: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("pack the executable: %w", err)
	}
	part := path + "." + rand.Text() // hosts may share a home directory
	if _, err := h.run(ctx, &packed, "dd", "of="+part); err != nil {
		return fmt.Errorf("upload the executable to %s: %w", h.Name, err)
	}
	script := strings.NewReplacer("PART", part, "SUM", sum, "PATH_", path).Replace(placeScript)
	if _, err := h.script(ctx, script); err != nil {
		return fmt.Errorf("install the executable on %s: %w", h.Name, err)
	}
	return nil
}

// script runs a shell script on the host and returns what it prints.
func (h Host) script(ctx context.Context, text string) (string, error) {
	return h.run(ctx, strings.NewReader(text), "sh")
}

// run runs a command on the host and returns its standard output. The error quotes
// the last lines of its standard error.
func (h Host) run(ctx context.Context, stdin io.Reader, argv ...string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, scriptTime, fmt.Errorf("not done within %v", scriptTime))
	defer cancel()
	argv = append(append([]string(nil), h.Via...), argv...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var stdout bytes.Buffer
	var stderr tail
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, stderr.String())
	}
	return stdout.String(), nil
}
