package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestParquetTerminal: bytes that are no text are refused where a person would see
// them, and files beside it are written as ever.
func TestParquetTerminal(t *testing.T) {
	workspace(t, map[string]string{"plan.json": badPlan})
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	defer terminal.Close()
	env := func(string) (string, bool) { return "", false }
	var said bytes.Buffer
	if code := run([]string{"plan.json", "--format", "parquet"}, strings.NewReader(""), terminal, &said, env); code != exitFailure ||
		!strings.Contains(said.String(), "parquet is not for a terminal; write it to a file, --format parquet=FILE") {
		t.Errorf("%d %s", code, said.String())
	}
	said.Reset()
	if code := run([]string{"plan.json", "--format", "parquet=out.parquet"}, strings.NewReader(""), terminal, &said, env); code != exitFindings {
		t.Errorf("%d %s", code, said.String())
	}
}
