package trail

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

func TestLimits(t *testing.T) {
	const few = 4096
	told := func(l *Log, text string) string {
		if err := l.Read(strings.NewReader(text)); err != nil {
			return err.Error()
		}
		return ""
	}
	limit.Try(t, "maxEvents", few, "more than 4096 events that concern permissions boundaries", func(_ *testing.T, n int) string {
		var text strings.Builder
		for i := range n {
			text.WriteString(recordOf(fmt.Sprint(i), at, "CreateUser", `"requestParameters":{"userName":"ann"}`))
		}
		return told(&Log{most: few, widest: maxRecord}, text.String())
	})
	limit.Try(t, "maxTold", few, "counted twice", func(t *testing.T, n int) string {
		t.Helper()
		l := &Log{told: few, room: &roomReader{}}
		for i := range n {
			if err := l.record([]byte(recordOf(fmt.Sprint(i), at, "ListRoles", `"requestParameters":null`))); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.record([]byte(recordOf(fmt.Sprint(n-1), at, "ListRoles", `"requestParameters":null`))); err != nil {
			t.Fatal(err)
		}
		if l.Records > n {
			return "counted twice"
		}
		return ""
	})
	limit.Try(t, "maxRecord", few, "more than 4096 bytes without a whole record", func(_ *testing.T, n int) string {
		record := recordOf("1", at, "CreateUser", `"requestParameters":{"userName":"ann"}`)
		wide := strings.Replace(record, "{", "{"+strings.Repeat(" ", n-len(record)), 1)
		return told(&Log{most: few, widest: few}, wide)
	})
	arn := func(text string) string {
		for name := range printedRow(text) {
			if strings.HasSuffix(name, "arn") {
				return ""
			}
		}
		return "not read"
	}
	limit.Try(t, "maxDepth", maxDepth, "not read", func(_ *testing.T, n int) string {
		return arn("{" + strings.Repeat("a={", n) + "arn=b")
	})
	limit.Try(t, "maxName", maxName, "not read", func(_ *testing.T, n int) string {
		return arn("{" + strings.Repeat("a", n) + "=b, arn=c}")
	})
}

// zeros is text without end.
type zeros struct{ left int }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), z.left)
	for i := range n {
		p[i] = '0'
	}
	z.left -= n
	return n, nil
}

// TestBomb: a small file that unpacks to a large one, of one text or of members that
// nothing reads, ends early and takes little memory.
func TestBomb(t *testing.T) {
	for name, start := range map[string]string{
		"a text":      `{"Records":[{"eventTime":"`,
		"a member":    `{"other":"`,
		"after lists": `{"Records":[],"more":{"a":"`,
	} {
		t.Run(name, func(t *testing.T) {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			if _, err := io.WriteString(w, start); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(w, &zeros{left: 1 << 26}); err != nil {
				t.Fatal(err)
			}
			w.Close()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := (&Log{}).Read(&packed)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), "without a whole record of CloudTrail") {
				t.Errorf("the error is %v", err)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 200 {
				t.Errorf("%d MiB were allocated", used)
			}
		})
	}
}

// TestHostileRecords: records that are almost as CloudTrail writes them end in an
// error or are passed over; none is taken for something else.
func TestHostileRecords(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		events int
	}{
		"no time":            {`{"Records":[{"eventSource":"iam.amazonaws.com","eventName":"CreateUser"}]}`, 0},
		"null":               {`{"Records":[null,7,"x",[]]}`, 0},
		"a quoted event":     {`{"Events":[{"CloudTrailEvent":"not json \"eventTime\" iam.amazonaws.com"}]}`, 0},
		"another's words":    {recordOf("1", at, "ListUsers", `"errorMessage":"a permissions boundary"`), 0},
		"a name with spaces": {recordOf("1", at, "CreateUser", `"requestParameters":{"userName":"a b\u001b[2J"}`), 1},
		"null parameters":    {recordOf("1", at, "CreateUser", `"requestParameters":null,"responseElements":null`), 1},
		"no id":              {recordOf("", at, "CreateUser", `"requestParameters":null`), 0},
		"deep":               {`{"Records":` + strings.Repeat("[", 20000), 0},
	} {
		t.Run(name, func(t *testing.T) {
			log := &Log{}
			err := log.Read(strings.NewReader(c.text))
			if len(log.Events) != c.events {
				t.Errorf("%d events, not %d (%v)", len(log.Events), c.events, err)
			}
		})
	}
}
