package target

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// parseServer reads the address of a server: host:port, or a redis URL. Its errors do
// not contain the text, which may contain a password.
func parseServer(server string) (*url.URL, error) {
	if !strings.Contains(server, "://") {
		server = "redis://" + server
	}
	u, err := url.Parse(server)
	bad := errors.New("must be host:port or, for redis, redis://:password@host:port/database")
	if err != nil || u.Scheme != "redis" || u.RawQuery != "" || u.Fragment != "" {
		return nil, bad
	}
	if _, _, err := net.SplitHostPort(u.Host); err != nil || u.Hostname() == "" || u.Port() == "" {
		return nil, bad
	}
	return u, nil
}

// CheckServer returns an error unless server is an address that the target of that name
// can dial.
func CheckServer(name, server string) error {
	if strings.Contains(server, "://") && name != "redis" {
		return errors.New("must be host:port; only redis servers can have a URL")
	}
	u, err := parseServer(server)
	if err != nil {
		return err
	}
	if _, has := u.User.Password(); u.User != nil && !has {
		return errors.New("must have a colon before the password: redis://:password@host:port or redis://user:password@host:port")
	}
	return nil
}

// WithoutPassword returns the address of a server without its user and password. An
// invalid address is returned unchanged.
func WithoutPassword(server string) string {
	u, err := parseServer(server)
	if err != nil || u.User == nil {
		return server
	}
	u.User = nil
	return u.String()
}
