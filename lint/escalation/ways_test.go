package escalation_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/escalation"
)

// requirements are all requests that a way mentions, alternatives included.
func requirements(w *escalation.Way) []escalation.Requirement {
	var out []escalation.Requirement
	for _, s := range w.Steps {
		out = append(out, s)
		out = append(out, s.Alternatives...)
	}
	return out
}

func TestEveryPublishedWayIsHere(t *testing.T) {
	data, err := os.ReadFile("testdata/ids.txt")
	if err != nil {
		t.Fatal(err)
	}
	ids := strings.Fields(string(data))
	if len(ids) != 94 {
		t.Errorf("%d published ways", len(ids))
	}
	for _, id := range ids {
		if w, ok := escalation.Find(id); !ok || w.ID != id {
			t.Errorf("%s is missing", id)
		}
	}
	if _, ok := escalation.Find("nosuch"); ok {
		t.Error("there is a way nosuch")
	}
}

// TestWaysBesideThePublished are those that a model of a whole account needs
// besides.
func TestWaysBesideThePublished(t *testing.T) {
	for id, actions := range map[string][]string{
		"x-eks-access":                        {"eks:CreateAccessEntry", "eks:AssociateAccessPolicy"},
		"x-eks-podidentity":                   {"iam:PassRole", "eks:CreatePodIdentityAssociation"},
		"x-stepfunctions":                     {"iam:PassRole", "states:CreateStateMachine", "states:StartExecution"},
		"x-scheduler":                         {"iam:PassRole", "scheduler:CreateSchedule"},
		"x-events":                            {"iam:PassRole", "events:PutTargets"},
		"x-ssm-automation":                    {"iam:PassRole", "ssm:StartAutomationExecution"},
		"x-sso-assign":                        {"sso:CreateAccountAssignment"},
		"x-sso-edit":                          {"sso:PutInlinePolicyToPermissionSet", "sso:ProvisionPermissionSet"},
		"x-sso-unbound":                       {"sso:DeletePermissionsBoundaryFromPermissionSet", "sso:ProvisionPermissionSet"},
		"pass-s3-putreplicationconfiguration": {"iam:PassRole", "s3:PutReplicationConfiguration"},
	} {
		w, ok := escalation.Find(id)
		if !ok || !slices.Equal(w.Actions(), actions) {
			t.Errorf("%s: %v, %+v", id, ok, w)
		}
	}
}

func TestIDs(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	seen, names := map[string]bool{}, map[string]string{}
	for _, w := range escalation.Ways() {
		if seen[w.ID] || !shape.MatchString(w.ID) {
			t.Errorf("the id %q is there twice or has an odd shape", w.ID)
		}
		seen[w.ID] = true
		if other, ok := names[w.Name]; ok {
			t.Errorf("%s and %s have one name", w.ID, other)
		}
		names[w.Name] = w.ID
	}
}

// TestTexts holds that a name completes "can ..." and a control is sentences.
func TestTexts(t *testing.T) {
	for _, w := range escalation.Ways() {
		if w.Name == "" || strings.HasSuffix(w.Name, ".") || w.Name[0] < 'a' || w.Name[0] > 'z' {
			t.Errorf("%s: the name %q", w.ID, w.Name)
		}
		if !strings.HasSuffix(w.Control, ".") || w.Control[0] < 'A' || w.Control[0] > 'Z' {
			t.Errorf("%s: the control %q", w.ID, w.Control)
		}
		if len(w.References) == 0 || w.Kind.String() == "unknown" {
			t.Errorf("%s: %v, %v", w.ID, w.References, w.Kind)
		}
	}
}

// TestActionsExist holds that every action is in the catalog, in its
// documented spelling, and carries the keys that the way speaks of.
func TestActionsExist(t *testing.T) {
	for _, w := range escalation.Ways() {
		for _, r := range requirements(w) {
			a, ok := catalog.LookupAction(r.Action)
			if r.Undocumented {
				if ok || !w.Closed {
					t.Errorf("%s: %s is documented, or its service is not closed", w.ID, r.Action)
				}
				continue
			}
			if !ok || a.String() != r.Action {
				t.Errorf("%s: there is no %s", w.ID, r.Action)
				continue
			}
			mentioned := map[string]bool{}
			for _, c := range r.Context {
				mentioned[c.Key] = true
				if a.Presence(c.Key) == catalog.PresentNever {
					t.Errorf("%s: %s never carries %s", w.ID, r.Action, c.Key)
				}
				if k, ok := catalog.LookupKey(c.Key); !ok || k.Name != c.Key {
					t.Errorf("%s: the key %s", w.ID, c.Key)
				}
				if (c.Choice == escalation.OneOf) != (len(c.Values) > 0) {
					t.Errorf("%s: %s: %+v", w.ID, r.Action, c)
				}
			}
			for _, key := range []string{"iam:PermissionsBoundary", "iam:PolicyARN"} {
				attached := !strings.HasPrefix(r.Action, "iam:Detach") // any policy may be detached
				if a.Presence(key) != catalog.PresentNever && !mentioned[key] && (key != "iam:PolicyARN" || attached) {
					t.Errorf("%s: %s carries %s, of which the way says nothing", w.ID, r.Action, key)
				}
			}
		}
	}
}

// TestResources holds that the action of each requirement is authorised on
// the type of resource that the requirement is on.
func TestResources(t *testing.T) {
	ofTarget := map[escalation.Target][]string{
		escalation.TargetSelf: {"role", "user"}, escalation.TargetRole: {"role"}, escalation.TargetUser: {"user"},
		escalation.TargetGroup: {"group"}, escalation.TargetNewRole: {"role"}, escalation.TargetNewUser: {"user"},
		escalation.TargetPolicy: {"policy"}, escalation.TargetPermissionSet: {"PermissionSet"},
		escalation.TargetRoot: {"root-user"}, escalation.TargetBound: {"policy", "account", "root"},
	}
	for _, w := range escalation.Ways() {
		for _, r := range requirements(w) {
			var want []string
			switch r.On {
			case escalation.OnTarget:
				want = ofTarget[w.Target]
			case escalation.OnTargetPolicy:
				want = []string{"policy"}
			case escalation.OnTargetGroup:
				want = []string{"group"}
			case escalation.OnCompute:
				if len(w.Needs) == 0 {
					t.Errorf("%s: %s is on a thing, and nothing is needed", w.ID, r.Action)
					continue
				}
				_, name, _ := strings.Cut(w.Needs[0].Kind.Info().Resource, ":")
				want = []string{name}
				if w.Needs[0].Kind == compute.IdentityProvider {
					want = []string{"saml-provider", "oidc-provider"}
				}
			case escalation.OnMade, escalation.OnChosen:
				continue
			default:
				t.Errorf("%s: %s is on nothing", w.ID, r.Action)
				continue
			}
			a, _ := catalog.LookupAction(r.Action)
			if a.TakesNoResource() {
				continue
			}
			if !slices.ContainsFunc(a.ResourceTypes, func(x catalog.ActionResource) bool { return slices.Contains(want, x.Type.Name) }) {
				t.Errorf("%s: %s is not authorised on %v", w.ID, r.Action, want)
			}
		}
	}
}

func TestShapeOfEachKind(t *testing.T) {
	const sheds = escalation.ShedsInline | escalation.ShedsAttached | escalation.ShedsContent | escalation.ShedsGroup
	for _, w := range escalation.Ways() {
		passes := slices.Contains(w.Actions(), "iam:PassRole")
		carried := slices.ContainsFunc(w.Needs, func(n escalation.Need) bool { return n.Carries })
		profiled := slices.ContainsFunc(w.Needs, func(n escalation.Need) bool { return n.Kind == compute.InstanceProfile && n.Carries })
		var ok bool
		switch w.Kind {
		case escalation.SelfEdit:
			ok = !w.Gains.Has(escalation.Acts) && (w.Target == escalation.TargetSelf || w.Gains == escalation.Joins)
		case escalation.EditTarget:
			ok = w.Gains&(escalation.Acts|escalation.Grows) != 0 && w.Target != escalation.TargetSelf
		case escalation.Become:
			ok = w.Gains == escalation.Acts
		case escalation.Pass:
			ok = passes && w.Gains == escalation.Acts && w.Target == escalation.TargetRole && len(w.Services) > 0 &&
				w.Steps[0].Action == "iam:PassRole" && slices.Equal(w.Steps[0].Context[0].Values, w.Services)
		case escalation.Existing:
			ok = !passes && w.Gains == escalation.Acts && (carried || w.Closed)
		case escalation.Create:
			ok = w.Gains.Has(escalation.Acts) && w.Gains&(escalation.Grows|escalation.Joins) != 0
		case escalation.BoundaryTamper:
			ok = w.Gains == escalation.Uncaps
		case escalation.Release:
			ok = w.Gains == escalation.Releases && w.Target == escalation.TargetBound && len(w.Steps) == 1
		case escalation.SelfGrant:
			ok = w.Gains == escalation.Bypasses && w.Reach == escalation.ReachSome && len(w.Grants) > 0
		}
		if !ok || w.Gains == 0 || len(w.Actions()) == 0 || (w.Kind != escalation.Pass && len(w.Services) > 0 && !w.Closed && !profiled) {
			t.Errorf("%s does not look like %v: %+v", w.ID, w.Kind, w)
		}
		if w.Gains&sheds != 0 && w.Kind != escalation.SelfEdit && w.Kind != escalation.EditTarget {
			t.Errorf("%s sheds", w.ID)
		}
	}
}

// TestPassingActionsTakeARole holds that a way that passes a role has a step
// that takes it, and that every action that takes one is in some way.
func TestPassingActionsTakeARole(t *testing.T) {
	// The profile is passed when it is used, which the catalog knows; the
	// launch template of an Auto Scaling group likewise.
	covered := map[string]bool{}
	for _, w := range escalation.Ways() {
		if w.Kind != escalation.Pass {
			continue
		}
		taken := false
		for _, r := range requirements(w) {
			covered[r.Action] = true
			if a, ok := catalog.LookupAction(r.Action); ok && a.PassesRole() {
				taken = true
			}
		}
		if !taken {
			t.Errorf("%s passes a role that no step takes", w.ID)
		}
	}
	for _, action := range catalog.PassRoleActions() {
		if !covered[action] {
			t.Errorf("%s is in no way", action)
		}
	}
}

func TestThings(t *testing.T) {
	for _, w := range escalation.Ways() {
		for _, n := range w.Needs {
			info := n.Kind.Info()
			if info.Kind != n.Kind {
				t.Errorf("%s needs the unknown %q", w.ID, n.Kind)
			}
			if info.Resource == "" {
				continue
			}
			prefix, name, _ := strings.Cut(info.Resource, ":")
			s, ok := catalog.LookupService(prefix)
			if !ok {
				t.Errorf("%s: there is no service %s", n.Kind, prefix)
				continue
			}
			if _, ok := s.ResourceType(name); !ok {
				t.Errorf("%s: there is no resource type %s", n.Kind, info.Resource)
			}
		}
	}
	if info := compute.Kind("nosuch").Info(); info.Resource != "" || info.Terraform != nil {
		t.Errorf("%+v", info)
	}
}

func TestServices(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$`)
	for _, w := range escalation.Ways() {
		for _, s := range w.Services {
			if !shape.MatchString(s) || !escalation.SameService(s, s) {
				t.Errorf("%s: the service principal %q", w.ID, s)
			}
		}
	}
}

func TestSameService(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"lambda.amazonaws.com", "lambda.amazonaws.com", true},
		{"Lambda.amazonaws.com", "lambda.amazonaws.com", true},
		{"ec2.amazonaws.com", "ec2.amazonaws.com.cn", true},
		{"states.eu-west-1.amazonaws.com", "states.amazonaws.com", true},
		{"states.cn-north-1.amazonaws.com.cn", "states.amazonaws.com", true},
		{"logs.us-gov-east-1.amazonaws.com", "logs.amazonaws.com", true},
		{"ec2.amazonaws.com", "ecs.amazonaws.com", false},
		{"ecs-tasks.amazonaws.com", "ecs.amazonaws.com", false},
		{"pods.eks.amazonaws.com", "eks.amazonaws.com", false},
		{"emr-serverless.amazonaws.com", "amazonaws.com", false},
	}
	for _, tt := range tests {
		if got := escalation.SameService(tt.a, tt.b); got != tt.want {
			t.Errorf("SameService(%q, %q) = %v", tt.a, tt.b, got)
		}
	}
}

func TestGains(t *testing.T) {
	both := escalation.Acts | escalation.Grows
	if !both.Has(escalation.Acts) || !both.Has(both) || escalation.Acts.Has(both) {
		t.Error("Has is wrong")
	}
}

func BenchmarkWays(b *testing.B) {
	for b.Loop() {
		escalation.Ways()
	}
}
