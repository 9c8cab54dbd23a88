package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/generate"
)

// The property: over random options, what is written is closed by the rules and by an
// evaluator that knows nothing of them; and of what is made of it by breaking a
// statement, whatever the evaluator finds open is refused by the proof.

// naiveStatement is a statement of JSON, read by encoding/json alone.
type naiveStatement struct {
	Sid, Effect                              string
	Action, NotAction, Resource, NotResource any
	Condition                                map[string]map[string]any
}

type naiveDocument struct {
	Version   string
	Statement []*naiveStatement
}

// naiveRequest is one request; a key that is not in context is absent.
type naiveRequest struct {
	action, resource string
	context          map[string]string
}

func naiveList(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, x := range v {
			out = append(out, fmt.Sprint(x))
		}
	}
	return out
}

func naiveAny(patterns any, text string, fold bool) bool {
	return slices.ContainsFunc(naiveList(patterns), func(p string) bool {
		flags := "(?s)"
		if fold {
			flags = "(?si)"
		}
		p = strings.ReplaceAll(regexp.QuoteMeta(p), `\*`, ".*")
		return regexp.MustCompile(flags + "^" + strings.ReplaceAll(p, `\?`, ".") + "$").MatchString(text)
	})
}

func (s *naiveStatement) takes(t *testing.T, r *naiveRequest) bool {
	t.Helper()
	if s.Action != nil && !naiveAny(s.Action, r.action, true) || s.NotAction != nil && naiveAny(s.NotAction, r.action, true) ||
		s.Resource != nil && !naiveAny(s.Resource, r.resource, false) || s.NotResource != nil && naiveAny(s.NotResource, r.resource, false) {
		return false
	}
	for operator, keys := range s.Condition {
		for key, values := range keys {
			value, there := r.context[key]
			in := there && slices.Contains(naiveList(values), value)
			switch operator {
			case "StringEquals":
				if !in {
					return false
				}
			case "StringEqualsIfExists":
				if there && !in {
					return false
				}
			case "StringNotEquals":
				if in {
					return false
				}
			case "StringLike":
				if !there || !naiveAny(values, value, false) {
					return false
				}
			default:
				t.Fatalf("the naive evaluator does not know %s", operator)
			}
		}
	}
	return true
}

// allows decides a request of a holder that is allowed everything within the boundary.
func (d *naiveDocument) allows(t *testing.T, r *naiveRequest) bool {
	t.Helper()
	allowed := false
	for _, s := range d.Statement {
		if s.takes(t, r) {
			if s.Effect == "Deny" {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

// naiveLeaks are the requests that nobody under the boundary may make, of those that
// may be made. Of bypass is what only the tests of the delegation show: the input has
// no role that it would lead to.
func naiveLeaks(t *testing.T, o *generate.Options, d *naiveDocument) (leaks, bypass []*naiveRequest) {
	t.Helper()
	const in = "arn:aws:iam::111122223333:"
	own := in + "policy/" + o.Boundary
	path := o.Path
	if path == "" {
		path = "/"
	}
	contexts := func(key string, values ...string) (out []map[string]string) {
		for _, v := range append(values, "") {
			one := map[string]string{"aws:RequestedRegion": "us-east-1"}
			if v != "" {
				one[key] = v
			}
			out = append(out, one)
		}
		return out
	}
	try := func(to *[]*naiveRequest, action, resource string, context map[string]string) {
		if r := (&naiveRequest{action, resource, context}); d.allows(t, r) {
			*to = append(*to, r)
		}
	}
	others := []string{in + "policy/zz", own + "-2", in + "policy" + path + o.Prefix + "x", "arn:aws:iam::aws:policy/AdministratorAccess"}
	for _, kind := range []string{"Role", "User"} {
		for _, action := range []string{"Create%s", "Put%sPermissionsBoundary", "Attach%sPolicy", "Put%sPolicy"} {
			for _, name := range []string{path + o.Prefix + "x", "/admin", "/elsewhere/" + o.Prefix + "x"} {
				for _, c := range contexts("iam:PermissionsBoundary", others...) {
					if c["iam:PermissionsBoundary"] != "" || action != "Put%sPermissionsBoundary" {
						try(&leaks, "iam:"+fmt.Sprintf(action, kind), in+strings.ToLower(kind)+name, c)
					}
				}
			}
		}
		for _, c := range contexts("iam:PermissionsBoundary", own, others[0]) {
			try(&leaks, "iam:Delete"+kind+"PermissionsBoundary", in+strings.ToLower(kind)+path+o.Prefix+"x", c)
		}
	}
	for _, action := range []string{"CreatePolicyVersion", "SetDefaultPolicyVersion"} {
		try(&leaks, "iam:"+action, own, nil)
	}
	for _, service := range []string{"lambda", "ec2", "ecs-tasks", "states", "codebuild", "cloudformation"} {
		try(&bypass, "iam:PassRole", in+"role/admin", map[string]string{"iam:PassedToService": service + ".amazonaws.com"})
	}
	for action, on := range map[string]string{
		"lambda:UpdateFunctionCode": "arn:aws:lambda:eu-west-1:111122223333:function:zz", "ec2:ModifyInstanceAttribute": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0",
		"ecs:ExecuteCommand": "arn:aws:ecs:eu-west-1:111122223333:cluster/zz", "states:UpdateStateMachine": "arn:aws:states:eu-west-1:111122223333:stateMachine:zz",
		"ssm:StartSession": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0", "codebuild:StartBuild": "arn:aws:codebuild:eu-west-1:111122223333:project/zz",
	} {
		try(&bypass, action, on, map[string]string{"aws:RequestedRegion": "eu-west-1"})
	}
	return leaks, bypass
}

// breakings change a statement so that it says less, or more than it should.
var breakings = map[string]func(s *naiveStatement) bool{
	"without the condition": func(s *naiveStatement) bool {
		had := s.Condition != nil
		s.Condition = nil
		return had
	},
	"IfExists":   func(s *naiveStatement) bool { return s.operator("StringEquals", "StringEqualsIfExists") },
	"a pattern":  func(s *naiveStatement) bool { return s.operator("StringEquals", "StringLike") && s.widen() },
	"everywhere": func(s *naiveStatement) bool { s.Resource, s.NotResource = "*", nil; return s.Effect == "Allow" },
	"on something": func(s *naiveStatement) bool {
		s.Resource, s.NotResource = "arn:aws:iam::111122223333:policy/x", nil
		return s.Effect == "Deny"
	},
	"fewer actions": func(s *naiveStatement) bool {
		list, ok := s.Action.([]any)
		if !ok || s.Effect != "Deny" {
			return false
		}
		s.Action = list[1:]
		return true
	},
}

func (s *naiveStatement) operator(from, to string) bool {
	keys, ok := s.Condition[from]
	if ok {
		s.Condition = map[string]map[string]any{to: keys}
	}
	return ok
}

func (s *naiveStatement) widen() bool {
	for _, keys := range s.Condition {
		for key := range keys {
			if key == "iam:PermissionsBoundary" {
				keys[key] = "arn:aws:iam::111122223333:policy/*"
				return true
			}
		}
	}
	return false
}

func randomOptions(r *rand.Rand) generate.Options {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	o := generate.Options{
		Boundary: pick("workload-boundary", "app-boundary", "b", "delegation", "team.x+y@z"), Prefix: pick("app-", "a", "delegation", "team_", "o", "svc."),
		Path: pick("", "/", "/teams/x/", "/delegation/", "/a/"), Users: r.IntN(2) == 0, Explain: r.IntN(2) == 0, Account: "111122223333",
	}
	services := []string{"s3", "dynamodb", "lambda", "logs", "ec2", "ecs", "states", "codebuild", "ssm", "sqs", "sns", "route53", "scheduler", "events", "kms"}
	r.Shuffle(len(services), func(i, j int) { services[i], services[j] = services[j], services[i] })
	o.Services = services[:1+r.IntN(6)]
	if !slices.Equal(o.Services, []string{"route53"}) { // it has no regions
		o.Regions = [][]string{nil, {"eu-west-1"}, {"eu-west-1", "us-east-1"}}[r.IntN(3)]
	}
	return o
}

func TestGenerateProperty(t *testing.T) {
	t.Parallel()
	p := &program{lookupEnv: func(string) (string, bool) { return "", false }}
	broken, open := 0, 0
	seeds := uint64(6)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		o := randomOptions(rand.New(rand.NewPCG(seed, 15)))
		d, err := generate.New(o)
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		whole := slices.Concat(d.AroundJSON(), d.JSON())
		at := slices.IndexFunc(whole, func(f generate.File) bool { return f.Name == "boundary.json" })
		var boundary naiveDocument
		read := func() {
			boundary = naiveDocument{}
			if err := json.Unmarshal(d.JSON()[0].Content, &boundary); err != nil {
				t.Fatal(err)
			}
		}
		read()
		if leaks, bypass := naiveLeaks(t, &o, &boundary); len(leaks)+len(bypass) > 0 {
			t.Errorf("%+v: %+v %+v", o, leaks, bypass)
		}
		anywhere := o
		anywhere.Account = ""
		asking, err := generate.New(anywhere)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range [][]generate.File{whole, d.Terraform(), asking.Terraform()} {
			if err := p.prove(d, list); err != nil {
				t.Errorf("%+v: %v", o, err)
			}
		}
		try := func(how string) {
			broken++
			leaks, bypass := naiveLeaks(t, &o, &boundary)
			if len(leaks)+len(bypass) == 0 {
				return
			}
			open++
			text, err := json.Marshal(boundary.cleaned())
			if err != nil {
				t.Fatal(err)
			}
			list := slices.Clone(whole)
			list[at].Content = text
			err = p.proveFiles(list, d.WithoutRoles() != nil)
			switch {
			case err == nil:
				t.Errorf("%+v %s: nothing is found, but there is %+v %+v", o, how, leaks, bypass)
			case !strings.Contains(err.Error(), "nothing was written, because it would not hold. This is a fault of boundlint"):
				t.Errorf("%+v %s: %v", o, how, err)
			case len(leaks) > 0 && strings.Contains(err.Error(), "the test "):
				t.Errorf("%+v %s: the rules find nothing, but there is %+v", o, how, leaks[0])
			}
		}
		for i, s := range boundary.Statement {
			read()
			boundary.Statement = slices.Delete(boundary.Statement, i, i+1)
			try("without " + s.Sid)
			for how, change := range breakings {
				read()
				if change(boundary.Statement[i]) {
					try(s.Sid + ": " + how)
				}
			}
		}
	}
	t.Logf("%d broken, %d of them open", broken, open)
	if open < int(seeds)*5 {
		t.Errorf("only %d of %d broken variants are open", open, broken)
	}
}

// cleaned is the document without the elements that it does not have.
func (d *naiveDocument) cleaned() map[string]any {
	var list []map[string]any
	for _, s := range d.Statement {
		one := map[string]any{"Sid": s.Sid, "Effect": s.Effect}
		for name, v := range map[string]any{"Action": s.Action, "NotAction": s.NotAction, "Resource": s.Resource, "NotResource": s.NotResource} {
			if v != nil {
				one[name] = v
			}
		}
		if s.Condition != nil {
			one["Condition"] = s.Condition
		}
		list = append(list, one)
	}
	return map[string]any{"Version": d.Version, "Statement": list}
}
