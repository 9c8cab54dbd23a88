package trail

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// record is a record as CloudTrail delivers it (CloudTrail User Guide, log file
// examples).
func recordOf(id, at, name, rest string) string {
	return fmt.Sprintf(`{"eventVersion":"1.10","userIdentity":{"type":"AssumedRole","principalId":"AROA:ci","arn":"arn:aws:sts::111122223333:assumed-role/ci/build-7",`+
		`"accountId":"111122223333","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/teams/ci","userName":"ci"}}},`+
		`"eventTime":%q,"eventSource":"iam.amazonaws.com","eventName":%q,"awsRegion":"us-east-1","sourceIPAddress":"203.0.113.7","eventID":%q,`+
		`"recipientAccountId":"111122223333","eventType":"AwsApiCall",%s}`, at, name, id, rest)
}

const at = "2026-11-03T10:00:12Z"

func TestEvents(t *testing.T) {
	const boundary = "arn:aws:iam::111122223333:policy/app-boundary"
	for name, c := range map[string]struct{ record, want string }{
		"a role without a boundary": {
			recordOf("1", at, "CreateRole", `"requestParameters":{"roleName":"app-x","assumeRolePolicyDocument":"{}"},"responseElements":{"role":{}}`),
			"created role app-x [] {} by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a user with one": {
			recordOf("1", at, "CreateUser", `"requestParameters":{"userName":"ann","permissionsBoundary":"`+boundary+`"},"responseElements":null`),
			"created user ann [" + boundary + "]  by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a boundary is put": {
			recordOf("1", at, "PutRolePermissionsBoundary", `"requestParameters":{"roleName":"app-x","permissionsBoundary":"`+boundary+`"},"responseElements":null`),
			"boundary-put role app-x [" + boundary + "]  by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"and removed": {
			recordOf("1", at, "DeleteUserPermissionsBoundary", `"requestParameters":{"userName":"ann"},"responseElements":null`),
			"boundary-deleted user ann []  by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a policy": {
			recordOf("1", at, "CreatePolicy", `"requestParameters":{"policyName":"app-boundary","policyDocument":"{}"},"responseElements":{"policy":{"arn":"`+boundary+`","defaultVersionId":"v1"}}`),
			"policy-created " + boundary + " v1 {} true by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a version": {
			recordOf("1", at, "CreatePolicyVersion", `"requestParameters":{"policyArn":"`+boundary+`","policyDocument":"{ }","setAsDefault":true},"responseElements":{"policyVersion":{"versionId":"v3","isDefaultVersion":true}}`),
			"version-created " + boundary + " v3 { } true by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a version that waits": {
			recordOf("1", at, "CreatePolicyVersion", `"requestParameters":{"policyArn":"`+boundary+`","policyDocument":"{ }"},"responseElements":{"policyVersion":{"versionId":"v3","isDefaultVersion":false}}`),
			"version-created " + boundary + " v3 { } false by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a default": {
			recordOf("1", at, "SetDefaultPolicyVersion", `"requestParameters":{"policyArn":"`+boundary+`","versionId":"v2"},"responseElements":null`),
			"default-set " + boundary + " v2  true by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a role that someone may assume": {
			recordOf("1", at, "CreateRole", `"requestParameters":{"roleName":"app-x","assumeRolePolicyDocument":"{ }"},"responseElements":{"role":{}}`),
			"created role app-x [] { } by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a trust policy": {
			recordOf("1", at, "UpdateAssumeRolePolicy", `"requestParameters":{"roleName":"app-x","policyDocument":"{ }"},"responseElements":null`),
			"trust-put role app-x [] { } by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"a boundary of a permission set": {
			ofIdentityCenter(recordOf("1", at, "PutPermissionsBoundaryToPermissionSet", `"requestParameters":{"instanceArn":"arn:aws:sso:::instance/ssoins-1","permissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-2","permissionsBoundary":{"managedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}},"responseElements":null`)),
			"boundary-put permissionSet ps-2 [arn:aws:iam::aws:policy/ReadOnlyAccess]  by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"one that each account has its own of": {
			ofIdentityCenter(recordOf("1", at, "PutPermissionsBoundaryToPermissionSet", `"requestParameters":{"permissionSetArn":"arn:aws-us-gov:sso:::permissionSet/ssoins-1/ps-2","permissionsBoundary":{"customerManagedPolicyReference":{"name":"app","path":"/team/"}}}`)),
			"boundary-put permissionSet ps-2 [arn:aws-us-gov:iam::111122223333:policy/team/app]  by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"and removed from it": {
			ofIdentityCenter(recordOf("1", at, "DeletePermissionsBoundaryFromPermissionSet", `"requestParameters":{"permissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-2"},"responseElements":null`)),
			"boundary-deleted permissionSet ps-2 []  by arn:aws:iam::111122223333:role/teams/ci as build-7",
		},
		"another policy of a role": {
			recordOf("1", at, "PutRolePolicy", `"requestParameters":{"roleName":"app-x","policyName":"all","policyDocument":"{}"},"responseElements":null`), "",
		},
		"IAM has no such call": {
			recordOf("1", at, "PutPermissionsBoundaryToPermissionSet", `"requestParameters":{"permissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-2"}`), "",
		},
		"a call that failed":     {recordOf("1", at, "CreateRole", `"errorCode":"EntityAlreadyExistsException","errorMessage":"Role with name app-x already exists.","requestParameters":null`), ""},
		"refused by a policy":    {recordOf("1", at, "CreateRole", `"errorCode":"AccessDenied","errorMessage":"User: a is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/x because no identity-based policy allows the iam:CreateRole action"`), ""},
		"a call of another kind": {recordOf("1", at, "ListRoles", `"requestParameters":null,"responseElements":null`), ""},
		"another service":        {strings.Replace(recordOf("1", at, "CreateUser", `"requestParameters":{"userName":["a permissions boundary"]}`), "iam.amazonaws", "cognito-idp.amazonaws", 1), ""},
		"the boundary does not allow": {
			strings.Replace(recordOf("1", at, "PutObject", `"errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::111122223333:assumed-role/ci/build-7 is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::b/k\" because no permissions boundary allows the s3:PutObject action","requestParameters":{"bucketName":"b","policyDocument":{}}`), "iam.amazonaws", "s3.amazonaws", 1),
			"refused s3:PutObject arn:aws:s3:::b/k by arn:aws:iam::111122223333:role/teams/ci as build-7: no permissions boundary allows",
		},
		"a key with spaces": {
			strings.Replace(recordOf("1", at, "PutObject", `"errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::111122223333:assumed-role/ci/build-7 is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::b/a b  c\" because no permissions boundary allows the s3:PutObject action"`), "iam.amazonaws", "s3.amazonaws", 1),
			"refused s3:PutObject arn:aws:s3:::b/a b  c by arn:aws:iam::111122223333:role/teams/ci as build-7: no permissions boundary allows",
		},
		"the boundary denies": {
			recordOf("1", at, "CreateRole", `"errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::111122223333:assumed-role/ci/build-7 is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111122223333:role/x with an explicit deny in a permissions boundary"`),
			"refused iam:CreateRole arn:aws:iam::111122223333:role/x by arn:aws:iam::111122223333:role/teams/ci as build-7: an explicit deny in a permissions boundary",
		},
	} {
		t.Run(name, func(t *testing.T) {
			log := &Log{}
			if err := log.Read(strings.NewReader(c.record)); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, e := range log.Events {
				got += e.text()
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// ofIdentityCenter makes a record one of IAM Identity Center.
func ofIdentityCenter(record string) string {
	return strings.Replace(record, "iam.amazonaws", "sso.amazonaws", 1)
}

// text is an event for tests.
func (e *Event) text() string {
	what := ""
	switch e.Kind {
	case Created, BoundaryPut, BoundaryRemoved, TrustPut:
		what = fmt.Sprintf("%s %s [%s] %s", e.EntityKind, e.Entity, e.Boundary, e.Document)
	case PolicyCreated, VersionCreated, DefaultSet, VersionDeleted, PolicyDeleted:
		what = fmt.Sprintf("%s %s %s %v", e.Policy, e.Version, e.Document, e.InForce)
	case Refused:
		return fmt.Sprintf("%s %s %s by %s as %s: %s", e.Kind, e.Action, e.Resource, e.Actor, e.Session, e.By)
	}
	return fmt.Sprintf("%s %s by %s as %s", e.Kind, what, e.Actor, e.Session)
}

// TestForms: the same record in every form, repeated ones once, in the order of
// time whatever the order of files.
func TestForms(t *testing.T) {
	one := recordOf("1", at, "CreateUser", `"requestParameters":{"userName":"ann"}`)
	two := recordOf("2", "2026-11-01T00:00:00Z", "CreateUser", `"requestParameters":{"userName":"bob"}`)
	other := `{"eventID":"3","eventTime":"2026-10-30T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject"}`
	quoted, _ := json.Marshal(one)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprintf(w, `{"Records":[%s,%s]}`, one, two)
	w.Close()
	for name, text := range map[string]string{
		"delivered": `{"Records":[` + one + "," + two + "," + other + `]}`,
		"looked up": `{"Events":[{"EventId":"1","EventTime":1762164012.0,"CloudTrailEvent":` + string(quoted) + `}]}` + two,
		"by EventBridge": `{"version":"0","detail-type":"AWS API Call via CloudTrail","source":"aws.iam","detail":` + one + `}` + "\n" +
			`{"detail":` + two + `}`,
		"lines":      one + "\n" + two + "\n" + other + "\n",
		"a list":     "[" + one + "," + two + "]",
		"with a BOM": "\xEF\xBB\xBF" + one + two,
		"packed":     packed.String(),
	} {
		t.Run(name, func(t *testing.T) {
			log := &Log{}
			for range 2 {
				if err := log.Read(strings.NewReader(text)); err != nil {
					t.Fatal(err)
				}
			}
			if len(log.Events) != 2 || log.Events[0].Entity != "bob" || log.Events[1].Entity != "ann" || log.To.Format("2006-01-02T15:04:05Z") != at {
				t.Errorf("%d events of %d records, to %v", len(log.Events), log.Records, log.To)
			}
		})
	}
	empty := &Log{}
	if err := empty.Read(strings.NewReader(`{"Records":[]}`)); err != nil || !empty.From.IsZero() {
		t.Error(err, empty.From)
	}
}

// TestRecordsOnce: a record counts once, in however many files it is, and what has not
// what every record of CloudTrail has is none.
func TestRecordsOnce(t *testing.T) {
	log := &Log{told: 3}
	one := recordOf("1", at, "ListRoles", `"requestParameters":null`)
	for _, text := range []string{one, `{"Records":[` + one + "," + recordOf("2", at, "CreateUser", `"requestParameters":{"userName":"eventID"}`) + `]}`, one} {
		if err := log.Read(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	if log.Records != 2 || len(log.Events) != 1 {
		t.Errorf("%d records, %d events", log.Records, len(log.Events))
	}
	for _, id := range []string{"3", "4", "4"} {
		if err := log.Read(strings.NewReader(recordOf(id, at, "ListRoles", `"requestParameters":null`))); err != nil {
			t.Fatal(err)
		}
	}
	if log.Records != 5 { // the last is not told apart any more
		t.Errorf("%d records", log.Records)
	}
	for _, member := range []string{"eventID", "eventTime", "eventSource"} {
		err := log.Read(strings.NewReader(`{"Records":[` + strings.Replace(one, member, "other", 1) + `]}`))
		if err == nil || !strings.Contains(err.Error(), "it has no records") {
			t.Errorf("without %s: the error is %v", member, err)
		}
	}
}

// TestOneSecond: events of one second are in the order of the numbers of versions, then
// as the files have them.
func TestOneSecond(t *testing.T) {
	log := &Log{}
	for i, version := range []string{"v10", "v9", "v2"} {
		text := recordOf(fmt.Sprint(3-i), at, "SetDefaultPolicyVersion", `"requestParameters":{"policyArn":"a","versionId":"`+version+`"}`)
		if err := log.Read(strings.NewReader(text + recordOf(fmt.Sprint(9-i), at, "CreateUser", `"requestParameters":{"userName":"u`+version+`"}`))); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, e := range log.Events {
		got = append(got, e.Version+e.Entity)
	}
	if strings.Join(got, " ") != "uv10 uv9 uv2 v2 v9 v10" {
		t.Error(got)
	}
}

func TestFaults(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, `{"Records":[`+recordOf("1", at, "CreateUser", `"requestParameters":{"userName":"ann"}`)+`]}`)
	w.Close()
	for name, c := range map[string]struct{ text, want string }{
		"nothing":      {"", "it has no records"},
		"another file": {`{"Version":"2012-10-17","Statement":[]}`, "it has no records"},
		"text":         {"hello", "it has no records"},
		"cut off":      {`{"Records":[` + recordOf("1", at, "CreateUser", `"requestParameters":{}`), "ends"},
		"packed, cut":  {packed.String()[:packed.Len()-20], "it is compressed, and"},
		"packed, torn": {packed.String()[:packed.Len()-6] + "abcdef", "it is compressed, and"},
		"mistyped set": {ofIdentityCenter(recordOf("1", at, "DeletePermissionsBoundaryFromPermissionSet", `"requestParameters":{"permissionSetArn":[]}`)), "not as CloudTrail writes them"},
		"mistyped":     {recordOf("1", at, "CreateUser", `"requestParameters":{"userName":7}`), "not as CloudTrail writes them"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := (&Log{}).Read(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"Records":[`)
	for i := range 20000 {
		if i > 0 {
			text.WriteString(",")
		}
		record := recordOf(fmt.Sprint(i), at, "GetObject", `"requestParameters":{"bucketName":"data","key":"a/b/c"},"responseElements":null`)
		if i%100 > 0 {
			record = strings.Replace(record, "iam.amazonaws", "s3.amazonaws", 1)
		}
		text.WriteString(record)
	}
	text.WriteString("]}")
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if err := (&Log{}).Read(strings.NewReader(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}
