package authz

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// oracleCase is a random request with all its policies, for the oracle and for
// Decide.
type oracleCase struct {
	principal, action, resource, account string
	identity                             []string
	boundary, scp, resourcePolicy        string
	context                              map[string][]string
}

const (
	oracleRole    = "arn:aws:sts::111122223333:assumed-role/Dev/s"
	oracleUser    = "arn:aws:iam::111122223333:user/dev"
	oracleAllowed = "Allowed"
)

// oracleCase draws a request. Documents that either side would refuse as
// invalid are not drawn.
func (r *roll) oracleCase() *oracleCase {
	q := r.request()
	for strings.HasSuffix(q.resource, "*") && q.resource != "*" {
		// To the oracle a request for a resource with a star in it is one for
		// many resources.
		q = r.request()
	}
	c := &oracleCase{
		principal: pick(r, oracleRole, oracleRole, oracleUser), action: q.action, resource: q.resource, account: "111122223333",
		identity: []string{r.document(), r.document()}, context: map[string][]string{},
	}
	if r.chance(50) {
		c.boundary = r.document()
	}
	if r.chance(30) {
		c.scp = r.document()
	}
	maps.Copy(c.context, q.context)
	delete(c.context, "aws:username")
	c.context["aws:principalaccount"] = []string{"111122223333"}
	c.context["aws:principalarn"] = []string{"arn:aws:iam::111122223333:role/Dev"}
	if c.principal == oracleUser {
		c.context["aws:username"] = []string{"dev"}
		c.context["aws:principalarn"] = []string{oracleUser}
	}
	switch {
	case c.action == "s3:GetObject" && r.chance(60):
		if r.chance(40) {
			c.account = "999988887777"
		}
		c.resourcePolicy = r.resourcePolicy(c.principal, "s3:GetObject", pick(r, "arn:aws:s3:::bucket/*", "arn:aws:s3:::app/*", "arn:aws:s3:::*"))
	case r.chance(10):
		c.action, c.resource = "sts:AssumeRole", "arn:aws:iam::111122223333:role/app-x"
		if r.chance(30) {
			c.account, c.resource = "999988887777", "arn:aws:iam::999988887777:role/app-x"
		}
		c.resourcePolicy = r.resourcePolicy(c.principal, "sts:AssumeRole", "")
		c.identity = append(c.identity, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}`)
		if r.chance(50) {
			c.identity = c.identity[:2]
		}
	}
	action, _ := catalog.LookupAction(c.action)
	for key := range c.context {
		if action.Presence(key) == catalog.PresentNever {
			// The oracle leaves out what the action does not carry.
			delete(c.context, key)
		}
	}
	return c
}

func (r *roll) resourcePolicy(principal, action, resource string) string {
	list := make([]any, 1+r.IntN(2))
	for i := range list {
		st := jsonObject{"Effect": pick(r, "Allow", "Allow", "Deny"), "Action": pick(r, action, action, strings.SplitN(action, ":", 2)[0]+":*")}
		if resource != "" {
			st["Resource"] = resource
		}
		named := []string{
			"arn:aws:iam::111122223333:root", "111122223333", "arn:aws:iam::999988887777:root", "arn:aws:iam::111122223333:role/Dev",
			"arn:aws:iam::111122223333:user/dev", oracleRole, "arn:aws:sts::111122223333:assumed-role/Dev/other", "*",
		}
		element := "Principal"
		if st["Effect"] == "Deny" && r.chance(40) {
			element = "NotPrincipal"
		}
		st[element] = jsonObject{"AWS": some(r, func() string { return pick(r, append(named, principal)...) })}
		if element == "Principal" && r.chance(15) {
			st[element] = "*"
		}
		if r.chance(30) {
			st["Condition"] = jsonObject{"StringEquals": jsonObject{"aws:PrincipalAccount": "111122223333"}}
		}
		list[i] = st
	}
	src, err := json.Marshal(jsonObject{"Version": "2012-10-17", "Statement": list})
	if err != nil {
		panic(err)
	}
	return string(src)
}

// simulation is the case as iam-simulate takes it.
func (c *oracleCase) simulation() jsonObject {
	named := func(name string, docs ...string) []any {
		var out []any
		for i, d := range docs {
			if d != "" {
				out = append(out, jsonObject{"name": fmt.Sprint(name, i), "policy": json.RawMessage(d)})
			}
		}
		return out
	}
	context := jsonObject{}
	for key, values := range c.context {
		context[key] = values[0]
		if k, ok := catalog.LookupKey(key); ok && k.MultiValued {
			context[key] = values
		}
	}
	out := jsonObject{
		"request": jsonObject{
			"principal": c.principal, "action": c.action, "contextVariables": context,
			"resource": jsonObject{"resource": c.resource, "accountId": c.account},
		},
		"identityPolicies": named("identity", c.identity...), "serviceControlPolicies": []any{}, "resourceControlPolicies": []any{},
	}
	if c.boundary != "" {
		out["permissionBoundaryPolicies"] = named("boundary", c.boundary)
	}
	if c.scp != "" {
		out["serviceControlPolicies"] = []any{jsonObject{"orgIdentifier": "o-1", "policies": named("scp", c.scp)}}
	}
	if c.resourcePolicy != "" {
		out["resourcePolicy"] = json.RawMessage(c.resourcePolicy)
	}
	return out
}

func (c *oracleCase) decide(t *testing.T) Verdict {
	t.Helper()
	p := parsePrincipal(c.principal)
	for _, d := range c.identity {
		p.Identity = append(p.Identity, compiledRandom(t, d))
	}
	if c.boundary != "" {
		p.Boundary = compiledRandom(t, c.boundary)
	}
	if c.scp != "" {
		p.SCPs = [][]*Policy{{compiledRandom(t, c.scp)}}
	}
	r := &Request{Principal: p, Action: c.action, Resource: policy.Literal(c.resource), ResourceAccount: c.account}
	for _, key := range sortedKeys(c.context) {
		r.Context.Set(key, c.context[key]...)
	}
	if c.resourcePolicy != "" {
		r.ResourcePolicy = compiledRandom(t, c.resourcePolicy)
	}
	return Decide(r).Verdict
}

// TestOracle compares Decide with @cloud-copilot/iam-simulate, where
// BOUNDLINT_TEST_IAM_SIMULATE is the directory in which it is installed; see
// docs/oracle.md.
func TestOracle(t *testing.T) {
	dir := os.Getenv("BOUNDLINT_TEST_IAM_SIMULATE")
	if dir == "" {
		t.Skip("BOUNDLINT_TEST_IAM_SIMULATE does not say where iam-simulate is installed")
	}
	const batch = 5000
	r := newRoll(23)
	total := map[string]int{}
	shown := map[string]int{}
	for range rounds(t, 1) {
		cases := make([]*oracleCase, batch)
		var in bytes.Buffer
		for i := range cases {
			cases[i] = r.oracleCase()
			line, err := json.Marshal(jsonObject{"id": i, "simulation": cases[i].simulation()})
			if err != nil {
				t.Fatal(err)
			}
			in.Write(append(line, '\n'))
		}
		cmd := exec.CommandContext(t.Context(), "node", "testdata/oracle.mjs", dir)
		cmd.Stdin, cmd.Stderr = &in, os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(out))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var got struct {
				ID            int
				Result, Error string
				Ignored       []string
			}
			if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			c := cases[got.ID]
			want := c.decide(t)
			kind := ""
			switch {
			case got.Error != "":
				kind = "refused by the oracle"
			case len(got.Ignored) > 0:
				kind = "keys ignored by the oracle"
			case want == Undetermined:
				kind = "undetermined here"
			case (got.Result == oracleAllowed) == (want == Allowed):
				kind = "agreed"
			default:
				kind = c.explained()
			}
			total[kind]++
			if kind == "refused by the oracle" || kind == "keys ignored by the oracle" || strings.HasPrefix(kind, "disagreement") {
				if shown[kind]++; shown[kind] <= 5 {
					src, _ := json.Marshal(c.simulation())
					t.Logf("%s: oracle %s %s %v, here %v\n%s", kind, got.Result, got.Error, got.Ignored, want, src)
				}
			}
		}
	}
	kinds := make([]string, 0, len(total))
	for kind := range total {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		t.Logf("%7d %s", total[kind], kind)
		if strings.HasPrefix(kind, "disagreement") {
			t.Fail()
		}
	}
}

var (
	missingVariable = regexp.MustCompile(`(String|Arn)Not[A-Za-z]*":\{[^}]*\$\{aws:PrincipalTag`)
	arnVariable     = regexp.MustCompile(`Arn[A-Za-z]*":\{[^}]*\$\{aws:PrincipalAccount`)
	noARN           = regexp.MustCompile(`ArnNot[A-Za-z]*":\{[^}]*"\*`)
)

// explained names the known difference that a disagreement may come from; see
// docs/oracle.md.
func (c *oracleCase) explained() string {
	docs := append(slices.Clone(c.identity), c.boundary, c.scp, c.resourcePolicy)
	all := strings.Join(docs, " ")
	switch {
	case strings.Contains(all, "0.0.0.0/0") && c.context["aws:sourceip"] != nil:
		return "explained: 0.0.0.0/0 takes no address there"
	case slices.ContainsFunc(docs, func(d string) bool { return strings.Contains(d, "2008-10-17") && strings.Contains(d, "${") }):
		return "explained: variables count in version 2008-10-17 there"
	case strings.Contains(all, "NotIpAddress") && slices.ContainsFunc(c.context["aws:sourceip"], func(ip string) bool { return strings.Contains(ip, ":") }):
		return "explained: NotIpAddress does not hold across IPv4 and IPv6 there"
	case missingVariable.MatchString(all):
		return "explained: negated operators do not hold there where a variable has no value"
	case arnVariable.MatchString(all):
		return "explained: the colon of a variable divides an ARN pattern there"
	case noARN.MatchString(all):
		return "explained: negated ARN operators do not hold there against what is not an ARN"
	}
	return "disagreement"
}
