package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// Options say what is delegated.
type Options struct {
	// Boundary is the name of the boundary policy.
	Boundary string
	// Prefix begins the name of each role, user and policy that developers
	// make, and Path is where they make them, "/" or "/teams/x/".
	Prefix, Path string
	// Services are the prefixes of the services that the boundary allows.
	Services []string
	// Users tells that developers may create users besides roles.
	Users bool
	// Regions are those outside of which the boundary denies everything that is
	// bound to a region; all regions where there is none.
	Regions []string
	// Account is the account; "" leaves it to Terraform to find out.
	Account string
	// Explain puts the reason beside each statement.
	Explain bool

	// withoutRoles is as in [Delegation.WithoutRoles].
	withoutRoles bool
}

// OptionError is an option that cannot be.
type OptionError struct {
	// Option is the name of the option, such as prefix; Problem completes the sentence
	// that begins with it.
	Option, Problem string
}

func (e *OptionError) Error() string { return e.Option + " " + e.Problem }

// What IAM takes for names and paths
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html).
var (
	nameForm = lazy.Regexp(`^[A-Za-z0-9_+=,.@-]+$`)
	pathForm = lazy.Regexp(`^/([A-Za-z0-9_+=,.@-]+/)*$`)
)

const (
	maxPolicyName = 128
	maxPrefix     = maxRoleName - len(developersName) // the name of the longest role that is written
	maxRoleName   = 64
	maxPath       = 512
)

// check returns the first option that cannot be, and puts the others in order.
func (o *Options) check() error {
	if o.Path == "" {
		o.Path = "/"
	}
	switch {
	case o.Boundary == "":
		return &OptionError{"boundary", "names no policy: give the boundary a name, such as workload-boundary"}
	case !nameForm().MatchString(o.Boundary) || len(o.Boundary) > maxPolicyName:
		return &OptionError{"boundary", fmt.Sprintf("takes the name of a policy, letters, digits and _+=,.@- and at most %d of them, not %s",
			maxPolicyName, o.Boundary)}
	case o.Prefix == "":
		return &OptionError{"prefix", "is empty: give what the names of the developers' roles begin with, such as app-"}
	case !nameForm().MatchString(o.Prefix) || len(o.Prefix) > maxPrefix:
		return &OptionError{"prefix", fmt.Sprintf("takes the beginning of a name, letters, digits and _+=,.@- and at most %d of them, not %s",
			maxPrefix, o.Prefix)}
	case !pathForm().MatchString(o.Path) || len(o.Path)+len(o.Prefix) >= maxPath:
		return &OptionError{"path", "takes a path of IAM, with / at both ends, such as /teams/x/, not " + o.Path}
	case o.Account != "" && !policy.IsAccountID(o.Account):
		return &OptionError{"account", "takes the 12 digits of an account, not " + o.Account}
	}
	for _, r := range o.Regions {
		if !policy.IsRegion(r) {
			return &OptionError{"deny-outside-region", "takes the name of an AWS region, such as eu-west-1, not " + r}
		}
		if p := policy.PartitionOf(r).Name; p != "aws" {
			return &OptionError{"deny-outside-region", fmt.Sprintf("does not take %s: it is in the partition %s, and the ARNs are written for aws",
				r, p)}
		}
	}
	slices.Sort(o.Regions)
	o.Regions = slices.Compact(o.Regions)
	if err := o.checkServices(); err != nil {
		return err
	}
	if len(o.Regions) > 0 && !slices.ContainsFunc(o.Services, func(s string) bool { return !slices.Contains(global, s) }) {
		return &OptionError{"deny-outside-region", "denies nothing: none of the services has regions"}
	}
	return nil
}

func (o *Options) checkServices() error {
	var out []string
	for _, name := range o.Services {
		name = strings.ToLower(strings.TrimSpace(name))
		if err := checkService(name); err != nil {
			return err
		}
		out = append(out, name)
	}
	if len(out) == 0 {
		return &OptionError{"services", "names no service: give the services that developers use, such as s3,dynamodb,lambda,logs"}
	}
	slices.Sort(out)
	o.Services = slices.Compact(out)
	return nil
}
