package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEditorsPage: what the page shows of JSON is JSON, all of it starts the program with flags
// that there are, and Neovim takes what is in Lua. Each recipe names the command.
func TestEditorsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(repository(t), "docs/editors.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	seen := map[string]int{}
	for _, m := range blocks {
		language, text := m[1], m[2]
		seen[language]++
		switch language {
		case "json":
			if !json.Valid([]byte(text)) {
				t.Errorf("it is not JSON: %s", text)
			}
			continue
		case "elisp":
			if strings.Count(text, "(") != strings.Count(text, ")") {
				t.Errorf("its brackets do not close: %s", text)
			}
		case "lua":
			checkLua(t, text)
		}
		if !regexp.MustCompile(`boundlint["'].*["']lsp["']|(?s)command = "boundlint"\nargs = \["lsp"\]`).MatchString(text) {
			t.Errorf("it does not start boundlint lsp: %s", text)
		}
	}
	for _, language := range []string{"json", "elisp", "lua", "toml", "js"} {
		if seen[language] == 0 {
			t.Errorf("there is no recipe in %s", language)
		}
	}
	p := &program{}
	for _, flag := range regexp.MustCompile("`--([a-z-]+)`").FindAllStringSubmatch(string(page), -1) {
		if !hasFlag(p.lspCommand(), flag[1]) && flag[1] != "fix" {
			t.Errorf("boundlint lsp has no --%s", flag[1])
		}
	}
}

// checkLua has Neovim run a configuration, if there is one; versions before 0.11 get what they
// lack of its client.
func checkLua(t *testing.T, text string) {
	t.Helper()
	nvim := os.Getenv("BOUNDLINT_TEST_NVIM")
	if nvim == "" {
		return
	}
	file := filepath.Join(t.TempDir(), "init.lua")
	text = "vim.lsp.config = vim.lsp.config or {}\nvim.lsp.enable = vim.lsp.enable or function(name) assert(vim.lsp.config[name].cmd[1]) end\n" + text
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(nvim, "--headless", "--clean", "-c", "luafile "+file, "-c", "qall!").CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v %s\n%s", err, out, text)
	}
}
