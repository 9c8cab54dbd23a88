package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"text/template"
)

// told are the inputs of which the prose tells.
var told = map[string]row{"beside": besidePlan, "directory": besideDirectory, "stages": timed}

//go:embed performance.md.tmpl
var pageTemplate string

// page measures what the template asks for, in its order, and returns the page.
func (b *bench) page(ctx context.Context) ([]byte, error) {
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	return b.fill(map[string]func() (string, error){
		"machine":   func() (string, error) { return machine(), nil },
		"beside":    func() (string, error) { return b.beside(ctx, besidePlan, false) },
		"directory": func() (string, error) { return b.beside(ctx, besideDirectory, true) },
		"stages":    func() (string, error) { return b.stages(ctx, timed) },
		"deciding":  func() (string, error) { return b.goBenchmarks(ctx) },
	}, func(t table) (string, error) { return b.measured(ctx, t) })
}

// fill fills the template with what functions measure, and with the tables of inputs.
func (b *bench) fill(parts map[string]func() (string, error), measured func(table) (string, error)) ([]byte, error) {
	for _, t := range tables {
		parts[t.name] = func() (string, error) { return measured(t) }
	}
	page, err := template.New("page").Funcs(template.FuncMap{"measure": func(name string) (string, error) {
		part := parts[name]
		switch {
		case part == nil:
			return "", fmt.Errorf("nothing measures %s", name)
		case !b.only.MatchString(name):
			return "(not measured)", nil
		}
		return part()
	}, "input": func(name string) string { return told[name].what }}).Parse(pageTemplate)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

var modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)

// machine says on what it was measured.
func machine() string {
	processor := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := modelName.FindSubmatch(info); m != nil {
			processor = strings.TrimSpace(string(m[1]))
		}
	}
	return fmt.Sprintf("%d cores of %s, %s, %s", runtime.NumCPU(), processor, runtime.GOOS, strings.Replace(runtime.Version(), "go", "Go ", 1))
}
