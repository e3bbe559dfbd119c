package plots

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
