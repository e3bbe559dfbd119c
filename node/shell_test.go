package node

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestShellCommands(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	c := ShellCommand{Cluster: writeFile(t, cluster.Addrs[0])}
	in := `put 'a key' "two  words"

get a\ key
get "a key
GET x
del 'a key'
del 'a key'
get key extra
owner key
exit
put never reached
`
	var out, errs bytes.Buffer
	if err := c.run(testContext(t), strings.NewReader(in), &out, &errs); err != nil {
		t.Fatal(err)
	}
	if want := "two  words\nnode 0 at " + cluster.Addrs[0] + "\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	want := `quote " is not closed
"GET": no such command; type help for a list
del "a key": not found
get: got 2 arguments, want 1; quote words with spaces
`
	if errs.String() != want {
		t.Errorf("complained:\n%s\nwant:\n%s", errs.String(), want)
	}
}

func TestShellOneCommand(t *testing.T) {
	cluster, _ := startServer(t, &Server{})
	file := writeFile(t, cluster.Addrs[0])
	for _, test := range []struct{ command, out, err string }{
		{"put|key|a value", "", ""},
		{"get|key", "a value\n", ""},
		{"del|key", "", ""},
		{"get|key", "", `get "key": not found`},
		{"help", shellHelp, ""},
		{"quit", "", ""},
		{"put|key", "", "put: got 1 arguments, want 2; quote words with spaces"},
	} {
		var out, errs bytes.Buffer
		c := ShellCommand{Cluster: file, Command: strings.Split(test.command, "|")}
		got := ""
		if err := c.run(testContext(t), strings.NewReader("put key never"), &out, &errs); err != nil {
			got = err.Error()
		}
		if out.String() != test.out || got != test.err || errs.Len() > 0 {
			t.Errorf("%s: printed %q, error %q, want %q, %q", test.command, out.String(), got, test.out, test.err)
		}
	}
}

// The prompt of a node reaches the node at the address where it listens, whatever
// the cluster file contains, and leaving it ends the node.
func TestNodeShell(t *testing.T) {
	id := 0
	for name, test := range map[string]struct {
		c     Command
		value string
	}{
		"cluster of one": {Command{Listen: "127.0.0.1:0"}, "value"},
		"cluster file":   {Command{Listen: "127.0.0.1:0", Cluster: writeFile(t, "127.0.0.1:1\n"), ID: &id}, "value"},
		"null":           {Command{Listen: "127.0.0.1:0", Null: []int{3}}, "\x00\x00\x00"},
		"stall":          {Command{Listen: "127.0.0.1:0", Stall: Stall{For: 1, Every: 2}}, "value"},
		"service time":   {Command{Listen: "127.0.0.1:0", ServiceTime: 1}, "value"},
	} {
		t.Run(name, func(t *testing.T) {
			test.c.Shell = true
			stdout, stderr, err := runNode(t, test.c, strings.NewReader("put key value\nget key\nowner key\n"))
			if err != nil {
				t.Fatal(err)
			}
			addr := strings.TrimSuffix(strings.TrimPrefix(stderr, "node 0 of 1 serves at "), "\n")
			if want := test.value + "\nnode 0 at " + addr + " (this node)\n"; stdout != want {
				t.Errorf("printed %q, want %q (errors: %s)", stdout, want, stderr)
			}
		})
	}
}

// The end of the context ends a prompt that waits for input.
func TestShellEndsWithContext(t *testing.T) {
	in, typed := io.Pipe()
	defer typed.Close()
	ctx, cancel := context.WithCancel(testContext(t))
	outR, out := io.Pipe()
	var wg sync.WaitGroup
	wg.Go(func() {
		c := Command{Listen: "127.0.0.1:0", Shell: true}
		if err := c.run(ctx, in, out, io.Discard); err != nil {
			t.Error(err)
		}
		out.Close()
	})
	io.WriteString(typed, "owner key\n")
	if _, err := bufio.NewReader(outR).ReadString('\n'); err != nil {
		t.Error(err)
	}
	cancel()
	wg.Wait()
}

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

// FuzzWords checks that words stay the same when they are quoted and split, and that
// no line makes splitWords panic.
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

// quoteWords joins words to a line that splitWords splits into the same words.
func quoteWords(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
