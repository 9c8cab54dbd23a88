package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// domain is a set of resources that an action is authorised on: some known
// ones, or all ARNs with a common head.
type domain struct {
	exact []policy.Text
	// head is the ARN up to the fifth colon; templates are globs over the
	// rest.
	head      string
	templates []*pattern
	grammar   *iamNames // nil outside of IAM
	examples  []string  // readable tails
	region    string    // "" for services without regions
	// reserved are globs over the tails that AWS keeps to itself, or that are of
	// something else.
	reserved []*pattern
	// unsure tells that it is not known whether the action takes what is
	// exact: ARNs that are wholly hidden.
	unsure bool
}

// reservedRoles are the paths of roles that only AWS's services make and
// change: service-linked ones, and those of the Identity Center.
var reservedRoles = []*pattern{
	newPattern(policy.Literal("role/aws-service-role/*"), globSyntax, false),
	newPattern(policy.Literal("role/aws-reserved/*"), globSyntax, false),
}

// changingRole are the actions that are refused on those roles.
var changingRole = []string{
	"CreateRole", "DeleteRole", "UpdateRole", "UpdateAssumeRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
	"AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "TagRole", "UntagRole",
}

func (d *domain) contains(x policy.Text) bool {
	if len(d.exact) > 0 {
		return slices.ContainsFunc(d.exact, x.Equal)
	}
	tail, ok := tailOf(x, d.head)
	if !ok || d.grammar != nil && !d.grammar.valid(tail) {
		return false
	}
	tail = tail.Map(func(s *policy.Symbol) (policy.Text, bool) { return policy.Literal("x"), hidesText(s) })
	fits := func(p *pattern) bool { return p.match(tail, false, &env{}) == policy.True }
	return slices.ContainsFunc(d.templates, fits) && !slices.ContainsFunc(d.reserved, fits)
}

// lacks reports whether none of some resource parts of ARNs, if there are any, is
// that of a resource of the domain.
func (d *domain) lacks(tails []string) bool {
	if len(tails) == 0 {
		return false
	}
	for _, x := range d.exact {
		s, known := x.Known()
		if !known || slices.ContainsFunc(tails, func(tail string) bool { return strings.HasSuffix(s, tail) }) {
			return false
		}
	}
	return len(d.exact) > 0 || !slices.ContainsFunc(tails, func(tail string) bool {
		return slices.ContainsFunc(d.templates, func(p *pattern) bool { return !p.isSimple || policy.Glob(p.simple, tail) })
	})
}

// langs are the languages of the tails.
func (d *domain) langs() []wordAtom {
	in, out := wordAtom{in: true}, wordAtom{}
	for _, p := range d.templates {
		in.langs = append(in.langs, p.langOf([][]piece{p.pieces}, lower, false, &env{})...)
	}
	for _, l := range in.langs {
		for i := range l.places {
			l.places[i].named = true
		}
	}
	for _, p := range d.reserved {
		out.langs = append(out.langs, p.langOf([][]piece{p.pieces}, lower, false, &env{})...)
	}
	return []wordAtom{in, out}
}

// rehead puts the head in the place of the first five parts of an ARN.
func (d *domain) rehead(x policy.Text) policy.Text {
	parts := policy.SplitARN(x)
	if len(parts) != arnSegments {
		return x
	}
	return policy.Concat(policy.Literal(d.head), parts[arnSegments-1])
}

// domainsOf are the domains of an action in groups: one domain of each group
// must be allowed, since some actions need several resources at once.
func (s *searcher) domainsOf(action *catalog.Action, service string) [][]*domain {
	if len(s.query.Resources) > 0 && !slices.ContainsFunc(s.query.Resources, isGlob) {
		return s.exactDomains(action)
	}
	whole := &domain{exact: []policy.Text{policy.Literal(wholeResource)}}
	if action == nil {
		out := []*domain{whole}
		for _, region := range s.regions() {
			out = append(out, s.headed("arn:${Partition}:"+service+":"+region+":${Account}:${Resource}", region)...)
		}
		return [][]*domain{out}
	}
	if action.TakesNoResource() {
		return [][]*domain{{whole}}
	}
	var required [][]*domain
	var optional []*domain
	for _, r := range action.ResourceTypes {
		group := s.typed(r.Type)
		if changesRole(action) {
			for _, d := range group {
				d.reserved = reservedRoles
			}
		}
		if r.Required {
			required = append(required, group)
		} else {
			optional = append(optional, group...)
		}
	}
	if len(required) == 0 {
		required = [][]*domain{append(optional, whole)}
	}
	return s.addHidden(required, action)
}

// exactDomains is for a query that names its resources in full.
func (s *searcher) exactDomains(action *catalog.Action) [][]*domain {
	d := &domain{}
	for _, x := range s.query.Resources {
		x = s.binding.text(x)
		if arn, known := x.Known(); known && action != nil && changesRole(action) && isReserved(arn) {
			continue
		}
		if action == nil || takes(action, x) {
			d.exact = append(d.exact, x)
		}
	}
	if len(d.exact) == 0 {
		return nil
	}
	return [][]*domain{{d}}
}

// typed are the domains of all resources of a type, in the regions that the
// policies tell apart.
func (s *searcher) typed(t *catalog.ResourceType) []*domain {
	var out []*domain
	for _, template := range t.ARNs {
		if !strings.Contains(template, "${Region}") {
			out = append(out, s.headed(template, "")...)
			continue
		}
		for _, region := range s.regions() {
			out = append(out, s.headed(strings.ReplaceAll(template, "${Region}", region), region)...)
		}
	}
	if glob := within(t); glob != "" {
		for _, d := range out {
			d.reserved = []*pattern{newPattern(policy.Literal(glob), globSyntax, false)}
		}
	}
	return out
}

// takes reports whether the action can act on a resource of that ARN.
func takes(action *catalog.Action, x policy.Text) bool {
	if s, known := x.Known(); known && s == wholeResource {
		return true
	}
	if action.TakesNoResource() {
		return true
	}
	s, known := x.Known()
	for _, r := range action.ResourceTypes {
		if known && isWithin(r.Type, s) {
			continue
		}
		for _, glob := range r.Type.Patterns() {
			if newPattern(policy.Literal(glob), globSyntax, false).match(x, false, &env{}) != policy.False {
				return true
			}
		}
	}
	return false
}

// headed makes the domains of an ARN template for the accounts in question.
func (s *searcher) headed(template, region string) []*domain {
	template = ownAccountIn(strings.ReplaceAll(template, "${Partition}", s.binding.partitionText))
	accounts := []string{s.binding.accountText}
	if strings.Contains(template, "${Account}") {
		for _, x := range s.query.Resources {
			if account, known := accountOf(s.binding.text(x)).Known(); known && policy.IsAccountID(account) && !slices.Contains(accounts, account) {
				accounts = append(accounts, account)
			}
		}
	}
	if strings.HasSuffix(template, rootUser) {
		accounts = s.memberAccounts()
	}
	var out []*domain
	for _, account := range accounts {
		parts := strings.SplitN(fillTemplate(strings.ReplaceAll(template, "${Account}", account)), ":", arnSegments)
		if len(parts) < arnSegments {
			continue
		}
		d := &domain{region: region}
		tail := parts[arnSegments-1]
		// What a template leaves open in the head is one readable word.
		d.head = strings.ReplaceAll(strings.Join(parts[:arnSegments-1], ":"), "?*", "x") + ":"
		d.templates = []*pattern{newPattern(policy.Literal(tail), globSyntax, false)}
		d.examples = []string{strings.ReplaceAll(tail, "?*", "x"), strings.ReplaceAll(tail, "?*", "app-x")}
		if kind, _, found := strings.Cut(tail, "/"); found && parts[2] == "iam" {
			d.grammar = iamKinds[kind]
		}
		out = append(out, d)
	}
	return out
}

// ownAccountIn gives the placeholder for the account one name: some services
// call it ${AccountId}, ${AwsAccountId} and the like, or leave it open.
func ownAccountIn(template string) string {
	parts := strings.SplitN(template, ":", arnSegments)
	if len(parts) == arnSegments && (parts[4] == "*" || strings.HasPrefix(parts[4], "${") && strings.HasSuffix(parts[4], "}")) {
		parts[4] = "${Account}"
	}
	return strings.Join(parts, ":")
}

// fillTemplate turns each ${...} into a glob that takes one character or
// more.
func fillTemplate(template string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(template, "${")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteString("?*")
		_, template, _ = strings.Cut(after, "}")
	}
}

// someRegions are well-known regions, the commonest first.
var someRegions = [...]string{
	"us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-1", "us-east-2", "us-west-1", "eu-west-2",
	"eu-west-3", "eu-north-1", "eu-south-1", "ap-northeast-1", "ap-northeast-2", "ap-southeast-2", "ap-south-1",
	"ca-central-1", "sa-east-1", "af-south-1", "me-south-1", "cn-north-1", "us-gov-west-1",
}

// regions are regions that the policies and the question tell apart: those that
// they name, and one of those that the same patterns take.
func (s *searcher) regions() []string {
	if s.regionList != nil {
		return s.regionList
	}
	globs := s.regionGlobs()
	var out []string
	for _, glob := range globs {
		if !strings.ContainsAny(glob, "*?") {
			out = append(out, glob)
		}
	}
	seen := map[string]bool{} // the patterns that take a region, one bit each
	for _, region := range someRegions {
		taking := make([]byte, len(globs))
		for i, glob := range globs {
			if policy.Glob(glob, region) {
				taking[i] = 1
			}
		}
		if !seen[string(taking)] {
			seen[string(taking)] = true
			out = append(out, region)
		}
	}
	slices.Sort(out)
	s.regionList = slices.Compact(out)
	return s.regionList
}

// regionGlobs are the regions, and patterns over regions, that the question
// and the policies name.
func (s *searcher) regionGlobs() []string {
	var globs []string
	note := func(x policy.Text) {
		if text, known := x.Known(); known && text != "" && text != "*" && !slices.Contains(globs, text) {
			globs = append(globs, text)
		}
	}
	noteARN := func(x policy.Text) {
		if parts := policy.SplitARN(x); len(parts) > 3 {
			note(parts[3])
		}
	}
	for _, x := range slices.Concat(s.query.Resources, s.query.NotResources) {
		noteARN(s.binding.text(x))
	}
	s.eachPolicy(func(p *Policy) {
		for _, st := range p.statements {
			for _, q := range slices.Concat(st.resource, st.notResource) {
				noteARN(q.source)
			}
			for _, c := range st.conditions {
				if c.key.name == "aws:requestedregion" {
					for _, v := range c.values {
						note(v.source)
					}
				}
			}
		}
	})
	return globs
}
