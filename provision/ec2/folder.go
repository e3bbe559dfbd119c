package ec2

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// folder is the directory of a run: journal, private key, ssh configuration and
// inventory. Only the user may read it.
type folder string

func (f folder) journal() string    { return filepath.Join(string(f), "journal.jsonl") }
func (f folder) key() string        { return filepath.Join(string(f), "id_ed25519") }
func (f folder) knownHosts() string { return filepath.Join(string(f), "known_hosts") }
func (f folder) sshConfig() string  { return filepath.Join(string(f), "ssh_config") }
func (f folder) console(host string) string {
	return filepath.Join(string(f), "console-"+host+".txt")
}
func (f folder) inventory() string { return filepath.Join(string(f), "hosts.jsonl") }

// runIDPattern matches the ids of runs: a time and a random word.
const runIDPattern = `^[0-9]{8}-[0-9]{6}-[a-z2-7]{8}$`

// newRunID returns a unique id. Ids sort by time.
func newRunID(now time.Time) string {
	var random [5]byte
	rand.Read(random[:]) // never fails
	word := strings.ToLower(base32.StdEncoding.EncodeToString(random[:]))
	return now.UTC().Format("20060102-150405-") + word
}

// checkRunID returns an error for text that is not the id of a run. Ids become
// parts of paths.
func checkRunID(id string) error {
	if regexp.MustCompile(runIDPattern).MatchString(id) {
		return nil
	}
	return fmt.Errorf("%q is not the id of a run: it must look like 20260131-235959-abcdefgh, as --list prints it, or be `expired`", id)
}

// runs returns the folder of all runs: --dir, or one in the user's cache folder.
// Its name must not have characters that are special in ssh's configuration.
func (c *Command) runs() (string, error) {
	dir := c.Dir
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the folder of runs: %w; name one with --dir", err)
		}
		dir = filepath.Join(cache, "dhtbench", "ec2")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the folder of runs: %w", err)
	}
	if strings.ContainsAny(dir, "\"%$\n\\") {
		return "", fmt.Errorf("folder %q has a character that is special in ssh_config; name another folder with --dir", dir)
	}
	return dir, nil
}

// folder returns the folder of a run. It may not exist.
func (c *Command) folder(id string) (folder, error) {
	dir, err := c.runs()
	return folder(filepath.Join(dir, id)), err
}

// makeFolder makes the folder of a new run and waits until it is on disk, so that
// a power failure does not lose the journal.
func (c *Command) makeFolder(id string) (folder, error) {
	f, err := c.folder(id)
	if err != nil {
		return "", err
	}
	var parents []string // of folders that do not exist yet
	for dir := string(f); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		parents = append(parents, filepath.Dir(dir))
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return "", fmt.Errorf("make folder of run: %w", err)
	}
	for _, dir := range parents {
		if err := syncFolder(dir); err != nil {
			return "", fmt.Errorf("make folder of run: %w", err)
		}
	}
	return f, nil
}

// syncFolder waits until a folder's list of files is on disk.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
