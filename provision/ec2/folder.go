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

// folder is where a run keeps what it needs after a crash, and what its command
// needs: journal, keys, ssh configuration, inventory. Only the user may read it.
type folder string

func (f folder) journal() string    { return filepath.Join(string(f), "journal.jsonl") }
func (f folder) key() string        { return filepath.Join(string(f), "id_ed25519") }
func (f folder) hostKey() string    { return filepath.Join(string(f), "host_ed25519") }
func (f folder) knownHosts() string { return filepath.Join(string(f), "known_hosts") }
func (f folder) sshConfig() string  { return filepath.Join(string(f), "ssh_config") }
func (f folder) inventory() string  { return filepath.Join(string(f), "hosts.jsonl") }

// runID matches the ids of runs: time and chance.
const runIDPattern = `^[0-9]{8}-[0-9]{6}-[a-z2-7]{8}$`

// newRunID is an id that no run ever had, and that sorts by time.
func newRunID(now time.Time) string {
	var chance [5]byte
	rand.Read(chance[:]) // never fails
	word := strings.ToLower(base32.StdEncoding.EncodeToString(chance[:]))
	return now.UTC().Format("20060102-150405-") + word
}

// checkRunID refuses what cannot be the id of a run, before it becomes part of a
// path.
func checkRunID(id string) error {
	if regexp.MustCompile(runIDPattern).MatchString(id) {
		return nil
	}
	return fmt.Errorf("%q is not the id of a run: want one such as 20260131-235959-abcdefgh, as --list prints them, or `expired`", id)
}

// runs is the folder of all runs: --dir, or a place in the user's cache folder.
// ssh's configuration can name it only if it has none of the characters that
// mean something there.
func (c *Command) runs() (string, error) {
	dir := c.Dir
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the folder of runs: %w: name one with --dir", err)
		}
		dir = filepath.Join(cache, "dhtbench", "ec2")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the folder of runs: %w", err)
	}
	if strings.ContainsAny(dir, "\"%$\n\\") {
		return "", fmt.Errorf("folder %q has a character that ssh takes for its own: name another with --dir", dir)
	}
	return dir, nil
}

// folder of a run, which need not be there.
func (c *Command) folder(id string) (folder, error) {
	dir, err := c.runs()
	return folder(filepath.Join(dir, id)), err
}

// makeFolder makes the folder of a new run, on disk: a journal whose folder a
// loss of power takes away is none.
func (c *Command) makeFolder(id string) (folder, error) {
	f, err := c.folder(id)
	if err != nil {
		return "", err
	}
	var parents []string // of folders that are not there yet
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

// syncFolder waits until a folder is on disk: which files are in it, not what is
// in them.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
