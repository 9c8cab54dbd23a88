package organization

import (
	"path"
	"strings"

	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
)

// function is a Lambda function with the role that it runs with.
type function struct {
	arn, role string
	tags      map[string]string
	place     account.Place
}

// functions reads the Lambda functions of an account: lambda/REGION/function/NAME.
func (d *directory) functions(out *read) {
	regions, err := d.folders(path.Join(out.dir, "lambda"))
	out.fails(err)
	for _, region := range regions {
		dir := path.Join(out.dir, "lambda", region, "function")
		names, err := d.folders(dir)
		out.fails(err)
		for _, name := range names {
			if over := d.options.Share.Over(); over != nil {
				out.fails(over)
				return
			}
			d.function(out, path.Join(dir, name))
		}
	}
}

func (d *directory) function(out *read, dir string) {
	var m struct {
		ARN  string `json:"arn"`
		Role string `json:"role"`
	}
	at := path.Join(dir, "metadata.json")
	f, err := d.decode(at, functionShape, &m)
	out.fails(err)
	if f == nil || m.Role == "" {
		return // what runs with no role takes nobody further
	}
	if !strings.HasPrefix(m.ARN, "arn:"+out.partition+":lambda:") || !strings.Contains(m.ARN, ":"+out.id+":function:") {
		out.odd = append(out.odd, strings.TrimPrefix(at, out.dir+"/")+" does not tell the ARN of a function of the account")
		return
	}
	one := function{arn: m.ARN, role: m.Role, place: account.Place{File: f.path}}
	_, err = d.decode(path.Join(dir, "tags.json"), tagsShape, &one.tags)
	out.fails(err)
	out.functions = append(out.functions, one)
}

// compute is a function as models have it.
func (f *function) compute(provider string) *iam.Compute {
	tags := map[string]policy.Text{}
	for key, value := range f.tags {
		tags[key] = policy.Literal(value)
	}
	return &iam.Compute{
		Address: f.arn, Provider: provider, Kind: compute.Function, Type: "aws_lambda_function", ARN: policy.Literal(f.arn),
		Tags: iam.Tags{Values: iam.SortedTags(tags)},
		Role: &iam.Value{Text: policy.Literal(f.role), Set: true, Location: f.place.Location(f.arn, "")},
	}
}
