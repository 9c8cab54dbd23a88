package steampipe

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// The columns are those of the tables of the AWS plugin
// (https://hub.steampipe.io/plugins/turbot/aws/tables/aws_iam_role and the others).
const (
	role = `{"account_id":"111122223333","akas":["arn:aws:iam::111122223333:role/app/r"],"arn":"arn:aws:iam::111122223333:role/app/r",
		"assume_role_policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]},
		"attached_policy_arns":["arn:aws:iam::111122223333:policy/p"],"inline_policies":[{"PolicyName":"q","PolicyDocument":{"Version":"2012-10-17",
		"Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}}],"instance_profile_arns":["arn:aws:iam::111122223333:instance-profile/r"],
		"name":"r","path":"/app/","permissions_boundary_arn":"arn:aws:iam::111122223333:policy/p","tags":{"team":"a"}}`
	user = `{"arn":"arn:aws:iam::111122223333:user/u","name":"u","permissions_boundary_arn":null,"inline_policies":null,"attached_policy_arns":null,
		"groups":[{"GroupName":"g","Arn":"arn:aws:iam::111122223333:group/g"}]}`
	group  = `{"arn":"arn:aws:iam::111122223333:group/g","name":"g","inline_policies":null,"attached_policy_arns":["arn:aws:iam::aws:policy/ReadOnlyAccess"]}`
	policy = `{"arn":"arn:aws:iam::111122223333:policy/p","name":"p","is_aws_managed":false,"policy":{"Version":"2012-10-17",
		"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}}`
)

func TestRead(t *testing.T) {
	all := role + "," + user + "," + group + "," + policy
	for name, src := range map[string]string{
		"a list":       "[" + all + "]",
		"since 1.0":    `{"columns":[{"name":"arn","data_type":"text"}],"rows":[` + all + `],"metadata":{"duration_ms":1}}`,
		"of an answer": "[" + strings.Replace(all, `[{"GroupName":"g","Arn":"arn:aws:iam::111122223333:group/g"}]`, `{"Groups":[{"GroupName":"g"}]}`, 1) + "]",
		"two queries":  "[" + role + "," + user + "]\n[" + group + "," + policy + "]",
	} {
		if !IsRows([]byte(src)) {
			t.Errorf("%s: it is not recognised", name)
		}
		models, err := Read(stream.NewReader(strings.NewReader(src)), account.Options{Path: "rows.json"})
		if err != nil || len(models) != 1 {
			t.Fatalf("%s: %d models, %v", name, len(models), err)
		}
		m := models[0]
		if !m.Input.Complete || len(m.Entities) != 2 || len(m.Groups) != 1 || len(m.Policies) != 1 || len(m.Inline) != 1 || len(m.Attachments) != 2 ||
			len(m.Memberships) != 1 || len(m.Profiles) != 1 || m.Policies[0].OlderKnown {
			t.Errorf("%s: %+v", name, m)
		}
		if e := m.Entities[0]; e.Boundary.String() != "arn:aws:iam::111122223333:policy/p" || e.Path.String() != "/app/" || e.Trust.Document == nil {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestReadFaults: rows that say too little are refused and not guessed.
func TestReadFaults(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"no boundary":    {"[" + strings.Replace(role, `"permissions_boundary_arn":"arn:aws:iam::111122223333:policy/p",`, "", 1) + "]", "[0] has no column permissions_boundary_arn: query select * from aws_iam_role"},
		"no documents":   {`[{"arn":"arn:aws:iam::111122223333:policy/p","name":"p"}]`, "has no column policy: query select * from aws_iam_policy"},
		"another table":  {`[{"arn":"arn:aws:s3:::bucket","name":"b"}]`, "other tables of Steampipe are not read"},
		"no arn":         {`[{"name":"r","path":"/"}]`, "[0].arn: it is missing"},
		"a text in time": {`[{"arn":"arn:aws:iam::111122223333:policy/p","policy":1}]`, "[0].policy: want a text or an object or null, found a number"},
		"nothing":        {`{"columns":[],"rows":[]}`, "has no rows"},
		"rows of rows":   {`{"columns":[],"rows":{}}`, "rows: want a list, found an object"},
		"a number":       {`[1]`, "want an object, found a number"},
		"cut off":        {"[" + role + ",", "the JSON is cut off"},
		"account":        {"[" + strings.ReplaceAll(policy, "111122223333:policy/p", "policy/p") + "]", "other tables"},
	} {
		_, err := Read(stream.NewReader(strings.NewReader(c.src)), account.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
