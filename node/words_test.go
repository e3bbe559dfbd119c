package node

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitWords(t *testing.T) {
	for _, test := range []struct {
		line string
		want []string
	}{
		{"", nil},
		{" \t ", nil},
		{"get key", []string{"get", "key"}},
		{"  get\tkey  ", []string{"get", "key"}},
		{`put 'a key' "a value"`, []string{"put", "a key", "a value"}},
		{`put a\ key ''`, []string{"put", "a key", ""}},
		{`"say \"hi\"" 'back\slash'`, []string{`say "hi"`, `back\slash`}},
		{`one"two three"four`, []string{"onetwo threefour"}},
		{`it\'s "it's" 'say "hi"'`, []string{"it's", "it's", `say "hi"`}},
		{"grüße 'ein wort'", []string{"grüße", "ein wort"}},
	} {
		got, err := splitWords(test.line)
		if err != nil {
			t.Errorf("split %q: %v", test.line, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("split %q (-want +got):\n%s", test.line, diff)
		}
	}
}

func TestSplitWordsRefuses(t *testing.T) {
	for line, want := range map[string]string{
		`put 'a key`:      "quote ' is not closed",
		`put "a key' x`:   `quote " is not closed`,
		`get key\`:        "nothing follows the backslash",
		`get "half \`:     "nothing follows the backslash",
		`put k 'don't x'`: "quote ' is not closed",
	} {
		if words, err := splitWords(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("split %q: %q, %v; want %q", line, words, err, want)
		}
	}
}

// FuzzWords holds that any words, quoted and split, are the same words, and
// that no line makes splitWords panic.
func FuzzWords(f *testing.F) {
	f.Add("put", "a key", "it's \"quoted\" \\ here")
	f.Add("", " ", "'")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		want := []string{a, b, c}
		got, err := splitWords(quoteWords(want))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		splitWords(a)
	})
}
