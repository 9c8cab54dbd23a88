package trail

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// athena is the header of a query of all columns of the table that the Athena User Guide
// has for CloudTrail (query AWS CloudTrail logs).
const athena = `"eventversion","useridentity","eventtime","eventsource","eventname","awsregion","sourceipaddress","useragent","errorcode","errormessage",` +
	`"requestparameters","responseelements","additionaleventdata","requestid","eventid","resources","eventtype","apiversion","readonly",` +
	`"recipientaccountid","serviceeventdetails","sharedeventid","vpcendpointid"`

// printed is the identity of a session as Athena prints the row.
const printed = `{type=AssumedRole, principalid=AROA:build-7, arn=arn:aws:sts::111122223333:assumed-role/ci/build-7, accountid=111122223333, ` +
	`invokedby=null, accesskeyid=null, username=null, sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-11-03T09:55:00Z}, ` +
	`sessionissuer={type=Role, principalid=AROA, arn=arn:aws:iam::111122223333:role/teams/ci, accountid=111122223333, username=ci}, ` +
	`ec2roledelivery=null, webidfederationdata={federatedprovider=null, attributes=null}}}`

// rowsOf is a table of comma-separated values.
func rowsOf(header string, rows ...map[string]string) string {
	names, _ := csv.NewReader(strings.NewReader(header)).Read()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		fields := make([]string, len(names))
		for i, name := range names {
			fields[i] = row[strings.ToLower(name)]
		}
		_ = w.Write(fields) // a buffer takes all
	}
	w.Flush()
	return header + "\n" + b.String()
}

// aRow is a row of Athena, whose columns are those of the record and a few others.
func aRow(name string, more ...string) map[string]string {
	row := map[string]string{
		"eventversion": "1.10", "eventid": "1", "eventtime": at, "eventsource": "iam.amazonaws.com", "eventname": name, "useridentity": printed,
		"recipientaccountid": "111122223333", "sourceipaddress": "203.0.113.7",
	}
	for i := 0; i+1 < len(more); i += 2 {
		row[more[i]] = more[i+1]
	}
	return row
}

// TestTable: events of Athena and of CloudTrail Lake say what their records do (Athena
// User Guide, query AWS CloudTrail logs; CloudTrail User Guide, supported SQL schemas for
// event data stores).
func TestTable(t *testing.T) {
	const by = " by arn:aws:iam::111122223333:role/teams/ci as build-7"
	quoted, err := json.Marshal(`{"policyVersion":{}}`)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"a role": {
			rowsOf(athena, aRow("CreateRole", "requestparameters", `{"roleName":"app-x","assumeRolePolicyDocument":"{ }"}`, "responseelements", `{"role":{}}`)),
			"created role app-x [] { }" + by,
		},
		"a version": {
			rowsOf(athena, aRow("CreatePolicyVersion", "requestparameters", `{"policyArn":"a","policyDocument":"{ }","setAsDefault":true}`,
				"responseelements", `{"policyVersion":{"versionId":"v3","isDefaultVersion":true}}`)),
			"version-created a v3 { } true" + by,
		},
		"a version, by CloudTrail Lake": {
			rowsOf(`eventID,eventTime,eventSource,eventName,userIdentity,requestParameters,responseElements,errorCode,errorMessage,recipientAccountId`,
				aRow("CreatePolicyVersion", "eventtime", "2026-11-03 10:00:12.000", "requestparameters", `{"policyArn":"a","policyDocument":"{ }","setAsDefault":"true"}`,
					"responseelements", `{"policyVersion":"{\"versionId\":\"v3\",\"isDefaultVersion\":\"true\"}"}`)),
			"version-created a v3 { } true" + by,
		},
		"an identity in JSON": {
			rowsOf(athena, aRow("CreateUser", "requestparameters", `{"userName":"ann"}`, "useridentity",
				`{"type":"IAMUser","principalid":"AIDA","arn":"arn:aws:iam::111122223333:user/carol","accountid":"111122223333"}`)),
			"created user ann []  by arn:aws:iam::111122223333:user/carol as ",
		},
		"a service": {
			rowsOf(athena, aRow("CreateUser", "requestparameters", `{"userName":"ann"}`, "useridentity",
				`{type=AWSService, principalid=null, arn=null, accountid=null, invokedby=sso.amazonaws.com, accesskeyid=null, username=null, sessioncontext=null}`)),
			"created user ann []  by sso.amazonaws.com as ",
		},
		"refused": {
			rowsOf(athena, aRow("PutObject", "eventsource", "s3.amazonaws.com", "errorcode", "AccessDenied", "requestparameters", "{a=b}", "errormessage",
				`User: x is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" because no permissions boundary allows the s3:PutObject action`)),
			"refused s3:PutObject arn:aws:s3:::b/k" + by + ": no permissions boundary allows",
		},
		"failed":                      {rowsOf(athena, aRow("CreateUser", "errorcode", "EntityAlreadyExistsException", "errormessage", "it exists")), ""},
		"of no matter, and malformed": {rowsOf(athena, aRow("ListRoles", "requestparameters", "{a=b}", "useridentity", "?")), ""},
		"nothing":                     {athena + "\n", ""},
		"with a BOM":                  {"\xEF\xBB\xBF" + rowsOf(athena, aRow("CreateUser", "requestparameters", `{"userName":"ann"}`)), "created user ann [] " + by},
		"with carriage returns":       {strings.ReplaceAll(rowsOf(athena, aRow("CreateUser", "requestparameters", `{"userName":"ann"}`)), "\n", "\r\n"), "created user ann [] " + by},
		"in several lines":            {rowsOf(athena, aRow("CreateUser", "requestparameters", "{\"userName\":\n\"ann\"}")), "created user ann [] " + by},
		// What a token claims is printed behind all that is read: what comes first counts.
		"a forged claim": {
			rowsOf(athena, aRow("CreateUser", "requestparameters", `{"userName":"ann"}`, "useridentity",
				strings.Replace(printed, "attributes=null", "attributes={sub=x, arn=arn:aws:iam::111122223333:user/other}, sessionissuer={arn=y}", 1))),
			"created user ann [] " + by,
		},
		"a forged request": {
			rowsOf(athena, aRow("CreateRole", "requestparameters", `{"roleName":"a","description":"b\", \"permissionsBoundary\":\"c"}`)),
			"created role a [] " + by,
		},
		"a text of a text": {rowsOf(athena, aRow("CreatePolicyVersion", "requestparameters", `{"policyArn":"a","policyDocument":`+string(quoted)+`}`)), `version-created a  {"policyVersion":{}} false` + by},
	} {
		t.Run(name, func(t *testing.T) {
			log := &Log{}
			for range 2 { // twice is once
				if err := log.Read(strings.NewReader(c.text)); err != nil {
					t.Fatal(err)
				}
			}
			got := ""
			for _, e := range log.Events {
				got += e.text()
			}
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if records := strings.Count(c.text, "1.10") + strings.Count(c.text, ".000"); log.Records != min(records, 1) || records > 0 && log.To.Format("2006-01-02T15:04:05Z") != at {
				t.Errorf("%d records, to %v", log.Records, log.To)
			}
		})
	}
}

// TestTablePacked: a table is told by its content when it is compressed, too, and the
// same event in another form counts once.
func TestTablePacked(t *testing.T) {
	var packed bytes.Buffer
	w, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, rowsOf(athena, aRow("CreateUser", "requestparameters", `{"userName":"ann"}`)))
	w.Close()
	log := &Log{}
	for _, text := range []string{packed.String(), recordOf("1", at, "CreateUser", `"requestParameters":{"userName":"ann"}`)} {
		if err := log.Read(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	if len(log.Events) != 1 || log.Records != 1 {
		t.Errorf("%d events of %d records", len(log.Events), log.Records)
	}
}

// TestTableFaults: a table that does not say what is needed is refused, and nothing of it
// is guessed.
func TestTableFaults(t *testing.T) {
	good := aRow("CreateUser", "requestparameters", `{"userName":"ann"}`)
	for name, c := range map[string]struct{ text, want string }{
		"a column less":     {rowsOf(strings.Replace(athena, `,"errorcode"`, "", 1), good), "it is a table of events without errorcode: select these columns"},
		"the console's":     {"Event name,Event time,User name,Event source,Resource type,Resource name\nCreateUser,2026-11-03T10:00:12Z,carol,iam.amazonaws.com,,\n", "without eventid, useridentity, requestparameters"},
		"a column twice":    {rowsOf(athena+`,"EventName"`, good), "it is a table of events that has the column eventname twice"},
		"a map":             {rowsOf(athena, aRow("CreateUser", "requestparameters", `{userName=ann}`)), "the row in line 2: requestparameters is not JSON: of CloudTrail Lake select json_format(CAST("},
		"a map of answers":  {rowsOf(athena, aRow("CreatePolicy", "requestparameters", `{}`, "responseelements", "{policy={arn=a}}")), "line 2: responseelements is not JSON"},
		"no identity":       {rowsOf(athena, aRow("CreateUser", "useridentity", "carol")), "line 2: useridentity is neither JSON nor a row"},
		"another identity":  {rowsOf(athena, aRow("CreateUser", "useridentity", `["carol"]`)), "line 2: useridentity is not as CloudTrail writes it"},
		"mistyped":          {rowsOf(athena, aRow("CreateUser", "requestparameters", `{"userName":7}`)), "line 2: a record is not as CloudTrail writes them"},
		"not an object":     {rowsOf(athena, aRow("CreateUser", "requestparameters", `[]`)), "line 2: a record is not as CloudTrail writes them"},
		"no id":             {rowsOf(athena, aRow("CreateUser", "eventid", "")), "line 2: it has no id, or no time"},
		"no time":           {rowsOf(athena, good, aRow("CreateUser", "eventtime", "yesterday")), "line 3: it has no id, or no time"},
		"a field less":      {rowsOf(athena, good) + "\"1.10\"\n", "line 3: wrong number of fields"},
		"a quote":           {rowsOf(athena, good) + "\"1.10\"\"\n", "it is not a table of comma-separated values: line"},
		"cut off":           {strings.TrimSuffix(rowsOf(athena, good), ",,203.0.113.7,,\n")[:len(athena)+60], "it is not a table of comma-separated values: line"},
		"semicolons":        {strings.ReplaceAll(rowsOf(athena, good), ",", ";"), "it has no records"},
		"without a header":  {strings.TrimPrefix(rowsOf(athena, good), athena+"\n"), "it has no records"},
		"a header of texts": {"see eventname, and eventtime\n", "it has no records"},
	} {
		t.Run(name, func(t *testing.T) {
			err := (&Log{}).Read(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// TestTableWide: one row without end, and an identity that is made to be taken apart
// slowly, end early.
func TestTableWide(t *testing.T) {
	const few = 1 << 16
	for name, text := range map[string]string{
		"a field":     athena + "\n\"" + strings.Repeat("x", 2*few),
		"a header":    `eventname,eventtime,` + strings.Repeat("x,", few),
		"empty lines": athena + "\n" + strings.Repeat("\n", 2*few),
	} {
		if err := (&Log{most: 1, widest: few}).Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "more than 65536 bytes without a whole record") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	const many = 1 << 20
	for name, text := range map[string]string{
		"fields":     "{" + strings.Repeat("a=b, ", many),
		"ends":       "{" + strings.Repeat("a=b}", many),
		"rows":       strings.Repeat("{a=", many),
		"a name":     "{" + strings.Repeat("a", many) + "={" + strings.Repeat("b=c, ", many),
		"no equals":  "{" + strings.Repeat("a, ", many),
		"only marks": strings.Repeat("{,} ", many),
	} {
		if got := printedRow(text); len(got) > 1 {
			t.Errorf("%s: %d fields", name, len(got))
		}
	}
}
