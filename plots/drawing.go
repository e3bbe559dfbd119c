package plots

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// drawing is the path and content of a file to write.
type drawing struct {
	path    string // relative to the working directory, or absolute
	content []byte
}

// writeAll writes files and prints the name of each.
func writeAll(w io.Writer, files []drawing) error {
	for _, f := range files {
		if err := replace(f.path, f.content); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, f.path); err != nil {
			return fmt.Errorf("print file name: %w", err)
		}
	}
	return nil
}

// replace replaces a file atomically: a reader sees the old content or the new. It
// creates parent folders.
func replace(path string, content []byte) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // no effect after the rename
	// Close must be called after an error too; the first error is returned.
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644) // CreateTemp makes files for the owner only
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// holds reports whether the file has exactly this content.
func holds(path string, content []byte) bool {
	old, err := os.ReadFile(path)
	return err == nil && bytes.Equal(old, content)
}

// baseName is the name of the folder that the figures of a results file are
// drawn into.
func baseName(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".jsonl"), ".json")
}

// folderFor returns the folder for the figures of a results file: one of its name below
// out. If out is empty, it is plots/x for results/x.jsonl, and the folder x beside any
// other file x.jsonl or x.json. It does not depend on the working directory, so figures
// never overwrite those of another file of the same name.
func folderFor(file, out string) (string, error) {
	base := baseName(file)
	if strings.Trim(base, ".") == "" || base == string(filepath.Separator) {
		return "", fmt.Errorf("%s: its figures would be in a folder called %q; rename the file", file, base)
	}
	if out != "" {
		return filepath.Join(out, base), nil
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find the folder of %s: %w", file, err)
	}
	beside := filepath.Dir(file) // as given, so that printed names are familiar
	switch filepath.Base(filepath.Dir(absolute)) {
	case "results":
		return filepath.Join(beside, "..", "plots", base), nil
	case "plots": // where figures of results/*.jsonl are
		return "", fmt.Errorf("%s is in the folder of figures; move it, or give --out", file)
	}
	if base == filepath.Base(file) {
		return "", fmt.Errorf("%s: the folder for its figures would have the same name; give another folder with --out", file)
	}
	return filepath.Join(beside, base), nil
}

// checkFolders finds two files whose figures would overwrite each other.
func checkFolders(files []string, out string) error {
	seen := make(map[string]string)
	for _, f := range files {
		folder, err := folderFor(f, out)
		if err != nil {
			return err
		}
		if other, taken := seen[folder]; taken && filepath.Clean(other) != filepath.Clean(f) {
			return fmt.Errorf("%s and %s would be drawn into one folder, %s", other, f, folder)
		}
		seen[folder] = f
	}
	return nil
}
