package trail

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// columns are those of a table of events that are needed, as Amazon Athena and
// CloudTrail Lake name them (Athena User Guide, query AWS CloudTrail logs; CloudTrail
// User Guide, supported SQL schemas for event data stores). Without what says whether a
// call failed, one that did would be taken for a change.
var columns = []string{
	"eventid", "eventtime", "eventsource", "eventname", "useridentity", "requestparameters", "responseelements", "errorcode", "errormessage",
	"recipientaccountid",
}

// IsTable reports whether a text begins with the names of columns of events. The
// download of the console's event history, which names them in words of their own, is
// one, too: what it lacks is for its reader to say.
func IsTable(start []byte) bool {
	line, _, _ := bytes.Cut(start, []byte("\n"))
	names := namesOf(strings.Split(string(line), ","))
	return len(names) > 1 && slices.Contains(names, "eventname") && slices.Contains(names, "eventtime")
}

// namesOf are the names of columns in lower case, without quotes and blanks.
func namesOf(header []string) []string {
	out := make([]string, 0, len(header))
	for _, name := range header {
		out = append(out, strings.ToLower(strings.NewReplacer(" ", "", `"`, "", "\r", "", "_", "").Replace(name)))
	}
	return out
}

// table reads rows of events, as a query of Athena or CloudTrail Lake writes them to a
// file of comma-separated values (RFC 4180).
func (l *Log) table(in io.Reader) error {
	l.room = &roomReader{in, l.widest, l.widest}
	rows := csv.NewReader(l.room)
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		return ofRow(err)
	}
	names := namesOf(header)
	var missing []string
	for _, name := range columns {
		if !slices.Contains(names, name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return stream.Errorf("it is a table of events without %s: select these columns, too, or take the JSON of the events",
			strings.Join(missing, ", "))
	}
	at := map[string]int{}
	for i, name := range names {
		if _, known := at[name]; known {
			return stream.Errorf("it is a table of events that has the column %s twice", name)
		}
		at[name] = i
	}
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return ofRow(err)
		}
		row := func(name string) string {
			if i, ok := at[name]; ok {
				return fields[i]
			}
			return ""
		}
		if err := l.row(row); err != nil {
			line, _ := rows.FieldPos(0)
			return &stream.Error{Problem: fmt.Sprintf("the row in line %d: %s", line, problemOf(err)), Err: err}
		}
	}
}

// ofRow is what is wrong with a table, in words of a reader of events.
func ofRow(err error) error {
	if fault, ok := errors.AsType[*csv.ParseError](err); ok {
		return &stream.Error{Problem: fmt.Sprintf("it is not a table of comma-separated values: line %d: %s", fault.Line, fault.Err), Err: err}
	}
	return err
}

// problemOf is an error without the words around it.
func problemOf(err error) string {
	if told, ok := errors.AsType[*stream.Error](err); ok {
		return told.Problem
	}
	return err.Error()
}

// row takes one row, by the names of its columns.
func (l *Log) row(row func(column string) string) error {
	at := timeOf(row("eventtime"))
	if row("eventid") == "" || at.IsZero() {
		return stream.Errorf("it has no id, or no time such as 2026-01-31T10:00:12Z")
	}
	r := record{
		EventID: row("eventid"), SharedEventID: row("sharedeventid"), EventTime: at.Format(time.RFC3339), EventName: row("eventname"),
		EventSource: row("eventsource"), RecipientAccountID: row("recipientaccountid"), SourceIPAddress: row("sourceipaddress"),
		ErrorCode: row("errorcode"), ErrorMessage: row("errormessage"),
	}
	return l.keep(r.EventID, r.EventTime, func() (*Event, error) {
		service, _, _ := strings.Cut(r.EventSource, ".")
		if _, matters := kinds[service][r.EventName]; !matters && r.ErrorCode == "" {
			return nil, nil
		}
		var err error
		if r.UserIdentity, err = identityOf(row("useridentity")); err != nil {
			return nil, err
		}
		if r.ErrorCode != "" {
			return r.event()
		}
		if r.RequestParameters, err = objectOf("requestparameters", row("requestparameters")); err != nil {
			return nil, err
		}
		if r.ResponseElements, err = objectOf("responseelements", row("responseelements")); err != nil {
			return nil, err
		}
		return r.event()
	})
}

// timeOf is the time of an event as Athena has it, a text out of the record, or as
// CloudTrail Lake has it, a timestamp of SQL; zero for another one.
func timeOf(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04:05 UTC"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Truncate(time.Second)
		}
	}
	return time.Time{}
}

// objectOf is a column that holds JSON, nil for none. CloudTrail Lake has maps in these
// columns, and prints {a=b, c=d}: what a caller has written into b cannot be told from a
// further entry.
func objectOf(column, text string) (json.RawMessage, error) {
	if text = strings.TrimSpace(text); text == "" || text == "null" {
		return nil, nil
	}
	if !json.Valid([]byte(text)) {
		return nil, stream.Errorf("%s is not JSON: of CloudTrail Lake select json_format(CAST(%s AS JSON)) AS %s", column, column, column)
	}
	return json.RawMessage(text), nil
}

// identityOf is who made a call: JSON, or a row as Athena and CloudTrail Lake print it.
func identityOf(text string) (identity, error) {
	var out identity
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return out, nil
	case json.Valid([]byte(text)):
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			return out, &stream.Error{Problem: "useridentity is not as CloudTrail writes it", Err: err}
		}
		return out, nil
	case text[0] != '{':
		return out, stream.Errorf("useridentity is neither JSON nor a row such as {type=IAMUser, arn=...}")
	}
	fields := printedRow(text)
	out.Type, out.ARN, out.AccountID = fields["type"], fields["arn"], fields["accountid"]
	out.InvokedBy, out.PrincipalID = fields["invokedby"], fields["principalid"]
	out.SessionContext.SessionIssuer.ARN = fields["sessioncontext.sessionissuer.arn"]
	return out, nil
}

// printedRow takes a row of SQL apart that has been printed as {a=b, c={d=e}}: the
// fields by their names, those of inner rows behind the names of these (c.d), without
// what is null. Of two with the same name the first counts: what a caller can choose, the
// claims of a token, comes after all that is read.
func printedRow(text string) map[string]string {
	out := map[string]string{}
	var within []string
	for text != "" {
		switch text[0] {
		case '}':
			if len(within) > 0 {
				within = within[:len(within)-1]
			}
			text = text[1:]
			continue
		case '{', ',', ' ':
			text = text[1:]
			continue
		}
		name, value, ok := strings.Cut(text, "=")
		if !ok || len(within) > maxDepth || len(name) > maxName {
			return out
		}
		if strings.HasPrefix(value, "{") {
			within, text = append(within, name), value[1:]
			continue
		}
		end := 0
		for end < len(value) && value[end] != '}' && !strings.HasPrefix(value[end:], ", ") {
			end++
		}
		path := strings.Join(append(slices.Clone(within), name), ".")
		if _, known := out[path]; !known && value[:end] != "null" {
			out[path] = value[:end]
		}
		text = value[end:]
	}
	return out
}

// maxDepth bounds the rows within a printed row, maxName the bytes of a name in it: an
// identity has three of them, and names of fields and claims.
const maxDepth, maxName = 8, 256
