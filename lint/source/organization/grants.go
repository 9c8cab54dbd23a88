package organization

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// grant is a resource-based policy.
type grant struct {
	// arn is that of the resource.
	arn  string
	file *file
	// policy is the document, where it is not the whole file.
	policy json.RawMessage
	start  int
	// shares are the RAM resource shares that the policy comes from.
	shares []string
}

// profile is an instance profile.
type profile struct {
	arn   string
	roles []string
	place account.Place
}

// policyFiles are the files of a resource that grant. The policy of a VPC endpoint is
// not among them: it limits what passes through it and grants nothing.
var policyFiles = []string{"policy.json", "key-policy.json", "resource-policy.json"}

// notResources are the folders of services in which no resource-based policies are:
// those that are read otherwise, and AWS IoT, whose policies are attached to
// certificates and things.
var notResources = []string{"iam", "sso", "ram", "iot"}

// deepest is how deep below its service a resource lies: region, type, id.
const deepest = 4

var (
	resourceShape = stream.ObjectOf(members{"arn": text})
	sharedShape   = stream.ObjectOf(members{"arn": text, "shares": texts, "policy": anyDocument})
	profileShape  = stream.ObjectOf(members{"arn": text, "roles": arnsShape})
	functionShape = stream.ObjectOf(members{"arn": text, "role": text})
)

// readGrants reads the resource-based policies of an account, what it shares by RAM,
// its instance profiles, its identity providers and its functions.
func (d *directory) readGrants(out *read) {
	services, err := d.folders(out.dir)
	out.fails(err)
	for _, service := range services {
		if !slices.Contains(notResources, service) {
			d.resources(out, path.Join(out.dir, service), deepest)
		}
	}
	d.shared(out, path.Join(out.dir, "ram"), deepest)
	d.profiles(out)
	d.readProviders(out)
	d.functions(out)
}

// resources reads the resource in a directory, or those below it.
func (d *directory) resources(out *read, dir string, depth int) {
	if over := d.options.Share.Over(); over != nil {
		out.fails(over)
		return
	}
	entries, err := d.tree.List(dir)
	if err != nil {
		out.fails(d.fault(dir, err))
		return
	}
	var m struct {
		ARN string `json:"arn"`
	}
	for _, e := range entries {
		switch at := path.Join(dir, e.Name()); {
		case depth > 0 && !strings.HasPrefix(e.Name(), ".") && d.tree.IsDir(at):
			d.resources(out, at, depth-1)
		case slices.Contains(policyFiles, e.Name()):
			if _, err := d.decode(path.Join(dir, "metadata.json"), resourceShape, &m); err != nil {
				out.fails(err)
				continue
			}
			f, err := d.read(at, anyDocument)
			out.fails(err)
			if f == nil {
				continue
			}
			arn := m.ARN
			if arn == "" && path.Base(path.Dir(dir)) == "s3" {
				arn = "arn:" + out.partition + ":s3:::" + path.Base(dir) // names of buckets are lower case
			}
			if arn == "" {
				out.odd = append(out.odd, strings.TrimPrefix(at, out.dir+"/")+" does not tell the ARN of its resource")
				continue
			}
			out.grants = append(out.grants, grant{arn: arn, file: f})
		}
	}
}

// shared reads what an account shares by AWS RAM: the policies that the shares put on
// its resources.
func (d *directory) shared(out *read, dir string, depth int) {
	entries, err := d.tree.List(dir)
	if err != nil {
		return // most accounts share nothing
	}
	for _, e := range entries {
		at := path.Join(dir, e.Name())
		if depth > 0 && d.tree.IsDir(at) {
			d.shared(out, at, depth-1)
			continue
		}
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		var m struct {
			ARN    string   `json:"arn"`
			Shares []string `json:"shares"`
		}
		f, err := d.decode(at, sharedShape, &m)
		out.fails(err)
		if f == nil || m.ARN == "" {
			continue
		}
		g := grant{arn: m.ARN, file: f, shares: m.Shares}
		if g.shares == nil {
			g.shares = []string{}
		}
		each(f.raw, func(name string, value json.RawMessage, at int) {
			if name == "policy" && isObject(value) {
				g.policy, g.start = value, at
			}
		})
		out.grants = append(out.grants, g)
	}
}

func (d *directory) profiles(out *read) {
	dir := path.Join(out.dir, "iam", "instance-profile")
	names, err := d.folders(dir)
	out.fails(err)
	for _, name := range names {
		var m struct {
			ARN   string   `json:"arn"`
			Roles []string `json:"roles"`
		}
		f, err := d.decode(path.Join(dir, name, "metadata.json"), profileShape, &m)
		out.fails(err)
		if f != nil && strings.Contains(m.ARN, ":instance-profile/") {
			out.profiles = append(out.profiles, profile{m.ARN, m.Roles, account.Place{File: f.path}})
		}
	}
}

// give adds to a model what was read of an account besides its users, groups, roles
// and policies.
func (d *directory) give(m *iam.Model, r *read) error {
	provider := r.id
	for _, g := range r.grants {
		raw, place := g.file.text(), g.file.whole()
		switch {
		case g.shares == nil:
		case g.policy == nil:
			continue
		default:
			raw, place.Start = quoted(g.policy), g.file.position(g.start)
		}
		doc, err := account.Document(raw, policy.ResourcePolicy, "Policy", g.arn, func(string) account.Place { return place },
			d.account(r.dir))
		if err != nil {
			return err
		}
		service, resource := protected(g.arn)
		m.ResourcePolicies = append(m.ResourcePolicies, &iam.ResourcePolicy{
			Address: g.arn, Provider: provider, Type: resourceType(service, g.shares), Service: service,
			Resource: policy.Literal(resource), Document: doc,
		})
	}
	for i := range r.providers {
		m.IdentityProviders = append(m.IdentityProviders, r.providers[i].declared(provider))
	}
	for i := range r.functions {
		m.Compute = append(m.Compute, r.functions[i].compute(provider))
	}
	for _, p := range r.profiles {
		name := p.arn[strings.LastIndexByte(p.arn, '/')+1:]
		_, rest, _ := strings.Cut(p.arn, ":instance-profile/")
		own := "/" + strings.TrimSuffix(rest, name)
		at := p.place.Location(p.arn, "")
		value := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: s != "", Location: at} }
		for _, role := range p.roles {
			m.Profiles = append(m.Profiles, &iam.InstanceProfile{
				Declared: iam.Declared{Address: p.arn, Provider: provider, Location: at}, Name: value(name), Path: value(own),
				ARN: policy.Literal(p.arn), Role: value(role),
			})
		}
	}
	return nil
}

// protected is the service whose actions the policy of a resource speaks of, and the
// resource that they name: the ARN of the resource itself but for APIs of API Gateway
// and domains of OpenSearch (Service Authorization Reference).
func protected(arn string) (service, resource string) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return "", arn
	}
	service = parts[2]
	switch service {
	case "kafka":
		return "kafka-cluster", arn
	case "es":
		return service, arn + "/*"
	case "apigateway":
		if _, id, ok := strings.Cut(parts[5], "/restapis/"); ok {
			return "execute-api", "arn:" + parts[1] + ":execute-api:" + parts[3] + ":" + parts[4] + ":" + id + "/*"
		}
	}
	return service, arn
}

// resourceTypes are the types of the AWS provider by services, for messages.
var resourceTypes = map[string]string{
	"s3": "aws_s3_bucket_policy", "kms": "aws_kms_key", "sqs": "aws_sqs_queue", "sns": "aws_sns_topic", "lambda": "aws_lambda_permission",
	"secretsmanager": "aws_secretsmanager_secret", "ecr": "aws_ecr_repository_policy", "elasticfilesystem": "aws_efs_file_system_policy",
	"backup": "aws_backup_vault_policy", "es": "aws_opensearch_domain", "execute-api": "aws_api_gateway_rest_api",
	"events": "aws_cloudwatch_event_bus_policy", "dynamodb": "aws_dynamodb_resource_policy", "kinesis": "aws_kinesis_resource_policy",
	"kafka-cluster": "aws_msk_cluster_policy", "ses": "aws_ses_identity_policy", "glue": "aws_glue_resource_policy",
	"acm-pca": "aws_acmpca_policy", "glacier": "aws_glacier_vault",
}

func resourceType(service string, shares []string) string {
	if shares != nil {
		return "aws_ram_resource_share"
	}
	return resourceTypes[service]
}
