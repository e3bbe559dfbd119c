package ec2

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCredentialsThatMayExpire: provision warns of credentials that may expire
// before the run ends.
func TestCredentialsThatMayExpire(t *testing.T) {
	// in is a credential_process's answer: credentials that end so much later.
	in := func(d time.Duration) string {
		return fmt.Sprintf(`{"Version": 1, "AccessKeyId": "testing", "SecretAccessKey": "testing", "SessionToken": "token", "Expiration": %q}`, time.Now().Add(d).UTC().Format(time.RFC3339))
	}
	for name, c := range map[string]struct {
		token   string // in the environment
		process string // what the configuration's process says; "" for none
		want    string // the warning; "" for none
	}{
		"for ever":         {"", "", ""},
		"a token":          {"token", "", "are temporary and have no expiry time"},
		"end too soon":     {"", in(time.Hour), "and a run may need them for 1h32m;"},
		"end after a run":  {"", in(2 * time.Hour), ""},
		"ended in advance": {"", in(20 * time.Minute), "log in again first"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stage{t: t}
			t.Setenv("AWS_SESSION_TOKEN", c.token)
			if c.process != "" {
				t.Setenv("AWS_ACCESS_KEY_ID", "")
				t.Setenv("AWS_SECRET_ACCESS_KEY", "")
				t.Setenv("AWS_CONFIG_FILE", processConfig(t, c.process))
			}
			// Nobody listens where calls go, so that the run ends after this.
			err := s.run("--yes", "--dir", t.TempDir(), "--ssh-cidr", "203.0.113.7", "--", "true")
			if err == nil || !strings.Contains(err.Error(), "caller's identity") {
				t.Errorf("error %v", err)
			}
			if said := s.words.String(); (said != "") != (c.want != "") || !strings.Contains(said, c.want) {
				t.Errorf("said %q, want %q", said, c.want)
			}
		})
	}
}

// processConfig is the path of a configuration of AWS tools with a process that
// prints credentials.
func processConfig(t *testing.T, answer string) string {
	t.Helper()
	dir := t.TempDir()
	text, config := filepath.Join(dir, "answer"), filepath.Join(dir, "config")
	for name, content := range map[string]string{text: answer, config: "[default]\ncredential_process = cat " + text + "\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config
}

// TestExpiredSSOLogin: the error says how to log in again.
func TestExpiredSSOLogin(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config")
	text := "[profile work]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.invalid/start\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": config, "AWS_PROFILE": "work", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": t.TempDir(),
	} {
		t.Setenv(name, value)
	}
	s := &stage{t: t}
	err := s.run("--list", "--region", "us-east-1")
	if err == nil || !strings.Contains(err.Error(), "run `aws sso login --profile work`") || strings.Contains(err.Error(), "no AWS credentials") {
		t.Errorf("error %v", err)
	}
}
