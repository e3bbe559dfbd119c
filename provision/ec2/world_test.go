package ec2

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// world is the time that EC2 takes for things, counted in looks at it, so that
// tests do not depend on clocks.
type world struct {
	launched bool
	ids      []string // of the last launch
	looks    int      // at instances, since the launch
	ended    []string // told to terminate
	seen     map[string]int
	held     int // tries to delete a security group so far
}

// empty: every instance was told to end, and was shown to have ended.
func (w *world) empty() bool {
	for _, id := range w.ids {
		if !slices.Contains(w.ended, id) {
			return false
		}
	}
	return true
}

// launch notes the instances in a reply to RunInstances.
func (w *world) launch(body []byte) []string {
	root, err := parseXML(body)
	if err != nil {
		panic(err)
	}
	var ids []string
	for _, i := range root.get("instancesSet").Kids {
		ids = append(ids, i.get("instanceId").Text)
	}
	*w = world{launched: true, ids: slices.Concat(w.ids, ids), ended: w.ended, seen: make(map[string]int)}
	return ids
}

// end notes instances that were told to terminate.
func (w *world) end(ids []string) { w.ended = append(w.ended, ids...) }

// show takes from a reply to DescribeInstances what EC2 would not show yet. A
// reply without instances of this proxy's launch, as to the sweep, is no look.
func (w *world) show(body []byte, s settings) []byte {
	root, err := parseXML(body)
	if err != nil {
		panic(err)
	}
	mine := 0
	for _, r := range root.get("reservationSet").Kids {
		mine += len(r.get("instancesSet").Kids)
	}
	if !w.launched || mine == 0 {
		return body
	}
	w.looks++
	set := root.get("reservationSet")
	if w.looks <= s.blind {
		set.Kids = nil
		return root.bytes()
	}
	look := w.looks - s.blind
	for _, r := range set.Kids {
		instances := r.get("instancesSet")
		if shown := five(len(w.ids)); look <= s.partial && len(instances.Kids) > shown {
			instances.Kids = instances.Kids[:shown]
		}
		for n, i := range instances.Kids {
			w.age(i, n, look, s)
		}
	}
	return root.bytes()
}

// five of eight instances, or as much of another number.
func five(of int) int { return of/2 + 1 }

// age shows an instance in the state that it would be in by now.
func (w *world) age(i *element, n, look int, s settings) {
	id := i.get("instanceId").Text
	state := i.get("instanceState")
	if state.get("name").Text == "terminated" && !slices.Contains(w.ended, id) {
		w.ended = append(w.ended, id) // by itself
	}
	switch {
	case slices.Contains(w.ended, id):
		if w.seen[id]++; w.seen[id] <= s.stopping {
			state.Kids = []*element{node("code", "32"), node("name", "shutting-down")}
		}
	case look <= s.partial, look <= s.partial+s.pending && n >= five(len(w.ids)):
		state.Kids = []*element{node("code", "0"), node("name", "pending")}
	}
}

// userDataBytes is how long the user data of a launch is.
func userDataBytes(form url.Values) int {
	text, err := base64.StdEncoding.DecodeString(form.Get("UserData"))
	if err != nil {
		return maxUserData + 1
	}
	return len(text)
}

// place is a placement group, of which moto knows nothing.
type place struct {
	region  string
	tags    map[string]string
	members []string // instances launched in it
}

// servePlacement answers calls about placement groups.
func (p *proxy) servePlacement(w http.ResponseWriter, c call) {
	name := c.form.Get("GroupName")
	fail := func(code string) { c.answerError(w, http.StatusBadRequest, code, "placement group "+name) }
	var kids []*element
	switch c.action {
	case "CreatePlacementGroup":
		if p.places[name] != nil {
			fail("InvalidPlacementGroup.Duplicate")
			return
		}
		p.places[name] = &place{region: c.region, tags: tagsOf(c.form)}
		kids = []*element{node("return", "true")}
	case "DeletePlacementGroup":
		switch group := p.places[name]; {
		case group == nil:
			fail("InvalidPlacementGroup.Unknown")
			return
		case !p.settings.lax && slices.ContainsFunc(group.members, func(id string) bool { return !slices.Contains(p.world.ended, id) }):
			fail("InvalidPlacementGroup.InUse")
			return
		}
		delete(p.places, name)
		kids = []*element{node("return", "true")}
	case "DescribePlacementGroups":
		kids = []*element{node("placementGroupSet", "", p.placesLike(c)...)}
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Write(node(c.action+"Response", "", append(kids, node("requestId", "r-1"))...).bytes())
}

// placesLike are the placement groups that fit a request's filters by tag.
func (p *proxy) placesLike(c call) []*element {
	var list []*element
	for name, group := range p.places {
		fits, form := group.region == c.region, c.form
		for key := range form {
			if n, ok := strings.CutSuffix(key, ".Name"); ok && strings.HasPrefix(key, "Filter.") {
				tag := strings.TrimPrefix(form.Get(key), "tag:")
				fits = fits && group.tags[tag] == form.Get(n+".Value.1")
			}
		}
		if !fits {
			continue
		}
		var tags []*element
		for key, value := range group.tags {
			tags = append(tags, node("item", "", node("key", key), node("value", value)))
		}
		list = append(list, node("item", "", node("groupName", name), node("state", "available"), node("tagSet", "", tags...)))
	}
	return list
}

// tagsOf are the tags in a request that makes something of one kind.
func tagsOf(form url.Values) map[string]string {
	tags := make(map[string]string)
	for name := range form {
		if n, ok := strings.CutSuffix(name, ".Key"); ok && strings.HasPrefix(name, "TagSpecification.1.Tag.") {
			tags[form.Get(name)] = form.Get(n + ".Value")
		}
	}
	return tags
}
