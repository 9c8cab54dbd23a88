package config

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/internal/lazy"
)

var (
	// principalARN are the ARNs of roles and users, principalOf those that are
	// often taken for them.
	principalARN = lazy.Regexp(`^arn:[a-z0-9-]+:iam::[0-9]{12}:(role|user)/[\x21-\x7e]+$`)
	assumedRole  = lazy.Regexp(`^arn:([a-z0-9-]+):sts::([0-9]{12}):assumed-role/([^/]+)(/.*)?$`)
	providerName = lazy.Regexp(`^[\w-]+(\.[\w-]+)?$`)
)

func (c *checker) deployer(b *deployerBlock) {
	c.once("deployer", b.Name, b.At)
	c.pattern("deployer", b.Name, b.At)
	out := lint.Deployer{Name: b.Name, Location: c.location(b.At)}
	for _, e := range c.list(b.Policies) {
		if isARN(e.text) {
			out.ManagedPolicies = append(out.ManagedPolicies, c.managedPolicy(e))
		} else if d := c.document(e); d != nil {
			out.Policies = append(out.Policies, d)
		}
	}
	if e, ok := c.text(b.Boundary); ok {
		if isARN(e.text) {
			out.ManagedBoundary = c.managedPolicy(e)
		} else if d := c.document(e); d != nil {
			out.Boundary = d.HideOverQuota("deployer." + b.Name)
		}
	}
	for _, e := range c.list(b.Providers) {
		if !providerName().MatchString(e.text) {
			c.errorf(e.at, "%q is not the name of a provider configuration: write aws or aws.ALIAS", e.text)
		}
		out.Providers = append(out.Providers, e.text)
	}
	c.deployerName(b, b.Policies != nil || b.Boundary != nil)
	if b.Boundary != nil && b.Policies == nil {
		c.missing(b.At, "deployer %q has a boundary and no policies: write policies = [\"...\"] too", b.Name)
	}
	c.settings.Deployers = append(c.settings.Deployers, out)
}

// deployerName checks whom a deployer block names; described tells that the
// block itself says what that one may do.
func (c *checker) deployerName(b *deployerBlock, described bool) {
	switch session := assumedRole().FindStringSubmatch(b.Name); {
	case session != nil:
		c.errorf(b.LabelAt, "%q is a session of a role: name the role, arn:%s:iam::%s:role/%s", b.Name, session[1], session[2], session[3])
	case isARN(b.Name) && !principalARN().MatchString(b.Name):
		c.errorf(b.LabelAt, "%q is not the ARN of a role or user: write arn:aws:iam::ACCOUNT:role/NAME", b.Name)
	case described && !isARN(b.Name):
		c.errorf(b.LabelAt, "deployer %q is given policies here, so that it is named by its ARN: arn:aws:iam::ACCOUNT:role/NAME", b.Name)
	case strings.ContainsAny(b.Name, "*?"):
		c.errorf(b.LabelAt, "deployer %q has a wildcard: a deployer is one role or user", b.Name)
	}
}

func isARN(s string) bool { return strings.HasPrefix(s, "arn:") }

// managedPolicy checks that an entry is the ARN of one of AWS's own policies,
// the only ones whose documents need no file.
func (c *checker) managedPolicy(e entry) string {
	if _, known := catalog.ManagedPolicy(e.text); !known {
		if strings.Contains(e.text, ":iam::aws:policy/") {
			c.errorf(e.at, "there is no AWS-managed policy %q%s", e.text, lint.Suggest(e.text, catalog.ManagedPolicyARNs()))
		} else {
			c.errorf(e.at, "%q is a policy whose document is not known: name the file that holds it", e.text)
		}
	}
	return e.text
}
