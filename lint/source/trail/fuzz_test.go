package trail

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// told fails a test where an error is not one line about the content.
func told(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if _, ok := errors.AsType[*stream.Error](err); !ok || strings.ContainsAny(err.Error(), "\r\n") {
		t.Fatalf("an error of another kind: %q", err)
	}
}

// readTwice reads a text twice into one log: what is read again adds nothing. Events are
// in the order of time, and of a kind.
func readTwice(t *testing.T, text string) {
	t.Helper()
	l := &Log{most: 1000, widest: 1 << 16}
	err := l.Read(strings.NewReader(text))
	told(t, err)
	events, records := len(l.Events), l.Records
	again := l.Read(strings.NewReader(text))
	told(t, again)
	if len(l.Events) != events || l.Records != records || fmt.Sprint(err) != fmt.Sprint(again) {
		t.Fatalf("%d events of %d records, then %d of %d\n%v\n%v", events, records, len(l.Events), l.Records, err, again)
	}
	if !slices.IsSortedFunc(l.Events, func(a, b *Event) int { return a.Time.Compare(b.Time) }) {
		t.Fatal("events are not in the order of time")
	}
	for _, e := range l.Events {
		if e.Kind == "" || e.ID == "" || e.Kind != Refused && e.ErrorCode != "" {
			t.Fatalf("%+v", e)
		}
	}
}

// FuzzEdits: whatever stands in records that CloudTrail delivers, that aws cloudtrail
// lookup-events prints, or that Athena answers.
func FuzzEdits(f *testing.F) {
	texts := []string{
		rowsOf(athena, aRow("CreateRole", "requestparameters", `{"roleName":"app-x","assumeRolePolicyDocument":"{ }"}`),
			aRow("CreatePolicyVersion", "eventid", "2", "requestparameters", `{"policyArn":"a","policyDocument":"{ }","setAsDefault":true}`,
				"responseelements", `{"policyVersion":{"versionId":"v3","isDefaultVersion":true}}`)),
		ofIdentityCenter(recordOf("1", at, "PutPermissionsBoundaryToPermissionSet",
			`"requestParameters":{"permissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-2","permissionsBoundary":{"customerManagedPolicyReference":{"name":"app","path":"/"}}}`)),
	}
	names, err := filepath.Glob("../../../fixtures/audit/account/trail/*.json")
	if err != nil || len(names) == 0 {
		f.Fatal("no trail", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	sourcetest.Seeds(func(edits []byte) {
		for which := range texts {
			f.Add(byte(which), edits)
		}
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) <= sourcetest.MaxEdits {
			readTwice(t, sourcetest.Edit(texts[int(which)%len(texts)], edits))
		}
	})
}

// FuzzRead: whatever bytes come in.
func FuzzRead(f *testing.F) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, `{"Records":[]}`)
	w.Close()
	for _, text := range []string{
		"", "{", `{"Records":[]}`, packed.String(), "\xFF\xFE{\x00}\x00", "\xEF\xBB\xBF" + athena + "\n", `{"detail":{"eventID":"1"}}`,
		recordOf("1", at, "DeletePolicy", `"requestParameters":{"policyArn":"a"}`), "eventname,eventtime\n\"", "{a={b=c, d=}, =}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if sourcetest.TooLong(len(text)) {
			return
		}
		readTwice(t, string(text))
		for name, value := range printedRow(string(text)) {
			if value == "null" || strings.ContainsAny(value, "}") {
				t.Fatalf("%s is %q", name, value)
			}
		}
	})
}
