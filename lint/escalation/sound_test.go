package escalation

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// dump makes small accounts whose policies ask who makes a request, and for tags.
type dump struct{ *rand.Rand }

type object = map[string]any

const dumped = "arn:aws:iam::111122223333:"

func pick[T any](d dump, from ...T) T { return from[d.IntN(len(from))] }

func (d dump) statement() object {
	s := object{"Effect": "Allow"}
	if d.IntN(8) == 0 {
		s["Effect"] = "Deny"
	}
	element := func(name string) string {
		if d.IntN(12) == 0 {
			return "Not" + name
		}
		return name
	}
	s[element("Action")] = pick(d,
		[]string{"iam:CreateAccessKey", "iam:UpdateLoginProfile"}, []string{"iam:PutUserPolicy", "iam:PutRolePolicy"},
		[]string{"iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"}, []string{"sts:AssumeRole"}, []string{"sts:AssumeRole"},
		[]string{"iam:TagUser"}, []string{"iam:TagRole"}, []string{"iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"},
		[]string{"s3:GetObject"}, []string{"iam:CreatePolicy"}, []string{"lambda:UpdateFunctionCode"},
	)
	s[element("Resource")] = pick(d,
		"*", "*", "*", "*", "*", dumped+"user/${aws:username}", dumped+"*/${aws:username}", dumped+"role/${aws:PrincipalTag/team}-*",
		dumped+"user/${aws:PrincipalTag/team, 'a'}-*", dumped+"role/${aws:username, 'a-r0'}", dumped+"role/a-*", dumped+"user/b-u1",
		dumped+"*/b-*", "arn:aws:lambda:eu-west-1:111122223333:function:*", "arn:aws:lambda:*:*:function:x-*",
	)
	if key := pick(d, "", "", "aws:ResourceTag/team", "aws:ResourceTag/team", "iam:ResourceTag/Team", "aws:PrincipalTag/team", "iam:PermissionsBoundary"); key != "" {
		value := pick(d, "a", "b", "${aws:PrincipalTag/team}", "${aws:username}", "${aws:PrincipalTag/none, 'a'}")
		if key == "iam:PermissionsBoundary" {
			value = dumped + "policy/boundary"
		}
		s["Condition"] = object{pick(d, "StringEquals", "StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringLike"): object{key: value}}
	}
	return s
}

func (d dump) document() object {
	var statements []object
	for range 1 + d.IntN(3) {
		statements = append(statements, d.statement())
	}
	return object{"Version": pick(d, "2012-10-17", "2012-10-17", "2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"), "Statement": statements}
}

func (d dump) tags() []object {
	if d.IntN(4) == 0 {
		return nil
	}
	return []object{{"Key": pick(d, "team", "Team"), "Value": pick(d, "a", "b", "b-u1")}}
}

// account is one of four users, four roles and a group.
func (d dump) account(t *testing.T) *holders.Account {
	t.Helper()
	var users, roles, groups, policies []object
	for _, name := range []string{"boundary", "shared", "other"} {
		policies = append(policies, object{
			"PolicyName": name, "Arn": dumped + "policy/" + name, "Path": "/", "DefaultVersionId": "v1",
			"PolicyVersionList": []object{{"Document": d.document(), "VersionId": "v1", "IsDefaultVersion": true}},
		})
	}
	policies[0]["PolicyVersionList"].([]object)[0]["Document"] = object{ //nolint:errcheck // it is one
		"Version": "2012-10-17", "Statement": []object{{"Effect": "Allow", "Action": []string{"iam:*", "sts:*", "lambda:*", "s3:*"}, "Resource": "*"}},
	}
	held := func(of object, kind string) object {
		for _, name := range []string{"shared", "other"} {
			if d.IntN(2) == 0 {
				of["AttachedManagedPolicies"] = []object{{"PolicyName": name, "PolicyArn": dumped + "policy/" + name}}
			}
		}
		if d.IntN(3) > 0 {
			of[kind+"PolicyList"] = []object{{"PolicyName": "own", "PolicyDocument": d.document()}}
		}
		if d.IntN(3) > 0 && kind != "Group" {
			of["PermissionsBoundary"] = object{"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": dumped + "policy/boundary"}
			of["Tags"] = d.tags()
		}
		return of
	}
	groups = append(groups, held(object{"Path": "/", "GroupName": "all", "Arn": dumped + "group/all"}, "Group"))
	for i := range 4 {
		name, path := fmt.Sprintf("%s-u%d", pick(d, "a", "b"), i), pick(d, "/", "/", "/team/")
		users = append(users, held(object{
			"Path": path, "UserName": name, "Arn": dumped + "user" + path + name, "GroupList": pick(d, nil, []string{"all"}),
		}, "User"))
		trust := pick(d, object{"AWS": dumped + "root"}, object{"AWS": dumped + "user/a-u0"}, object{"Service": "lambda.amazonaws.com"})
		name = fmt.Sprintf("%s-r%d", pick(d, "a", "b"), i)
		roles = append(roles, held(object{"Path": "/", "RoleName": name, "Arn": dumped + "role/" + name, "AssumeRolePolicyDocument": object{
			"Version": "2012-10-17", "Statement": []object{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trust}},
		}}, "Role"))
	}
	return accountOf(t, object{"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles, "Policies": policies})
}

// accountOf is the account that a dump is of.
func accountOf(t *testing.T, dump object) *holders.Account {
	t.Helper()
	text, err := json.Marshal(dump)
	if err != nil {
		t.Fatal(err)
	}
	models, err := account.Read(stream.NewReader(strings.NewReader(string(text))), nil, account.Options{Path: "account.json", Symbols: &policy.Symbols{}})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	models[0].Link(iam.Hints{})
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, models[0], &lint.Settings{}, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// eachAccount visits engines of some accounts.
func eachAccount(t *testing.T, visit func(t *testing.T, e *engine)) {
	t.Helper()
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			d := dump{rand.New(rand.NewPCG(seed, 14))} //nolint:gosec // equal runs
			visit(t, newEngine(d.account(t), Amendment{}))
		})
	}
}

// eachTry visits what comes of every way that a holder may go on another one, as
// package authz decides when it is asked anew each time. A service that a trust
// policy does not let in takes no role.
func (e *engine) eachTry(visit func(n *node, w *Way, verdicts map[int]authz.Verdict)) {
	for _, n := range e.declared {
		for _, w := range e.usable(n) {
			verdicts, kind := map[int]authz.Verdict{}, e.kindOf(w.Target)
			for i, target := range e.declared {
				if target == n || !kind.has(i) || len(w.Services) > 0 && letsIn(target.holder.Trust, w.Services, target.principal) == authz.Denied {
					continue
				}
				clear(e.answers)
				verdicts[i] = e.tryOnHolder(n, w, target).verdict
			}
			visit(n, w, verdicts)
		}
	}
}

// TestNobodyIsLeftOut: on who is no candidate of a way it is denied. Policy
// variables and tags count for who asks.
func TestNobodyIsLeftOut(t *testing.T) {
	t.Parallel()
	eachAccount(t, func(t *testing.T, e *engine) {
		t.Helper()
		e.eachTry(func(n *node, w *Way, verdicts map[int]authz.Verdict) {
			candidates := e.candidates(n, w)
			for i, verdict := range verdicts {
				if verdict != authz.Denied && !candidates.has(i) {
					t.Errorf("%s goes %s on %s: %v", n.holder.Address, w.ID, e.declared[i].holder.Address, verdict)
				}
			}
		})
	})
}

// TestAlike: a way has one outcome on those who are called alike.
func TestAlike(t *testing.T) {
	t.Parallel()
	eachAccount(t, func(t *testing.T, e *engine) {
		t.Helper()
		e.eachTry(func(n *node, w *Way, verdicts map[int]authz.Verdict) {
			for i, verdict := range verdicts {
				like, ok := e.alike(n, w, i)
				for j, other := range verdicts {
					if ok && like.has(j) && other != verdict {
						t.Errorf("%s goes %s on %s: %v, and on %s: %v", n.holder.Address, w.ID, e.declared[i].holder.Address, verdict,
							e.declared[j].holder.Address, other)
					}
				}
			}
		})
	})
}

// TestClassAbout: a question has one answer of all who are the same in what it
// is about, proof included.
func TestClassAbout(t *testing.T) {
	t.Parallel()
	actions := []string{
		"iam:CreateAccessKey", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreateRole", "iam:TagUser", "lambda:UpdateFunctionCode",
		"lambda:CreateFunction",
	}
	eachAccount(t, func(t *testing.T, e *engine) {
		t.Helper()
		var resources [][]policy.Text
		for _, h := range e.account.Holders {
			resources = append(resources, []policy.Text{h.Entity.ARN})
		}
		resources = append(resources, nil, []policy.Text{policy.Literal("arn:*:lambda:*:*:function:*")})
		for _, action := range actions {
			for _, on := range resources {
				for _, keys := range [][]authz.KeyConstraint{nil, {{Key: policy.BoundaryKey, Created: true}}} {
					q := &authz.Query{Actions: []string{action}, Resources: on, Keys: keys}
					seen := map[int]authz.Answer{}
					for _, n := range e.declared {
						answer := authz.Search(n.principal, n.universe, q)
						first, ok := seen[e.classAbout(n, q)]
						if ok && !reflect.DeepEqual(first, answer) {
							t.Errorf("%s on %v: %+v, and for another of its class %+v", action, on, answer, first)
						}
						seen[e.classAbout(n, q)] = answer
					}
				}
			}
		}
	})
}

// TestClassAboutTellsApart: an irrelevant policy makes no difference, but one by
// which a boundary can be made does, and one that names a region to an action
// whose resources are in regions.
func TestClassAboutTellsApart(t *testing.T) {
	t.Parallel()
	role := func(name, action, resource string) object {
		inline := object{"Version": "2012-10-17", "Statement": []object{{"Effect": "Allow", "Action": action, "Resource": resource}}}
		return object{
			"Path": "/", "RoleName": name, "Arn": dumped + "role/" + name,
			"AttachedManagedPolicies": []object{{"PolicyName": "shared", "PolicyArn": dumped + "policy/shared"}},
			"RolePolicyList":          []object{{"PolicyName": "own", "PolicyDocument": inline}},
		}
	}
	shared := object{"Version": "2012-10-17", "Statement": []object{
		{"Effect": "Allow", "Action": []string{"iam:CreateRole", "lambda:UpdateFunctionCode"}, "Resource": "*"},
	}}
	e := newEngine(accountOf(t, object{
		"UserDetailList": []object{}, "GroupDetailList": []object{},
		"RoleDetailList": []object{
			role("plain", "s3:GetObject", "*"), role("other", "s3:PutObject", "*"), role("creator", "iam:CreatePolicy", "*"),
			role("regional", "sqs:SendMessage", "arn:aws:sqs:eu-west-3:111122223333:queue"),
		},
		"Policies": []object{{
			"PolicyName": "shared", "Arn": dumped + "policy/shared", "Path": "/", "DefaultVersionId": "v1",
			"PolicyVersionList": []object{{"Document": shared, "VersionId": "v1", "IsDefaultVersion": true}},
		}},
	}), Amendment{})
	for action, apart := range map[string][]string{"iam:CreateRole": {"creator"}, "lambda:UpdateFunctionCode": {"creator", "regional"}} {
		q, classes := &authz.Query{Actions: []string{action}}, map[string]int{}
		for _, n := range e.declared {
			classes[n.holder.Entity.Name.String()] = e.classAbout(n, q)
		}
		for _, name := range []string{"other", "creator", "regional"} {
			if same := classes[name] == classes["plain"]; same == slices.Contains(apart, name) {
				t.Errorf("%s: %s is of one class with plain: %t", action, name, same)
			}
		}
	}
}
