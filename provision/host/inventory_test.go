package host

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInventoryReadsWhatWasWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "hosts")
	want := []Host{
		{Name: "h1", Addr: "10.0.0.1", Via: []string{"ssh", "-F", "a file", "h1"}},
		{Name: "h2", Addr: "fd00::2", Via: []string{}},
		{Name: "h3", Addr: "10.0.0.3", Via: []string{"ssh", "h3"}, Facts: map[string]string{"image": "ami-1", "zone": "us-east-1a"}},
	}
	if err := WriteInventory(name, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadInventory(name)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestInventoryNamesEveryFault(t *testing.T) {
	_, err := parseInventory("x", strings.NewReader(`# comment

{"name":"a","addr":"127.0.0.1"}
{"name":"a","addr":"127.0.0.2"}
{"name":"b","addr":"some where"}
{"addr":"127.0.0.1"}
{"name":"c","addr":"127.0.0.1","vias":[]}
{"name":"d","addr":"127.0.0.1"} {}
nonsense
{"name":"e","addr":"127.0.0.1","facts":{"cpus":2}}
`))
	for _, want := range []string{
		`x:4: host "a" is on line 3 too`, `x:5: host "b": addr "some where": must be an IP address or a host name`, "x:6: host without a name",
		`x:7: not a host: json: unknown field "vias"`, "x:8: not a host: a line must have one object", "x:9: not a host",
		"x:10: not a host: json: cannot unmarshal number",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
	if _, err := parseInventory("x", strings.NewReader("# nothing\n")); err == nil || !strings.Contains(err.Error(), "x: no hosts: lines must look like {") {
		t.Errorf("empty: %v", err)
	}
}

func TestInventoryTakesHostNames(t *testing.T) {
	for addr, ok := range map[string]bool{
		"node-1.example.com": true, "localhost": true, "h1.": true, "n_1": true, "::1": true,
		"": false, "10.0.0": false, "10.0.0.256": false, "-h": false, "a..b": false, "h1:7000": false, "[::1]": false,
	} {
		_, err := parseInventory("x", strings.NewReader(`{"name":"a","addr":"`+addr+`"}`))
		if (err == nil) != ok {
			t.Errorf("addr %q: error %v, want an error: %t", addr, err, !ok)
		}
	}
}

func FuzzParseInventory(f *testing.F) {
	f.Add(`{"name":"a","addr":"127.0.0.1","via":["x"]}`)
	f.Add("#\n\n{}")
	f.Fuzz(func(t *testing.T, text string) {
		hosts, err := parseInventory("x", strings.NewReader(text))
		if err == nil && len(hosts) == 0 {
			t.Error("neither hosts nor an error")
		}
	})
}
