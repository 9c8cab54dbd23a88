// Package trail reads CloudTrail's records of what was done with IAM, as far as
// it concerns permissions boundaries: who put, deleted or edited one, who made an
// entity, who changed whom a role trusts, and whom a boundary refused something.
package trail

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"hash/maphash"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/unpack"
)

// Log is what several files of a trail say together.
type Log struct {
	// Events are those that matter, by time, each once.
	Events []*Event
	// Records counts the records read, each once; From and To are the times of the
	// earliest and the latest, zero where there is none.
	Records  int
	From, To time.Time

	seen map[string]bool
	// counted are the ids of records, as their hashes; found counts what was a record,
	// and entries what might have been one, of the file that is read.
	counted        map[uint64]struct{}
	found, entries int
	// room is what may be read until the next record ends.
	room *roomReader
	// most bounds Events, widest a record, told the records that are told apart.
	most, widest, told int
	// from and to are From and To as records spell them.
	from, to string
}

// maxEvents bounds the events that are kept: a hundred thousand changes of
// boundaries and refusals are more than a person reads.
const maxEvents = 100000

// maxRecord bounds a record, in bytes, and what stands between two of them: CloudTrail
// itself cuts what is larger than 1 MiB (CloudTrail User Guide, quotas), and a line of
// lookup-events holds it as a text.
const maxRecord = 1 << 24

// maxTold bounds the records of which it is told whether they are repeated, some 100
// MiB of them. Further ones count as often as they come; events do not.
const maxTold = 1 << 22

var seed = maphash.MakeSeed()

// roomReader reads so much and no more until it is given room again.
type roomReader struct {
	in          io.Reader
	left, whole int
}

// Read reads as the input does, and fails where there is no room left.
func (r *roomReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, stream.Errorf("it has more than %d bytes without a whole record of CloudTrail", r.whole)
	}
	n, err := r.in.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

func (r *roomReader) clear() { r.left = r.whole }

// Read adds the records of one file to the log: what CloudTrail delivers to a
// bucket ({"Records": [...]}), what aws cloudtrail lookup-events prints, events of
// EventBridge, records one after the other (JSON lines), or a table that a query of
// Athena or CloudTrail Lake has written (CSV), compressed with gzip or Zstandard or
// not. The error is a *stream.Error where the content is at fault; what comes before
// it is kept.
func (l *Log) Read(r io.Reader) error {
	defer l.sort()
	// It is read as a stream: what bounds it is a record, and the time of the run.
	in, err := unpack.Open(r, math.MaxInt64-1)
	if err != nil {
		return err
	}
	defer in.Close()
	return l.read(in.Reader)
}

var errNoTrail = stream.Errorf("it has no records of CloudTrail: expected a file that CloudTrail delivers, what aws cloudtrail " +
	"lookup-events prints, or a table of Athena")

// sniffed is how much of the start is looked at to say whether it is JSON, or a table.
const sniffed = 4096

func (l *Log) read(in *bufio.Reader) error {
	mark, _ := in.Peek(4)
	in = unpack.Text(in, mark)
	if l.most == 0 {
		l.most, l.widest = maxEvents, maxRecord
	}
	if l.told == 0 {
		l.told = maxTold
	}
	start, err := in.Peek(sniffed)
	if IsTable(start) {
		return l.table(in)
	}
	if start = bytes.TrimSpace(start); len(start) == 0 || start[0] != '{' && start[0] != '[' {
		if err == nil || errors.Is(err, io.EOF) {
			err = errNoTrail
		}
		return err
	}
	l.room = &roomReader{in, l.widest, l.widest}
	l.found, l.entries = 0, 0
	lists := 0
	reader := stream.NewReader(l.room)
	for reader.Kind() != 0 {
		list, err := l.value(reader)
		if err != nil {
			return err
		}
		if list {
			lists++
		}
	}
	if err := reader.End(); err != nil {
		return err
	}
	if l.found == 0 && (lists == 0 || l.entries > 0) {
		return errNoTrail
	}
	return nil
}

// value reads a list of records, or a record; list tells that it is a list, which
// may be empty.
func (l *Log) value(r *stream.Reader) (list bool, err error) {
	switch r.Kind() {
	case '[':
		return true, r.Array(func() error { return l.raw(r) })
	case '{':
	default:
		return false, errNoTrail
	}
	held := stream.Fields{}
	err = r.Object(func(name string) error {
		switch {
		case (name == "Records" || name == "Events") && r.Kind() == '[':
			list = true
			return r.Array(func() error { return l.raw(r) })
		case len(held) >= maxMembers:
			return r.Skip()
		}
		raw, err := r.Raw()
		held[name] = bytes.Clone(raw)
		return err
	})
	if err != nil || list {
		return list, err
	}
	return false, l.record(joined(held))
}

// maxMembers is more than a record has.
const maxMembers = 100

// joined is an object of its members.
func joined(held stream.Fields) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range slices.Sorted(maps.Keys(held)) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name) // a string always can be
		b.Write(key)
		b.WriteByte(':')
		b.Write(held[name])
	}
	b.WriteByte('}')
	return b.Bytes()
}

func (l *Log) raw(r *stream.Reader) error {
	raw, err := r.Raw()
	if err != nil {
		return err
	}
	return l.record(raw)
}

// What a record has that matters; other records, nearly all, are not decoded.
var (
	ofIAM        = []byte(`"iam.amazonaws.com"`)
	ofSets       = []byte(`PermissionsBoundary`) // calls of Identity Center, by their names
	refused      = []byte(`ermissions boundary`)
	wrapped      = []byte(`"CloudTrailEvent"`)
	detail       = []byte(`"detail"`)
	timeMember   = []byte(`"eventTime"`)
	idMember     = []byte(`"eventID"`)
	sourceMember = []byte(`"eventSource"`)
)

// record takes one record, or what wraps one.
func (l *Log) record(raw []byte) error {
	if bytes.Contains(raw, wrapped) || bytes.Contains(raw, detail) {
		var w struct {
			CloudTrailEvent string          `json:"CloudTrailEvent"`
			Detail          json.RawMessage `json:"detail"`
		}
		if err := json.Unmarshal(raw, &w); err == nil && (w.CloudTrailEvent != "" || bytes.HasPrefix(w.Detail, []byte("{"))) {
			raw = []byte(w.CloudTrailEvent)
			if len(raw) == 0 {
				raw = w.Detail
			}
		}
	}
	l.entries++
	// What CloudTrail writes has all three; notifications of S3 have no id.
	id := memberIn(raw, idMember)
	if id == "" || !bytes.Contains(raw, timeMember) || !bytes.Contains(raw, sourceMember) {
		return nil
	}
	return l.keep(id, memberIn(raw, timeMember), func() (*Event, error) {
		if !bytes.Contains(raw, ofIAM) && !bytes.Contains(raw, refused) && !bytes.Contains(raw, ofSets) {
			return nil, nil
		}
		return decode(raw)
	})
}

// keep counts a record of a time, and keeps its event where that matters.
func (l *Log) keep(id, at string, decode func() (*Event, error)) error {
	l.found++
	l.room.clear()
	l.count(id)
	if len(at) == len("2026-01-02T03:04:05Z") {
		l.note(at)
	}
	e, err := decode()
	if err != nil || e == nil || l.seen[e.ID] {
		return err
	}
	if len(l.Events) >= l.most {
		return stream.Errorf("the trail has more than %d events that concern permissions boundaries: audit a shorter time", l.most)
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[e.ID] = true
	l.Events = append(l.Events, e)
	return nil
}

// count counts a record that was not read before.
func (l *Log) count(id string) {
	hash := maphash.String(seed, id)
	if _, known := l.counted[hash]; known {
		return
	}
	l.Records++
	if l.counted == nil {
		l.counted = map[uint64]struct{}{}
	}
	if len(l.counted) < l.told {
		l.counted[hash] = struct{}{}
	}
}

// memberIn is the text of a member of a record as it is spelled, "" where it is not one.
func memberIn(raw, name []byte) string {
	for rest := raw; ; {
		_, after, found := bytes.Cut(rest, name)
		if !found {
			return ""
		}
		rest = after
		after, colon := bytes.CutPrefix(bytes.TrimLeft(after, " \t\r\n"), []byte(":"))
		if after = bytes.TrimLeft(after, " \t\r\n"); !colon || len(after) == 0 || after[0] != '"' {
			continue
		}
		if value, _, found := bytes.Cut(after[1:], []byte(`"`)); found {
			return string(value)
		}
	}
}

// note widens the time that the log is about.
func (l *Log) note(at string) {
	if l.from == "" || at < l.from {
		l.from, l.From = at, parseTime(at)
	}
	if at > l.to {
		l.to, l.To = at, parseTime(at)
	}
}

func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// sort puts the events into their order. Records have whole seconds: of one second,
// versions are in the order of their numbers, and all else as in the files.
func (l *Log) sort() {
	slices.SortStableFunc(l.Events, func(a, b *Event) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(VersionNumber(a.Version), VersionNumber(b.Version)))
	})
}

// VersionNumber is the number of a version of a policy, 9 of "v9"; 0 of what is none.
func VersionNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, "v"))
	if err != nil {
		return 0
	}
	return n
}
