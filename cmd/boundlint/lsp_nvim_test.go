package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// nvimSession is what Neovim is told: start the server as its own client does, and write what
// it shows, says on hover, jumps to and offers.
const nvimSession = `
local out = {}
local root = vim.fn.getcwd()
local function wait(what, ready)
  if not vim.wait(20000, ready, 20) then
    out.failed = what
    vim.fn.writefile({vim.fn.json_encode(out)}, root .. '/out.json')
    vim.cmd('cquit 1')
  end
end
vim.cmd('edit main.tf')
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({name = 'boundlint', cmd = {vim.env.BOUNDLINT, 'lsp'}, root_dir = root})
vim.lsp.buf_attach_client(buffer, client)
wait('diagnostics', function() return #vim.diagnostic.get(buffer) > 0 end)
out.shown = {}
for _, d in ipairs(vim.diagnostic.get(buffer)) do
  table.insert(out.shown, {d.lnum, d.col, d.end_col, d.source, d.message})
end
local line = vim.diagnostic.get(buffer)[1].lnum
local at = {textDocument = {uri = vim.uri_from_bufnr(buffer)}, position = {line = line, character = 0}}
local function ask(method, params)
  local got = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  return got and got[client] and got[client].result
end
out.hover = ask('textDocument/hover', at).contents.value
local actions = ask('textDocument/codeAction', {
  textDocument = at.textDocument, range = {start = at.position, ['end'] = at.position}, context = {diagnostics = {}},
})
out.offered = {}
for _, a in ipairs(actions) do
  table.insert(out.offered, a.title)
end
vim.lsp.util.apply_workspace_edit(actions[1].edit, vim.lsp.get_client_by_id(client).offset_encoding)
wait('no diagnostics', function() return #vim.diagnostic.get(buffer) == 0 end)
out.text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
local row = vim.fn.search('aws_iam_policy.boundary.arn', 'e')
at.position = {line = row - 1, character = vim.fn.col('.') - 2}
out.led = vim.fn.fnamemodify(vim.uri_to_fname(ask('textDocument/definition', at)[1].uri), ':t')
vim.lsp.stop_client(client)
wait('the end', function() return vim.lsp.get_client_by_id(client) == nil end)
vim.fn.writefile({vim.fn.json_encode(out)}, root .. '/out.json')
vim.cmd('qall!')
`

// TestLSPNeovim is a session of a real editor, by the client that is built into it.
// BOUNDLINT_TEST_NVIM is its program.
func TestLSPNeovim(t *testing.T) {
	nvim := os.Getenv("BOUNDLINT_TEST_NVIM")
	if nvim == "" {
		t.Skip("BOUNDLINT_TEST_NVIM names no nvim")
	}
	binary := filepath.Join(t.TempDir(), "boundlint")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := workspace(t, map[string]string{"boundary.tf": fixBoundary, "main.tf": "# é🚀\n" + lspRole, "session.lua": nvimSession})
	command := exec.Command(nvim, "--headless", "--clean", "-n", "-c", "luafile session.lua")
	command.Env = append(os.Environ(), "BOUNDLINT="+binary, "HOME="+dir, "XDG_STATE_HOME="+dir)
	printed, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, printed, read(t, "out.json"))
	}
	var got struct {
		Shown   [][]any  `json:"shown"`
		Hover   string   `json:"hover"`
		Offered []string `json:"offered"`
		Text    string   `json:"text"`
		Led     string   `json:"led"`
	}
	if err := json.Unmarshal([]byte(read(t, "out.json")), &got); err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	equalJSON(t, got.Shown, [][]any{{1, 0, 29, "boundlint", "The role app-wéb-🚀 has no permissions boundary."}})
	equalJSON(t, got.Offered[:2], []string{"Fix boundary-missing", "Ignore boundary-missing here, with a reason"})
	if !strings.Contains(got.Hover, "boundary-missing") || !strings.Contains(got.Text, "permissions_boundary = aws_iam_policy.boundary.arn") || got.Led != "boundary.tf" {
		t.Errorf("%+v", got)
	}
}
