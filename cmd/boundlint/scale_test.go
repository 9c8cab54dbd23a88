package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"testing"
)

// TestScalePage: the definitions in docs/scale.md are JSON, and each state of the
// machine is there that another one names.
func TestScalePage(t *testing.T) {
	text := read(t, filepath.Join(repository(t), "docs", "scale.md"))
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of JSON", len(blocks))
	}
	type machine struct {
		StartAt string
		States  map[string]struct {
			Type, Next    string
			End           bool
			ItemProcessor json.RawMessage
		}
	}
	for _, block := range blocks {
		if !json.Valid([]byte(block[1])) {
			t.Errorf("not JSON: %s", block[1])
		}
	}
	var check func(data []byte)
	check = func(data []byte) {
		var m machine
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		if _, ok := m.States[m.StartAt]; !ok {
			t.Errorf("it starts at %q", m.StartAt)
		}
		for name, state := range m.States {
			if _, ok := m.States[state.Next]; !ok && !state.End || state.Type == "" {
				t.Errorf("%s leads nowhere", name)
			}
			if state.ItemProcessor != nil {
				check(state.ItemProcessor)
			}
		}
	}
	check([]byte(blocks[1][1]))
}
