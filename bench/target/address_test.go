package target

import (
	"strings"
	"testing"
)

func TestServerAddresses(t *testing.T) {
	for _, test := range []struct{ target, server, name, err string }{
		{"redis", "10.0.0.1:6379", "10.0.0.1:6379", ""},
		{"redis", "redis://:s3cret@10.0.0.1:6379/2", "redis://10.0.0.1:6379/2", ""},
		{"redis", "redis://user:s3cret@[::1]:6379", "redis://[::1]:6379", ""},
		{"redis", "redis://host:6379/2", "redis://host:6379/2", ""},
		{"memcached", "host:11211", "host:11211", ""},
		{"memcached", "redis://:s3cret@host:1", "redis://host:1", "must be host:port; only redis servers"},
		{"redis", "redis://s3cret@host:1", "redis://host:1", "must have a colon before the password"},
		{"redis", "redis://:@host:1", "redis://host:1", ""},
		{"redis", "host", "host", "must be host:port or"},
		{"redis", ":6379", ":6379", "must be host:port or"},
		{"redis", "host:", "host:", "must be host:port or"},
		{"redis", "rediss://:s3cret@host:1", "", "must be host:port or"},
		{"redis", "redis://:s3cret%zz@host:1", "", "must be host:port or"},
		{"redis", "redis://:s3cret@host:port", "", "must be host:port or"},
	} {
		err := CheckServer(test.target, test.server)
		if (err == nil) != (test.err == "") || err != nil && (!strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "s3cret")) {
			t.Errorf("%s %s: error %v, want %q", test.target, test.server, err, test.err)
		}
		if name := WithoutPassword(test.server); test.name != "" && name != test.name {
			t.Errorf("%s: name %q, want %q", test.server, name, test.name)
		}
	}
}
