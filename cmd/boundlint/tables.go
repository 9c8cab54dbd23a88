package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/results"
)

// tables are the outputs that are written report by report, so that no two reports
// have to fit into memory. They grow in a temporary directory and go to their
// places in the end: a report that cannot be read leaves no part of a table.
type tables struct {
	stdout io.Writer
	dir    string
	list   []openTable
}

type openTable struct {
	output
	file *os.File
	rows results.Writer
}

// takeTables takes the tables out of the outputs.
func (o *outputs) takeTables() (*tables, error) {
	t := &tables{stdout: o.stdout}
	var others []output
	for _, out := range o.list {
		if !report.IsTable(out.name) {
			others = append(others, out)
			continue
		}
		if err := t.begin(out, o.options); err != nil {
			t.remove()
			return nil, fmt.Errorf("write %s: %w", out.name, reason(err))
		}
	}
	o.list = others
	return t, nil
}

func (t *tables) begin(out output, options report.Options) (err error) {
	if t.dir == "" {
		if t.dir, err = scratch.Dir(); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(t.dir, out.name))
	if err != nil {
		return err
	}
	rows, ok := report.OpenTable(out.name, file, options)
	if !ok {
		return errors.Join(fmt.Errorf("%s is not a table", out.name), file.Close())
	}
	t.list = append(t.list, openTable{out, file, rows})
	return nil
}

// add adds the rows of a report.
func (t *tables) add(r *lint.Report) error {
	for _, table := range t.list {
		if err := table.rows.Add(r); err != nil {
			return fmt.Errorf("write %s: %w", table.name, reason(err))
		}
	}
	return nil
}

// finish ends the tables and puts them in their places, files first.
func (t *tables) finish() error {
	for _, table := range t.list {
		err := table.rows.Close()
		if err == nil {
			_, err = table.file.Seek(0, io.SeekStart)
		}
		if err == nil && table.output.file != "" {
			err = replaceFrom(table.output.file, table.file, 0)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", table.name, reason(err))
		}
	}
	for _, table := range t.list {
		if table.output.file != "" {
			continue
		}
		if _, err := io.Copy(t.stdout, table.file); err != nil {
			return fmt.Errorf("write %s to standard output: %w", table.name, reason(err))
		}
	}
	return nil
}

// remove removes the temporary directory.
func (t *tables) remove() {
	for _, table := range t.list {
		_ = table.file.Close()
	}
	if t.dir != "" {
		scratch.Remove(t.dir)
	}
}
