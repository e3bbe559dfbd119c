package ec2

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// words is a string of a policy, or a list of them.
type words []string

func (w *words) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*w = words{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// statement of a policy.
type statement struct {
	Action    words
	Resource  words
	Condition map[string]map[string]words
}

func readPolicy(t *testing.T) []statement {
	t.Helper()
	var p struct{ Statement []statement }
	if err := json.Unmarshal([]byte((&Command{Type: "c3.large", Region: "us-east-1"}).policy()), &p); err != nil {
		t.Fatal(err)
	}
	return p.Statement
}

// allowedActions are those of a policy, under whatever condition.
func allowedActions(policy []statement) (actions []string) {
	for _, s := range policy {
		actions = append(actions, s.Action...)
	}
	return actions
}

// touched are the kinds of resources at which AWS looks when it judges a call
// that makes something.
var touched = map[string][]string{
	"ImportKeyPair":        {"key-pair"},
	"CreateSecurityGroup":  {"security-group", "vpc"},
	"CreatePlacementGroup": {"placement-group"},
	"RunInstances":         {"image", "subnet", "network-interface", "key-pair", "security-group", "placement-group", "instance", "volume"},
}

// allows says whether the policy lets a call touch a kind of resource.
func allows(policy []statement, action, kind string, form url.Values) bool {
	return slices.ContainsFunc(policy, func(s statement) bool {
		fits := func(resource string) bool { return resource == "*" || strings.Contains(resource, ":"+kind+"/") }
		return slices.Contains(s.Action, "ec2:"+action) && slices.ContainsFunc(s.Resource, fits) && s.holds(kind, form)
	})
}

// holds reports whether the statement's conditions hold for a call in us-east-1,
// except for conditions about resources that exist.
func (s statement) holds(kind string, form url.Values) bool {
	for key, values := range s.Condition["StringEquals"] {
		got := ""
		switch tag, ok := strings.CutPrefix(key, "aws:RequestTag/"); {
		case ok:
			got = requestTag(form, kind, tag)
		case key == "ec2:InstanceType" && kind == "instance":
			got = form.Get("InstanceType")
		case key == "aws:RequestedRegion":
			got = "us-east-1"
		}
		if !slices.Contains(values, got) {
			return false
		}
	}
	return true
}

// requestTag is the value of a tag that a request gives to things of a kind; ""
// if it gives none.
func requestTag(form url.Values, kind, tag string) string {
	for n := 1; ; n++ {
		spec := fmt.Sprintf("TagSpecification.%d.", n)
		if !form.Has(spec + "ResourceType") {
			return ""
		}
		for m := 1; form.Get(spec+"ResourceType") == kind && form.Has(fmt.Sprintf("%sTag.%d.Key", spec, m)); m++ {
			if form.Get(fmt.Sprintf("%sTag.%d.Key", spec, m)) == tag {
				return form.Get(fmt.Sprintf("%sTag.%d.Value", spec, m))
			}
		}
	}
}

// TestPolicyAllowsTaggedResourcesOnly: the calls of a run are allowed, and the
// same calls without tags or with another type are not.
func TestPolicyAllowsTaggedResourcesOnly(t *testing.T) {
	s := newStage(t, startMoto(t), swift, "lawful")
	defer s.tell()
	if err := s.run(append([]string{"--nodes", "1"}, s.launchFlags("true")...)...); err != nil {
		t.Fatal(err)
	}
	p := readPolicy(t)
	for action, kinds := range touched {
		if !allowsAll(p, action, kinds, s.proxy.form(action)) {
			t.Errorf("%s is forbidden", action)
		}
		if allowsAll(p, action, kinds, nil) {
			t.Errorf("%s is allowed without tags", action)
		}
	}
	action := "RunInstances"
	if !allowsAll(p, action, touched[action], s.proxy.form(action+"(dry)")) {
		t.Error("the dry run is forbidden")
	}
	large := maps.Clone(s.proxy.form(action))
	large.Set("InstanceType", "p5.48xlarge")
	if allowsAll(p, action, touched[action], large) {
		t.Error("the launch of another type is allowed")
	}
}

func allowsAll(policy []statement, action string, kinds []string, form url.Values) bool {
	return !slices.ContainsFunc(kinds, func(kind string) bool { return !allows(policy, action, kind, form) })
}

// TestPolicyIsForTypeAndRegion: --policy allows to launch one type in one region.
func TestPolicyIsForTypeAndRegion(t *testing.T) {
	s := &stage{t: t}
	if err := s.run("--policy", "--type", "c7i.large", "--region", "eu-west-1"); err != nil {
		t.Fatal(err)
	}
	for want, times := range map[string]int{`"ec2:InstanceType": "c7i.large"`: 1, `"aws:RequestedRegion": "eu-west-1"`: 2, "@": 0} {
		if n := strings.Count(s.words.String(), want); n != times {
			t.Errorf("the policy has %s %d times, want %d", want, n, times)
		}
	}
}

// TestPolicyIsShort: the inline policies of a user may have 2,048 characters
// besides white space.
func TestPolicyIsShort(t *testing.T) {
	n := 0
	for _, r := range (&Command{Type: "u7in-32tb.224xlarge", Region: "ap-southeast-1"}).policy() {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	if n > 2048 {
		t.Errorf("the policy has %d characters: an inline policy of a user may have 2048", n)
	}
	t.Logf("the policy has %d characters", n)
}
