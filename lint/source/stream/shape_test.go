package stream

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

// TestShape holds values to shapes.
func TestShape(t *testing.T) {
	marks := Mutual(func(self *Shape) *Shape { return Boolean.Or(ListOf(self)).Or(MapOf(self)) })
	change := ObjectOf(map[string]*Shape{
		"actions": ListOf(Name), "before": MapOf(Any).OrNull(), "index": Text.Or(Number), "marks": marks,
	}, "actions")
	for text, want := range map[string]string{
		`{"actions":["create"],"before":null,"index":3,"marks":{"a":[true,{"b":false}]},"more":[{}]}`: "",
		`{"actions":[],"before":{"x":[1]},"index":"k","marks":false}`:                                 "",
		`[]`:                          "r[3]: want an object, found a list",
		`null`:                        "r[3]: want an object, found null",
		`{}`:                          "r[3].actions: it is missing",
		`{"actions":"create"}`:        "r[3].actions: want a list, found a text",
		`{"actions":["create",""]}`:   "r[3].actions[1]: want a text that is not empty, found an empty text",
		`{"actions":["a",true]}`:      "r[3].actions[1]: want a text that is not empty, found true or false",
		`{"actions":[],"before":"x"}`: "r[3].before: want an object or null, found a text",
		`{"actions":[],"index":true}`: "r[3].index: want a text or a number, found true or false",
		`{"actions":[],"marks":{"a":[true,null]}}`:    "r[3].marks.a[1]: want true or false or a list or an object, found null",
		`{"actions":[],"Actions":["delete"]}`:         "r[3].Actions: want the name actions",
		`{"actions":[],"before":{"x":1,"x":2}}`:       "r[3].before.x: it stands twice",
		`{"actions":[],"more":{"x":[{"y":1,"y":2}]}}`: "r[3].more.x[0].y: it stands twice",
		`{"actions":3,"index":{},"before":[]}`: "r[3].actions: want a list, found a number; r[3].index: want a text or a number, found an object; " +
			"r[3].before: want an object or null, found a list",
	} {
		found, err := change.Mismatches(json.RawMessage(text), "/r/3")
		var got []string
		for _, m := range found {
			got = append(got, m.String())
		}
		if err != nil {
			got = append(got, err.Error())
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
		if err := change.Check(json.RawMessage(text), "/r/3"); (err == nil) != (want == "") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if found, err := ListOf(Text).Mismatches(json.RawMessage("["+strings.Repeat("1,", 1000)+"1]"), ""); err != nil || len(found) != maxMismatches {
		t.Errorf("%d mismatches, %v", len(found), err)
	}
}

// TestNames notes any number of names.
func TestNames(t *testing.T) {
	var s names
	for i := range 1000 {
		if !s.add(strconv.Itoa(i)) {
			t.Fatalf("%d is new", i)
		}
	}
	for i := range 1000 {
		if s.add(strconv.Itoa(i)) {
			t.Fatalf("%d is not new", i)
		}
	}
}
