package ec2

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// proxy stands between the program under test and moto. It adds what EC2 does
// and moto does not, and makes trouble. One proxy is for one run at a time.
type proxy struct {
	moto   *moto
	server *httptest.Server

	mu       sync.Mutex
	fault    *fault
	kill     func()                // kills the program under test; nil unless a fault does
	calls    []string              // actions, in order; tries of one call count once
	seen     map[string]int        // number of a call by the SDK's id for it
	forms    map[string]url.Values // what was sent, of the last call of each name
	tokens   map[string]answer
	places   map[string]*place // placement groups by name
	world    world
	settings settings
}

// settings say how much of EC2's slowness a proxy shows.
type settings struct {
	blind    int // looks after a launch that show nothing
	partial  int // looks after that that show five instances of eight, pending
	pending  int // looks after that that show all of them, three still pending
	stopping int // looks after termination that show them shutting down
	held     int // tries to delete the security group that find it in use
	// lax lets groups be deleted in spite of instances in them, so that nothing
	// but the program's own patience keeps it from missing those.
	lax bool
}

// call is a request, read.
type call struct {
	service string // ec2, ssm, sts
	action  string
	region  string
	form    url.Values // of ec2 and sts
	body    []byte
}

// answer is a reply, read.
type answer struct {
	request string // parameters it answers, for client tokens
	status  int
	header  http.Header
	body    []byte
}

// newProxy starts a proxy before moto.
func newProxy(t testing.TB, m *moto, s settings) *proxy {
	t.Helper()
	p := &proxy{
		moto: m, settings: s,
		seen: make(map[string]int), forms: make(map[string]url.Values), tokens: make(map[string]answer), places: make(map[string]*place),
	}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	return p
}

// readCall reads a request of the SDK.
func readCall(r *http.Request) (call, error) {
	body, err := io.ReadAll(r.Body)
	c := call{body: body}
	if scope := strings.Split(r.Header.Get("Authorization"), "/"); len(scope) > 2 {
		c.region = scope[2]
	}
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		c.service, c.action = "ssm", target[strings.LastIndex(target, ".")+1:]
		return c, err
	}
	if err == nil {
		c.form, err = url.ParseQuery(string(body))
	}
	c.action, c.service = c.form.Get("Action"), "ec2"
	if c.action == "GetCallerIdentity" {
		c.service = "sts"
	}
	return c, err
}

// ServeHTTP answers one try of a call. Calls come one at a time, so that a lock
// over all of it changes nothing but makes the numbers of calls certain.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, err := readCall(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.forms[c.name()] = c.form
	id := r.Header.Get("Amz-Sdk-Invocation-Id")
	number, again := p.seen[id]
	if !again {
		number = len(p.calls)
		p.seen[id] = number
		p.calls = append(p.calls, c.name())
	}
	if p.fault.hits(number, c.name()) {
		p.fault.times--
		p.makeTrouble(w, r, c)
		return
	}
	p.serve(w, r, c)
}

// name of the call; a dry run has its own.
func (c call) name() string {
	if c.form.Get("DryRun") == "true" {
		return c.action + "(dry)"
	}
	return c.action
}

// makeTrouble answers as the fault says, or not at all.
func (p *proxy) makeTrouble(w http.ResponseWriter, r *http.Request, c call) {
	switch p.fault.trouble {
	case cutBefore:
		panic(http.ErrAbortHandler)
	case cutAfter:
		p.serve(httptest.NewRecorder(), r, c)
		panic(http.ErrAbortHandler)
	case killedBefore:
		p.kill()
		panic(http.ErrAbortHandler)
	case killedAfter:
		p.serve(httptest.NewRecorder(), r, c)
		p.kill()
		panic(http.ErrAbortHandler)
	case killedDuring:
		p.kill()
		p.serve(httptest.NewRecorder(), r, c)
		panic(http.ErrAbortHandler)
	default:
		c.refuse(w, p.fault.trouble)
	}
}

// serve answers as EC2 would.
func (p *proxy) serve(w http.ResponseWriter, r *http.Request, c call) {
	switch c.name() {
	case "CreatePlacementGroup", "DescribePlacementGroups", "DeletePlacementGroup":
		p.servePlacement(w, c)
		return
	case "DeleteSecurityGroup":
		if !p.settings.lax && (!p.world.empty() || p.world.held < p.settings.held && p.world.launched) {
			p.world.held++
			c.answerError(w, http.StatusBadRequest, "DependencyViolation", "the group has a dependent object")
			return
		}
	case "RunInstances":
		p.serveLaunch(w, r, c)
		return
	}
	a, err := p.forward(r, c)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if a.status == http.StatusOK {
		switch c.action {
		case "TerminateInstances":
			p.world.end(idsOf(c.form))
		case "DescribeInstances":
			a.body = p.world.show(a.body, p.settings)
		}
	}
	a.write(w)
}

// idsOf are the instances that a request names.
func idsOf(form url.Values) (ids []string) {
	for name, values := range form {
		if strings.HasPrefix(name, "InstanceId.") {
			ids = append(ids, values...)
		}
	}
	return ids
}

// catalogue reports whether a call asks for data that no test changes: images, instance
// types and where they are offered.
func (c call) catalogue() bool {
	switch c.action {
	case "GetParameter", "DescribeImages", "DescribeInstanceTypes", "DescribeInstanceTypeOfferings":
		return true
	}
	return false
}

// forward sends a call to moto. It asks for the catalogue only once, because that takes
// moto a quarter of a run.
func (p *proxy) forward(r *http.Request, c call) (answer, error) {
	if !c.catalogue() {
		return p.ask(r, c)
	}
	key := c.region + c.action + string(c.body)
	if known, ok := p.moto.catalogue.Load(key); ok {
		return known.(answer), nil
	}
	a, err := p.ask(r, c)
	if err == nil && a.status == http.StatusOK {
		p.moto.catalogue.Store(key, a)
	}
	return a, err
}

func (p *proxy) ask(r *http.Request, c call) (answer, error) {
	request, err := http.NewRequest(r.Method, p.moto.url+r.URL.RequestURI(), bytes.NewReader(c.body))
	if err != nil {
		return answer{}, err
	}
	request.Header = r.Header.Clone()
	request.Header.Del("Accept-Encoding")
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	return answer{status: reply.StatusCode, header: reply.Header, body: body}, err
}

func (a answer) write(w http.ResponseWriter) {
	if kind := a.header.Get("Content-Type"); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// serveLaunch launches, once for each client token. EC2 checks what moto does
// not.
func (p *proxy) serveLaunch(w http.ResponseWriter, r *http.Request, c call) {
	token := c.form.Get("ClientToken")
	rest := make(url.Values, len(c.form))
	for name, values := range c.form {
		rest[name] = values
	}
	if before, ok := p.tokens[token]; ok {
		if before.request != rest.Encode() {
			c.answerError(w, http.StatusBadRequest, "IdempotentParameterMismatch", "the token came with other parameters")
			return
		}
		before.write(w)
		return
	}
	place := c.form.Get("Placement.GroupName")
	if place != "" && p.places[place] == nil {
		c.answerError(w, http.StatusBadRequest, "InvalidPlacementGroup.Unknown", "no such placement group")
		return
	}
	if userDataBytes(c.form) > maxUserData {
		c.answerError(w, http.StatusBadRequest, "InvalidParameterValue", "user data is limited to 16384 bytes")
		return
	}
	a, err := p.forward(r, c)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if a.status == http.StatusOK {
		a.request = rest.Encode()
		p.tokens[token] = a
		ids := p.world.launch(a.body)
		if place != "" {
			p.places[place].members = ids
		}
	}
	a.write(w)
}

// log is the calls so far, in order.
func (p *proxy) log() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.calls)
}

// form of the last call of that name.
func (p *proxy) form(name string) url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.forms[name]
}

// number of calls so far.
func (p *proxy) number() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls)
}

// set prepares the next fault; nil is none. Numbers of calls start again.
func (p *proxy) set(f *fault, kill func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.kill, p.calls = f, kill, nil
	clear(p.seen)
}
