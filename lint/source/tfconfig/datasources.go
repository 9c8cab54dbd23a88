package tfconfig

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// Some data sources of the AWS provider ask no service: they answer out of
// their arguments and the configuration of the provider, also when a plan is
// made. Each function here gives one attribute of such a data source, as the
// provider's documentation describes it; false where it is not known.

// offline is an attribute of a data source that asks no service.
func (i *instance) offline(name string) (cty.Value, bool) {
	switch i.block.typ {
	case "aws_caller_identity":
		if name == "account_id" || name == "id" {
			return cty.StringVal(i.module.ev.symbols.Token(resource.AccountSymbol(i.module.ev.symbols, i.provider()))), true
		}
	case "aws_region":
		return i.regionAttribute(name)
	case "aws_partition":
		return i.partitionAttribute(name)
	case "aws_arn":
		return i.arnAttribute(name)
	case "aws_service_principal":
		return i.servicePrincipalAttribute(name)
	case "aws_service":
		return i.serviceAttribute(name)
	case "aws_default_tags":
		return i.defaultTagsAttribute(name)
	}
	return cty.NilVal, false
}

// providerRegion is the region that a provider configuration deploys to: a
// text, or a choice of several, where the configuration tells it, else the
// symbol of it. The environment (AWS_REGION) is not read: it differs from
// machine to machine.
func (m *moduleInstance) providerRegion(name string) cty.Value {
	owner, local := m.providerOwner(name)
	ev := m.ev
	unknown := func() cty.Value {
		return cty.StringVal(ev.symbols.Token(resource.RegionSymbol(ev.symbols, owner.ownProvider(local))))
	}
	return ev.demand(owner.memo("provider."+local), unknown, func() cty.Value {
		p, ok := owner.providerInstance(local)
		if !ok || p.block.Body.Attributes["region"] == nil {
			return unknown()
		}
		v := p.env.eval(p.block.Body.Attributes["region"].Expr)
		u, marks := v.Unmark()
		if isText(u) && ev.alternatives(u) != nil {
			return v
		}
		return unknown().WithMarks(marks)
	})
}

// alternatives are the texts that a value may be, where all of them are known:
// itself, or those of a choice; nil where they are not.
func (ev *evaluator) alternatives(u cty.Value) []string {
	text := ev.decode(u)
	if s, ok := text.Known(); ok && s != "" {
		return []string{s}
	}
	if s := text.Symbol(); s != nil && s.Kind == policy.SymbolChoice {
		return knownAlternatives(s)
	}
	return nil
}

// knownAlternatives are the texts of a choice, nil where one is not known, or
// null or empty.
func knownAlternatives(s *policy.Symbol) []string {
	if s.Nullable {
		return nil
	}
	var list []string
	for _, a := range s.Alternatives {
		known, ok := a.Known()
		if !ok || known == "" {
			return nil
		}
		list = append(list, known)
	}
	return list
}

// mapped is what f makes of a text, or of each that it may be; false where that
// is not known.
func (e *env) mapped(v cty.Value, at hclsyntax.Expression, detail string, f func(string) string) (cty.Value, bool) {
	u, marks := v.Unmark()
	if !isText(u) {
		return cty.NilVal, false
	}
	var out cty.Value
	for n, s := range e.ev.alternatives(u) {
		if n == 0 {
			out = cty.StringVal(f(s))
		} else {
			out = e.choice(out, cty.StringVal(f(s)), at.Range(), detail)
		}
	}
	return out.WithMarks(marks), out != cty.NilVal
}

// region is the region of the provider that reads the data source.
func (i *instance) region() cty.Value { return i.module.providerRegion(i.providerReference()) }

// partition is the partition of the provider that reads the data source.
func (i *instance) partition() cty.Value {
	region := i.region()
	v, ok := i.partitionOf(region)
	if !ok || isNull(v) {
		_, marks := region.Unmark()
		return cty.StringVal(i.module.ev.symbols.Token(resource.PartitionSymbol(i.module.ev.symbols, i.provider()))).WithMarks(marks)
	}
	return v
}

// partitionOf is the partition of a region, null for what is not one.
func (i *instance) partitionOf(region cty.Value) (cty.Value, bool) {
	u, marks := region.Unmark()
	if isText(u) && slices.ContainsFunc(i.module.ev.alternatives(u), func(s string) bool { return !policy.IsRegion(s) }) {
		return cty.NullVal(cty.String).WithMarks(marks), i.module.ev.decode(u).IsKnown()
	}
	at := &hclsyntax.LiteralValueExpr{SrcRange: i.block.rng}
	return i.env().mapped(region, at, " partition", func(s string) string { return policy.PartitionOf(s).Name })
}

// given is an argument of the data source: null where it is not set. It is
// false where it is not known, or not known whether it is set.
func (i *instance) given(name string) (cty.Value, bool) {
	a := i.block.body().Attributes[name]
	if a == nil {
		return cty.NullVal(cty.String), true
	}
	v := i.env().convert(i.env().eval(a.Expr), cty.String, a.Expr)
	if isNull(v) {
		return cty.NullVal(cty.String), true
	}
	u, _ := v.Unmark()
	_, nullable := i.env().present(v)
	return v, isText(u) && !nullable
}

// givenOr is an argument, or what stands for it where it is not set.
func (i *instance) givenOr(name string, otherwise func() cty.Value) (cty.Value, bool) {
	v, ok := i.given(name)
	if ok && isNull(v) {
		return otherwise(), true
	}
	return v, ok
}

// joinTexts is texts one after the other; false where one is none.
func joinTexts(parts ...cty.Value) (cty.Value, bool) {
	var b strings.Builder
	var marks []cty.ValueMarks
	for _, p := range parts {
		u, m := p.Unmark()
		if !isText(u) {
			return cty.NilVal, false
		}
		b.WriteString(u.AsString())
		marks = append(marks, m)
	}
	return cty.StringVal(b.String()).WithMarks(marks...), true
}

// regionAttribute is data.aws_region: the region that an argument names, else
// the provider's. region is what name is called since version 6.
func (i *instance) regionAttribute(name string) (cty.Value, bool) {
	if !slices.Contains([]string{"name", "region", "id", "endpoint"}, name) {
		return cty.NilVal, false
	}
	region, ok := i.askedRegion()
	if !ok || name != "endpoint" {
		return region, ok
	}
	u, _ := region.Unmark()
	if isText(u) && slices.ContainsFunc(i.module.ev.alternatives(u), func(s string) bool { return policy.PartitionOf(s).Name == "aws-eusc" }) {
		return cty.NilVal, false // versions of the provider differ
	}
	at := &hclsyntax.LiteralValueExpr{SrcRange: i.block.rng}
	return i.env().mapped(region, at, " endpoint", resource.Endpoint)
}

func (i *instance) askedRegion() (cty.Value, bool) {
	for _, name := range []string{"name", "region"} {
		if v, ok := i.given(name); !ok || !isNull(v) {
			return v, ok
		}
	}
	endpoint, ok := i.given("endpoint")
	switch {
	case !ok:
		return cty.NilVal, false
	case isNull(endpoint):
		return i.region(), true
	}
	u, marks := endpoint.Unmark()
	region, ok := resource.RegionOfEndpoint(i.module.ev.decode(u))
	return cty.StringVal(region).WithMarks(marks), ok
}

// partitionAttribute is data.aws_partition, which has no arguments.
func (i *instance) partitionAttribute(name string) (cty.Value, bool) {
	domain := func(f func(policy.Partition) string) (cty.Value, bool) {
		at := &hclsyntax.LiteralValueExpr{SrcRange: i.block.rng}
		return i.env().mapped(i.region(), at, " "+name, func(s string) string { return f(policy.PartitionOf(s)) })
	}
	switch name {
	case "partition", "id":
		return i.partition(), true
	case "dns_suffix":
		return domain(func(p policy.Partition) string { return p.DNSSuffix })
	case "reverse_dns_prefix":
		return domain(policy.Partition.ReverseDNSPrefix)
	}
	return cty.NilVal, false
}

// arnAttribute is data.aws_arn, which takes an ARN apart.
func (i *instance) arnAttribute(name string) (cty.Value, bool) {
	arn, ok := i.given("arn")
	if !ok || isNull(arn) {
		return cty.NilVal, false
	}
	if name == "id" {
		return arn, true
	}
	u, marks := arn.Unmark()
	parts, ok := i.module.ev.splitARN(i.module.ev.decode(u))
	if !ok {
		return cty.NilVal, false
	}
	part, ok := map[string]policy.Text{
		"partition": parts.Partition, "service": parts.Service, "region": parts.Region,
		"account": parts.Account, "resource": parts.Resource,
	}[name]
	return cty.StringVal(i.module.ev.symbols.Encode(part)).WithMarks(marks), ok
}

// splitARN takes an ARN apart; false for what is none, or may be none.
func (ev *evaluator) splitARN(x policy.Text) (policy.ARN, bool) {
	if s, known := x.Known(); known {
		// What a policy variable holds are colons like any other here.
		parts := strings.SplitN(s, ":", 6)
		if len(parts) != 6 || parts[0] != "arn" {
			return policy.ARN{}, false
		}
		return policy.ARN{
			Partition: policy.Literal(parts[1]), Service: policy.Literal(parts[2]), Region: policy.Literal(parts[3]),
			Account: policy.Literal(parts[4]), Resource: policy.Literal(parts[5]),
		}, true
	}
	arn, ok := policy.ParseARN(ev.spellARNs(x))
	for _, part := range []policy.Text{arn.Partition, arn.Service, arn.Region, arn.Account} {
		for _, s := range part.Symbols() {
			ok = ok && (shapeOf(s) == nil || !mayHoldColon(s))
		}
	}
	return arn, ok
}

// mayHoldColon reports whether the text of a symbol may have a colon in it.
func mayHoldColon(s *policy.Symbol) bool {
	shape := shapeOf(s)
	return shape == nil || strings.Contains(shape.alphabet, ":")
}

// principalsWithDomain are the services whose principals have the domain of
// the partition in some partitions; those of all others end in amazonaws.com
// everywhere.
var principalsWithDomain = map[string][]string{
	"aws-iso":   {"cloudhsm", "config", "logs", "workspaces"},
	"aws-iso-b": {"dms", "logs"},
	"aws-cn":    {"codedeploy", "elasticmapreduce", "logs"},
}

// principalSuffix is what the name of a service's principal ends in.
func principalSuffix(service, region string) string {
	if p := policy.PartitionOf(region); slices.Contains(principalsWithDomain[p.Name], service) {
		return p.DNSSuffix
	}
	return "amazonaws.com"
}

// servicePrincipalAttribute is data.aws_service_principal.
func (i *instance) servicePrincipalAttribute(name string) (cty.Value, bool) {
	region, ok := i.givenOr("region", i.region)
	if !ok || name == "region" {
		return region, ok
	}
	service, ok := i.given("service_name")
	if !ok || isNull(service) {
		return cty.NilVal, false
	}
	u, _ := service.Unmark()
	s, known := i.module.ev.decode(u).Known()
	if !known {
		return cty.NilVal, false
	}
	at := &hclsyntax.LiteralValueExpr{SrcRange: i.block.rng}
	suffix, ok := i.env().mapped(region, at, " suffix", func(region string) string { return principalSuffix(s, region) })
	if !ok && !slices.ContainsFunc(policy.Partitions(), func(p policy.Partition) bool {
		return slices.Contains(principalsWithDomain[p.Name], s)
	}) {
		suffix, ok = cty.StringVal("amazonaws.com"), true
	}
	dot := cty.StringVal(".")
	switch {
	case !ok:
		return cty.NilVal, false
	case name == "suffix":
		return suffix, true
	case name == "name":
		return joinTexts(service, dot, suffix)
	case name == "id":
		return joinTexts(service, dot, region, dot, suffix)
	}
	return cty.NilVal, false
}

// serviceAttribute is data.aws_service. Whether the service is supported is in
// no table here.
func (i *instance) serviceAttribute(name string) (cty.Value, bool) {
	s, ok := i.service()
	if !ok {
		return cty.NilVal, false
	}
	dot := cty.StringVal(".")
	switch name {
	case "service_id":
		return s.id, true
	case "region":
		return s.region, true
	case "reverse_dns_prefix":
		return s.prefix, true
	case "partition":
		return i.partitionOf(s.region)
	case "reverse_dns_name", "id":
		return joinTexts(s.prefix, dot, s.region, dot, s.id)
	case "dns_name":
		reversed, ok := joinTexts(s.prefix, dot, s.region, dot, s.id)
		if !ok {
			return cty.NilVal, false
		}
		at := &hclsyntax.LiteralValueExpr{SrcRange: i.block.rng}
		return i.env().mapped(reversed, at, " dns_name", func(s string) string { return strings.ToLower(policy.ReverseDNS(s)) })
	}
	return cty.NilVal, false
}

type serviceName struct{ id, region, prefix cty.Value }

// service is the service that the arguments name: a DNS name in one spelling
// or the other, or its parts.
func (i *instance) service() (s serviceName, ok bool) {
	for _, name := range []string{"dns_name", "reverse_dns_name"} {
		v, ok := i.given(name)
		if !ok {
			return s, false
		}
		if isNull(v) {
			continue
		}
		u, marks := v.Unmark()
		known, ok := i.module.ev.decode(u).Known()
		if name == "dns_name" {
			known = policy.ReverseDNS(known)
		}
		labels := strings.Split(known, ".")
		n := len(labels)
		if !ok || n < 4 {
			return s, false
		}
		text := func(s string) cty.Value { return cty.StringVal(s).WithMarks(marks) }
		return serviceName{text(labels[n-1]), text(labels[n-2]), text(strings.Join(labels[:n-2], "."))}, true
	}
	var okID, okRegion, okPrefix bool
	s.id, okID = i.given("service_id")
	s.region, okRegion = i.givenOr("region", i.region)
	s.prefix, okPrefix = i.givenOr("reverse_dns_prefix", func() cty.Value {
		v, _ := i.partitionAttribute("reverse_dns_prefix")
		return v
	})
	return s, okID && okRegion && okPrefix && !isNull(s.id) && s.prefix != cty.NilVal
}

// defaultTagsAttribute is data.aws_default_tags: the default_tags of the
// provider, without those that it ignores.
func (i *instance) defaultTagsAttribute(name string) (cty.Value, bool) {
	if name == "id" {
		return i.partition(), true
	}
	owner, local := i.module.providerOwner(i.providerReference())
	p, ok := owner.providerInstance(local)
	if name != "tags" || !ok {
		return cty.NilVal, false
	}
	if len(p.env.nestedBlocks(p.block.Body, "ignore_tags")) > 0 {
		return cty.UnknownVal(cty.Map(cty.String)), true
	}
	tags := p.env.defaultTags(p.block)
	if tags.Hidden {
		return cty.UnknownVal(cty.Map(cty.String)), true
	}
	return i.tagValues(tags), true
}

func (i *instance) tagValues(tags iam.Tags) cty.Value {
	values := map[string]cty.Value{}
	for _, tag := range tags.Values {
		if !strings.HasPrefix(tag.Key, "aws:") {
			values[tag.Key] = cty.StringVal(i.module.ev.symbols.Encode(tag.Value))
		}
	}
	if len(values) == 0 {
		return cty.MapValEmpty(cty.String)
	}
	return cty.MapVal(values)
}
