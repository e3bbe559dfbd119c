package plots

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	text := "# Title\n\n" +
		"<!-- dhtbench:table results/a.jsonl placement=embedded -->\nold\n" + closing + "\n" +
		"The mean was <!-- dhtbench:value results/a.jsonl figure=mean\n clients=1 -->41 µs" + closing + " here.\n"
	pieces, err := parse("R.md", text)
	if err != nil {
		t.Fatal(err)
	}
	if len(pieces) != 3 {
		t.Fatalf("%d pieces, want 3", len(pieces))
	}
	table, value := pieces[0].marker, pieces[1].marker
	if table.kind != "table" || table.file != "results/a.jsonl" || table.keys["placement"] != "embedded" || table.line != 3 {
		t.Errorf("table marker: %+v", table)
	}
	if value.kind != "value" || value.keys["clients"] != "1" || value.body != "41 µs" || value.line != 6 {
		t.Errorf("value marker: %+v", value)
	}
	if got := join(pieces, func(m marker) string { return m.body }); got != text {
		t.Errorf("pieces do not add up to the text:\n%s", got)
	}
	if want := " here.\n"; pieces[2].text != want {
		t.Errorf("last piece %q, want %q", pieces[2].text, want)
	}
}

func TestParseErrors(t *testing.T) {
	const open = "<!-- dhtbench:table r.jsonl -->\n"
	for _, c := range []struct{ name, text, want string }{
		{"no end", "a\n" + open + "b\n", "R.md:2: marker table: no <!-- dhtbench:end --> follows it"},
		{"end alone", "a\n\n" + closing + "\n", "R.md:3: dhtbench:end without a marker"},
		{"nested", open + open + closing + "\n" + closing, "R.md:1: marker table: no <!-- dhtbench:end -->"},
		{"unknown kind", "<!-- dhtbench:tabel r.jsonl -->\n" + closing, `R.md:1: marker of unknown kind "tabel"`},
		{"no file", "<!-- dhtbench:table -->\n" + closing, "R.md:1: marker table: name a results file"},
		{"key before file", "<!-- dhtbench:table a=b -->\n" + closing, "name a results file first"},
		{"absolute file", "<!-- dhtbench:table /r.jsonl -->\n" + closing, "want a plain path"},
		{"roundabout file", "<!-- dhtbench:table a/../r.jsonl -->\n" + closing, "want a plain path"},
		{"no value", "<!-- dhtbench:table r.jsonl key -->\n" + closing, `"key": want key=value`},
		{"twice", "<!-- dhtbench:table r.jsonl a=1 a=2 -->\n" + closing, "key a is given twice"},
		{"comment not closed", "a\nb <!-- dhtbench:table r.jsonl\n", "R.md:2: broken marker"},
		{"no colon", "a\nb\n<!-- dhtbench table r.jsonl -->\n", "R.md:3: broken marker"},
		{"no colon, markers after", "<!-- dhtbench end -->\n" + open + closing + "\n", "R.md:1: broken marker"},
		{"no colon, markers before", open + closing + "\n<!-- /dhtbench -->\n", "R.md:3: broken marker"},
		{"block in a line", "text " + open + closing + "\n", "lines of their own"},
		{"block with text after", open + closing + " text\n", "lines of their own"},
		{"block on one line", "<!-- dhtbench:table r.jsonl -->" + closing + "\n", "lines of their own"},
		{"block end after text", open + "text " + closing + "\n", "lines of their own"},
		{"value starts a line", "a\n<!-- dhtbench:value r.jsonl -->" + closing, "R.md:2: marker value: starts a line"},
	} {
		_, err := parse("R.md", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// FuzzParse: whatever parses, parses the same after its markers were filled, and
// the text outside of them is as it was.
func FuzzParse(f *testing.F) {
	f.Add("x <!-- dhtbench:fact r.jsonl name=cpu -->y" + closing + " z\n")
	f.Add("<!-- dhtbench:table r.jsonl -->\r\n\r\n" + closing + "\r\n<!-- a -->")
	f.Add("<!-- dhtbench:figure r.jsonl name=a\n b=c -->\n" + closing)
	f.Add("<!--dhtbench:doubts r -->\n" + closing + "<!-- dhtbench")
	f.Fuzz(func(t *testing.T, text string) {
		pieces, err := parse("R.md", text)
		if err != nil {
			return
		}
		if got := join(pieces, func(m marker) string { return m.body }); got != text {
			t.Fatalf("pieces of %q add up to %q", text, got)
		}
		var filled strings.Builder
		for _, p := range pieces {
			filled.WriteString(p.text)
			if p.marker != nil {
				filled.WriteString(p.marker.fill("new"))
			}
		}
		again, err := parse("R.md", filled.String())
		if err != nil {
			t.Fatalf("%q was filled to %q: %v", text, filled.String(), err)
		}
		if len(again) != len(pieces) {
			t.Fatalf("%d pieces became %d", len(pieces), len(again))
		}
		for i := range pieces {
			if again[i].text != pieces[i].text {
				t.Errorf("text %q became %q", pieces[i].text, again[i].text)
			}
			if a, b := again[i].marker, pieces[i].marker; a != nil && a.open != b.open {
				t.Errorf("marker %q became %q", b.open, a.open)
			}
		}
	})
}

// join puts pieces together with the given bodies.
func join(pieces []piece, body func(marker) string) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.text)
		if p.marker != nil {
			b.WriteString(p.marker.open + body(*p.marker) + closing)
		}
	}
	return b.String()
}
