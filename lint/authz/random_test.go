package authz

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// roll makes random policies and requests out of small alphabets, so that
// they often have to do with one another.
type roll struct {
	*rand.Rand
	// quirky lets in forms of which AWS does not document the meaning.
	quirky bool
}

func pick[T any](r *roll, list ...T) T { return list[r.IntN(len(list))] }

func (r *roll) chance(percent int) bool { return r.IntN(100) < percent }

// some picks one to three entries; a single one is now and then no list.
func some(r *roll, one func() string) any {
	if r.chance(50) {
		return one()
	}
	list := make([]any, 1+r.IntN(3))
	for i := range list {
		list[i] = one()
	}
	return list
}

func (r *roll) action() string {
	return pick(r, "*", "iam:*", "iam:Create*", "iam:CreateRole", "IAM:createrole", "iam:CreateUser", "iam:?reate?ole", "iam:PutRolePermissionsBoundary",
		"iam:DeleteRolePermissionsBoundary", "iam:*Role", "s3:*", "s3:GetObject", "s3:ListAllMyBuckets", "iam:TagRole", "iam:*Boundary", "iam:PassRole")
}

func (r *roll) resource() string {
	if r.quirky && r.chance(10) {
		return pick(r, "arn:aws:iam:", "arn:aws:iam::111122223333", "arn:aws:iam:*:role/app-x", "arn:aws:s3:*", "arn:aws:iam::*:user/app-x", "arn:aws:iam::*:r*", "arn:aws:iam::111122223333:?ole/app-x")
	}
	return pick(r, "*", "*", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/app-*", "arn:aws:iam::*:role/app-x",
		"arn:aws:iam::111122223333:role/a?p-*", "arn:aws:iam::111122223333:user/${aws:username}", "arn:aws:iam::111122223333:role/*-x",
		"arn:aws:iam::111122223333:role/${aws:PrincipalTag/team, 'app'}-*", "arn:AWS:IAM::111122223333:role/App-x",
		"arn:*:iam::111122223333:*", "arn:aws:s3:::bucket/*", "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:iam::111122223333:role/*x*",
		"arn:aws:iam::${aws:PrincipalAccount}:role/*", "arn:aws:iam::111122223333:role/${*}", "arn:aws:iam::999988887777:role/app-x")
}

func (r *roll) boundary() string {
	return pick(r, "arn:aws:iam::111122223333:policy/Dev", "arn:aws:iam::111122223333:policy/Ops", "arn:aws:iam::aws:policy/AdministratorAccess",
		"arn:aws:iam::111122223333:policy/DEV")
}

func (r *roll) boundaryPattern() string {
	if r.chance(60) {
		return r.boundary()
	}
	return pick(r, "arn:aws:iam::*:policy/*", "arn:aws:iam::111122223333:policy/D*", "*", "arn:aws:iam::*:policy/Dev", "*Access",
		"arn:aws:iam::${aws:PrincipalAccount}:policy/Dev", "${aws:PrincipalTag/boundary}", "arn:aws:iam::111122223333:policy/${aws:PrincipalTag/team, 'Dev'}",
		"arn:aws:iam::111122223333:policy/???")
}

// condition is an operator, a key, and values that go together.
func (r *roll) condition() (op, key string, values any) {
	set := pick(r, "", "", "", "", "ForAllValues:", "ForAnyValue:")
	exists := pick(r, "", "", "", "IfExists")
	not := pick(r, "", "Not")
	switch r.IntN(10) {
	case 0, 1, 2, 3:
		op = pick(r, "String"+not+"Equals", "String"+not+"Like", "Arn"+not+"Equals", "Arn"+not+"Like", "String"+not+"EqualsIgnoreCase")
		return set + op + exists, pick(r, "iam:PermissionsBoundary", "IAM:permissionsboundary"), some(r, r.boundaryPattern)
	case 4:
		return "Null", pick(r, "iam:PermissionsBoundary", "aws:TagKeys", "aws:username", "aws:PrincipalTag/team"), pick[any](r, "true", "false", true, false)
	case 5:
		return set + "Bool" + exists, "aws:MultiFactorAuthPresent", pick[any](r, "true", "false", true)
	case 6:
		return set + "String" + not + pick(r, "Equals", "Like") + exists, pick(r, "aws:TagKeys", "aws:RequestTag/team", "aws:PrincipalTag/team"),
			some(r, func() string { return pick(r, "team", "t*", "app", "${aws:PrincipalTag/team}", "owner", "?eam") })
	case 7:
		if not == "" {
			return set + "IpAddress" + exists, "aws:SourceIp", some(r, func() string { return pick(r, "10.0.0.0/8", "203.0.113.10", "2001:db8::/32", "0.0.0.0/0") })
		}
		return set + "NotIpAddress" + exists, "aws:SourceIp", some(r, func() string { return pick(r, "10.0.0.0/8", "203.0.113.10", "2001:db8::/32") })
	case 8:
		return set + "Numeric" + pick(r, "Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals") + exists,
			"s3:max-keys", some(r, func() string { return pick(r, "1", "10", "10.5", "100") })
	default:
		return "Date" + pick(r, "Equals", "NotEquals", "LessThan", "GreaterThanEquals") + exists, "aws:CurrentTime",
			some(r, func() string { return pick(r, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z") })
	}
}

func (r *roll) statement() jsonObject {
	st := jsonObject{"Effect": pick(r, "Allow", "Allow", "Deny")}
	if r.chance(85) {
		st["Action"] = some(r, r.action)
	} else {
		st["NotAction"] = some(r, r.action)
	}
	if r.chance(85) {
		st["Resource"] = some(r, r.resource)
	} else {
		st["NotResource"] = some(r, r.resource)
	}
	if r.chance(60) {
		block := jsonObject{}
		for range 1 + r.IntN(2) {
			op, key, values := r.condition()
			if block[op] == nil {
				block[op] = jsonObject{key: values}
			}
		}
		st["Condition"] = block
	}
	return st
}

func (r *roll) document() string {
	doc := jsonObject{"Version": "2012-10-17"}
	if r.chance(8) {
		doc["Version"] = "2008-10-17"
	}
	list := make([]any, 1+r.IntN(3))
	for i := range list {
		list[i] = r.statement()
	}
	doc["Statement"] = list
	src, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(src)
}

func (r *roll) request() naiveRequest {
	q := naiveRequest{context: map[string][]string{}, multi: map[string]bool{"aws:tagkeys": true}}
	q.action = pick(r, "iam:CreateRole", "iam:CreateRole", "iam:CreateUser", "iam:PutRolePermissionsBoundary", "s3:GetObject", "iam:PassRole", "iam:TagRole", "s3:ListAllMyBuckets")
	switch q.action {
	case "iam:CreateUser":
		q.resource = pick(r, "arn:aws:iam::111122223333:user/dev", "arn:aws:iam::111122223333:user/app-x")
	case "s3:GetObject":
		q.resource = pick(r, "arn:aws:s3:::bucket/key", "arn:aws:s3:::app/key", "arn:aws:s3:::bucket/a:b")
	case "s3:ListAllMyBuckets":
		q.resource = "*"
	default:
		q.resource = pick(r, "arn:aws:iam::111122223333:role/app-x", "arn:aws:iam::111122223333:role/App-x", "arn:aws:iam::111122223333:role/x", "arn:aws:iam::111122223333:role/*")
	}
	set := func(key string, percent int, values ...string) {
		if r.chance(percent) {
			q.context[key] = values
		}
	}
	set("iam:permissionsboundary", 70, r.boundary())
	set("aws:multifactorauthpresent", 50, pick(r, "true", "false"))
	set("aws:sourceip", 70, pick(r, "10.1.2.3", "203.0.113.10", "2001:db8::1", "192.0.2.1"))
	set("s3:max-keys", 50, pick(r, "1", "5", "10.5", "1000"))
	set("aws:currenttime", 90, pick(r, "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z"))
	set("aws:requesttag/team", 50, pick(r, "app", "team"))
	set("aws:principaltag/team", 50, pick(r, "app", "team", "a*"))
	set("aws:principaltag/boundary", 30, r.boundary())
	set("aws:username", 50, pick(r, "dev", "app-x"))
	set("aws:principalaccount", 95, "111122223333")
	if r.chance(50) {
		keys := []string{"team"}
		if r.chance(50) {
			keys = append(keys, "owner")
		}
		q.context["aws:tagkeys"] = keys
	}
	return q
}

// rounds is how often a random test runs: the given number, or as many times
// more as BOUNDLINT_TEST_ROUNDS says.
func rounds(tb testing.TB, n int) int {
	tb.Helper()
	if s := os.Getenv("BOUNDLINT_TEST_ROUNDS"); s != "" {
		times, err := strconv.Atoi(s)
		if err != nil {
			tb.Fatal(err)
		}
		return n * times
	}
	return n
}

func newRoll(seed uint64) *roll { return &roll{Rand: rand.New(rand.NewPCG(seed, 1))} }

// compiledRandom compiles a random document. It is of any kind, so that the
// parser does not refuse what identity policies may not have.
func compiledRandom(tb testing.TB, src string) *Policy {
	tb.Helper()
	doc, diags := policy.Parse(src, nil, policy.ParseOptions{Kind: policy.AnyPolicy})
	if doc.Invalid {
		tb.Fatalf("%s: %v", src, diags)
	}
	return Compile(doc)
}

func (q *naiveRequest) request(p *Principal) *Request {
	r := &Request{Principal: p, Action: q.action, Resource: policy.Literal(q.resource)}
	for _, key := range sortedKeys(q.context) {
		r.Context.Set(key, q.context[key]...)
	}
	return r
}

var allQuirks = []string{
	"NotResource without value matches nothing", "a star in a variable is a wildcard", "short ARNs go on in stars", "stars run past colons", "a multi-valued key without a set operator matches",
	"wildcards in the resource type match",
	"negated ARN operators hold of what is not an ARN", "ForAnyValue with IfExists holds of what is absent", "short ARN patterns match",
}

// readings are the outcomes of all combinations of those quirks that matter.
func readings(parsed map[string]jsonObject, evaluate func(*naive) string) (outcomes map[string]bool, consulted bool) {
	matter := map[string]bool{}
	for {
		grew := false
		var names []string
		for _, q := range allQuirks {
			if matter[q] {
				names = append(names, q)
			}
		}
		outcomes = map[string]bool{}
		for bits := range 1 << len(names) {
			n := &naive{quirks: map[string]bool{}, consulted: map[string]bool{}, parsed: parsed}
			for i, name := range names {
				n.quirks[name] = bits>>i&1 == 1
			}
			outcomes[evaluate(n)] = true
			for q, hit := range n.consulted {
				if hit && !matter[q] {
					matter[q], grew = true, true
				}
			}
		}
		if !grew {
			return outcomes, len(names) > 0
		}
	}
}

// TestDecideAgainstNaive compares Decide with the naive evaluator on random
// policies and requests. A verdict must be that of every reading; Undetermined
// is right only where a reading matters.
func TestDecideAgainstNaive(t *testing.T) {
	r := newRoll(1)
	compared, undetermined := 0, 0
	for compared < rounds(t, 20000) {
		r.quirky = r.chance(20)
		docs := map[string]jsonObject{}
		identity := []string{r.document(), r.document()}
		boundary, scp := r.document(), `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
		if r.chance(30) {
			scp = r.document()
		}
		p := &Principal{
			Kind: KindRole, Account: policy.Literal("111122223333"), Identity: []*Policy{compiledRandom(t, identity[0]), compiledRandom(t, identity[1])},
			SCPs: [][]*Policy{{compiledRandom(t, scp)}},
		}
		layers := [][]string{identity, {scp}}
		if r.chance(60) {
			p.Boundary = compiledRandom(t, boundary)
			layers = append(layers, []string{boundary})
		}
		for range 20 {
			compared++
			q := r.request()
			request := q.request(p)
			request.ResourceAccount = "111122223333"
			request.Context.SetAbsent("aws:PrincipalAccount")
			if v := q.context["aws:principalaccount"]; v != nil {
				request.Context.Set("aws:PrincipalAccount", v...)
			}
			got := Decide(request)
			outcomes, consulted := readings(docs, func(n *naive) string {
				n.request = q
				return n.all(layers)
			})
			ok := len(outcomes) == 1 && outcomes[got.Verdict.String()] || got.Verdict == Undetermined && consulted
			if got.Verdict == Undetermined {
				undetermined++
			}
			if !ok {
				t.Fatalf("got %v, want %v\nrequest %+v\nidentity %s\nboundary %v %s\nscp %s", got.Verdict, outcomes, q, identity, p.Boundary != nil, boundary, scp)
			}
		}
	}
	t.Logf("%d requests, %d undetermined", compared, undetermined)
	if undetermined > compared/5 {
		t.Errorf("%d of %d undetermined", undetermined, compared)
	}
}

// all evaluates every document, so that a deny anywhere wins.
func (n *naive) all(layers [][]string) string {
	denied, allowed := false, true
	for _, layer := range layers {
		any := false
		for _, doc := range layer {
			switch n.document(doc) {
			case "D":
				denied = true
			case "A":
				any = true
			}
		}
		allowed = allowed && any
	}
	if allowed && !denied {
		return "allowed"
	}
	return "denied"
}
