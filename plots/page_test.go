package plots

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pageOf writes the page of the committed loopback results and returns its name and
// content.
func pageOf(t *testing.T) (name, content string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "page.html")
	c := ReportCommand{HTML: name, Files: []string{"../results/loopback.jsonl"}, Stdout: io.Discard}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return name, string(all)
}

func TestPageIsOneSmallFile(t *testing.T) {
	_, page := pageOf(t)
	if n := len(page); n > 2e6 {
		t.Errorf("%d bytes, want at most 2 MB", n)
	}
	outside := regexp.MustCompile(`(?:src|href)="[^"#]*"|url\([^)]*\)|@import[^;]*`)
	for _, link := range outside.FindAllString(page, -1) {
		if !strings.HasPrefix(link, `href="data:`) {
			t.Errorf("the page needs %.80s", link)
		}
	}
	if i := strings.Index(page, "trials are VALID"); i < 0 || i > strings.Index(page, "<table>") {
		t.Error("the verdict does not come first")
	}
	ids := regexp.MustCompile(` id="([^"]*)"`)
	seen := make(map[string]bool)
	for _, id := range ids.FindAllStringSubmatch(page, -1) {
		if seen[id[1]] {
			t.Errorf("id %s is there twice", id[1])
		}
		seen[id[1]] = true
	}
}

func TestPageHasRecords(t *testing.T) {
	_, page := pageOf(t)
	_, rest, _ := strings.Cut(page, "data:application/gzip;base64,")
	text, _, _ := strings.Cut(rest, `"`)
	packed, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "&#43;", "+"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../results/loopback.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the page has %d bytes of records, the file %d, or others", len(got), len(want))
	}
}

func TestPageHasDarkTwins(t *testing.T) {
	_, page := pageOf(t)
	style, _, _ := strings.Cut(page, "</style>")
	for _, use := range regexp.MustCompile(`var\(--([0-9a-f]{6}),`).FindAllStringSubmatch(page, -1) {
		if strings.Count(style, "--"+use[1]+":") != 2 {
			t.Fatalf("colour %s has no twin for dark pages", use[1])
		}
	}
}

// TestPageInBrowser moves through the points of the first figure with the keyboard, in
// Chromium.
func TestPageInBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed: install Debian's package chromium")
		}
		t.Skip("chromium is not installed: install Debian's package chromium")
	}
	name, page := pageOf(t)
	// The page's own policy forbids requests; the test only adds keys.
	const keys = `<script>
const spots = [...document.querySelectorAll("figure .wide .spot")];
spots[0].focus();
document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
document.title = [document.activeElement === spots[1], spots[0].closest("figure").querySelector("figcaption").textContent === spots[1].querySelector("title").textContent].join();
</script></body>`
	if err := os.WriteFile(name, []byte(strings.Replace(page, "</body>", keys, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1000,800",
		"--user-data-dir="+t.TempDir(), "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", "file://"+name)
	var log bytes.Buffer
	cmd.Stderr = &log
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, &log)
	}
	if !bytes.Contains(dom, []byte("<title>true,true</title>")) {
		title, _, _ := bytes.Cut(dom, []byte("</title>"))
		t.Errorf("after an arrow key the head of the page is %.400s", title)
	}
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("console: %s", line)
		}
	}
}
