package node

import (
	"fmt"
	"strings"
)

// splitWords splits a line into words at spaces and tabs, as a shell would:
// between single quotes everything stands for itself, between double quotes
// everything but a backslash, and outside of single quotes a backslash takes
// the next byte as it is. A quote may begin inside a word; "" is a word.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote byte // open one, or 0
	in := false    // a word has begun
	for i := 0; i < len(line); i++ {
		b := line[i]
		switch {
		case b == '\\' && quote != '\'':
			i++
			if i == len(line) {
				return nil, fmt.Errorf("split line: nothing follows the backslash at its end")
			}
			word.WriteByte(line[i])
			in = true
		case quote != 0 && b == quote:
			quote = 0
		case quote == 0 && (b == '\'' || b == '"'):
			quote, in = b, true
		case quote == 0 && (b == ' ' || b == '\t'):
			if in {
				words = append(words, word.String())
			}
			word.Reset()
			in = false
		default:
			word.WriteByte(b)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("split line: quote %c is not closed", quote)
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}

// quoteWords joins words to a line that splitWords splits into the same.
func quoteWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
