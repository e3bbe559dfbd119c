package plots

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// marker is one generated stretch of a report; see the package comment for its
// form.
type marker struct {
	line int    // of its opening comment, from 1
	kind string // one of blockKinds and inlineKinds
	file string // results file, relative to the report, with slashes
	keys map[string]string
	open string // the opening comment as it stands, to be kept
	body string // what lies between the comments, to be replaced
}

// piece is a stretch of a report: text to keep, then perhaps a marker.
type piece struct {
	text   string
	marker *marker
}

// closing ends every marker.
const closing = "<!-- dhtbench:end -->"

// blockKinds and inlineKinds are the two sorts of marker.
func blockKinds() []string {
	return []string{"table", "measured", "doubts", "verdicts", "truth", "figure"}
}

func inlineKinds() []string { return []string{"value", "fact"} }

func (m marker) isBlock() bool { return slices.Contains(blockKinds(), m.kind) }

// parse cuts a report into pieces, which put together again are the report. Whatever is close to a marker and is not one
// is an error, which names the line: a marker overlooked is a number that no
// longer follows the measurement.
func parse(name, text string) ([]piece, error) {
	var pieces []piece
	// The shortest stretch from one opening to the next end of a comment.
	comment := regexp.MustCompile(`(?s)<!--\s*dhtbench:.*?-->`)
	rest, done := text, 0 // done is the length of what was cut off before rest
	fail := func(at int, err error) error {
		return fmt.Errorf("%s:%d: %w", name, 1+strings.Count(text[:at], "\n"), err)
	}
	for {
		at := comment.FindStringIndex(rest)
		if at == nil {
			break
		}
		open := rest[at[0]:at[1]]
		m, err := parseOpening(open)
		if err != nil {
			return nil, fail(done+at[0], err)
		}
		body, found := upTo(rest[at[1]:], comment)
		if !found {
			return nil, fail(done+at[0], fmt.Errorf("marker %s: no %s follows it", m.kind, closing))
		}
		m.line = 1 + strings.Count(text[:done+at[0]], "\n")
		m.open, m.body = open, body
		end := at[1] + len(body) + len(closing)
		if err := m.checkPlace(rest[:at[0]], rest[end:]); err != nil {
			return nil, fail(done+at[0], fmt.Errorf("marker %s: %w", m.kind, err))
		}
		pieces = append(pieces, piece{rest[:at[0]], &m})
		rest, done = rest[end:], done+end
	}
	pieces = append(pieces, piece{text: rest})
	return pieces, checkTexts(name, pieces)
}

// checkTexts finds what was meant as a marker in the text to keep: a comment
// that does not end, or lacks its colon.
func checkTexts(name string, pieces []piece) error {
	almost := regexp.MustCompile(`<!--\s*/?dhtbench\b`)
	line := 1
	for _, p := range pieces {
		if at := almost.FindStringIndex(p.text); at != nil {
			return fmt.Errorf("%s:%d: broken marker: want <!-- dhtbench:KIND FILE key=value ... -->",
				name, line+strings.Count(p.text[:at[0]], "\n"))
		}
		line += strings.Count(p.text, "\n")
		if m := p.marker; m != nil {
			line += strings.Count(m.open+m.body, "\n")
		}
	}
	return nil
}

// upTo is the text before the next dhtbench comment, false unless that is the
// closing one.
func upTo(text string, comment *regexp.Regexp) (string, bool) {
	at := comment.FindStringIndex(text)
	if at == nil || text[at[0]:at[1]] != closing {
		return "", false
	}
	return text[:at[0]], true
}

// parseOpening reads an opening comment.
func parseOpening(open string) (marker, error) {
	inside := strings.TrimSuffix(strings.TrimPrefix(open, "<!--"), "-->")
	words := strings.Fields(inside)
	kind := strings.TrimPrefix(words[0], "dhtbench:")
	m := marker{kind: kind, keys: make(map[string]string)}
	if kind == "end" {
		return m, errors.New("dhtbench:end without a marker before it")
	}
	if !m.isBlock() && !slices.Contains(inlineKinds(), kind) {
		return m, fmt.Errorf("marker of unknown kind %q: want one of %s", kind,
			strings.Join(append(blockKinds(), inlineKinds()...), ", "))
	}
	if len(words) < 2 || strings.Contains(words[1], "=") {
		return m, fmt.Errorf("marker %s: name a results file first", kind)
	}
	m.file = words[1]
	// One spelling per file, so that each is read and drawn once.
	if path.IsAbs(m.file) || path.Clean(m.file) != m.file {
		return m, fmt.Errorf("marker %s: results file %s: want a plain path relative to the report", kind, m.file)
	}
	for _, word := range words[2:] {
		key, value, ok := strings.Cut(word, "=")
		if !ok || key == "" || value == "" {
			return m, fmt.Errorf("marker %s: %q: want key=value", kind, word)
		}
		if _, twice := m.keys[key]; twice {
			return m, fmt.Errorf("marker %s: key %s is given twice", kind, key)
		}
		m.keys[key] = value
	}
	return m, nil
}

// checkPlace holds a block's comments to lines of their own, and an inline
// marker to the inside of a line: a line that starts with a comment is HTML to
// Markdown and would end the paragraph.
func (m marker) checkPlace(before, after string) error {
	lineStart := strings.TrimSpace(before[strings.LastIndex(before, "\n")+1:]) == ""
	if !m.isBlock() {
		if lineStart {
			return errors.New("starts a line, which would end the paragraph: put a word before it")
		}
		return nil
	}
	lineEnd, _, _ := strings.Cut(after, "\n")
	first, _, broken := strings.Cut(m.body, "\n")
	last := m.body[strings.LastIndex(m.body, "\n")+1:]
	if !lineStart || !broken || strings.TrimSpace(first+last+lineEnd) != "" {
		return errors.New("its comments need lines of their own")
	}
	return nil
}

// fill is m with another body, as it stands in the report. The comments stay as
// they were written. A block is set off by empty lines, without which Markdown
// takes it for a part of the comment.
func (m marker) fill(body string) string {
	if m.isBlock() {
		body = "\n\n" + strings.TrimSpace(body) + "\n\n"
	}
	return m.open + body + closing
}

// take removes a key and returns its value, or otherwise if it is not there.
func (m marker) take(key, otherwise string) string {
	value, ok := m.keys[key]
	if !ok {
		return otherwise
	}
	delete(m.keys, key)
	return value
}
