package main

import (
	"os/exec"
	"testing"
	"time"
)

// TestLSPParent: the session ends with the process that the editor says it is, though the input
// stays open, and goes on where there is none of that number.
func TestLSPParent(t *testing.T) {
	workspace(t, map[string]string{"main.tf": lspRole})
	parent := exec.Command("go", "help") // it waits for nobody, and is there until it is waited for
	if err := parent.Start(); err != nil {
		t.Skip(err)
	}
	pid := parent.Process.Pid
	e := startEditor(t)
	e.ask("initialize", map[string]any{"processId": pid, "capabilities": map[string]any{}}, new(any))
	select {
	case code := <-e.code:
		t.Errorf("it ends with %d before the editor", code)
	case <-time.After(lspParentPause / 5):
	}
	if err := parent.Wait(); err != nil {
		t.Error(err)
	}
	if code := e.ended(); code != exitFindings {
		t.Error(code)
	}
	for _, none := range []int{pid, -1, 0} {
		e := startEditor(t)
		e.ask("initialize", map[string]any{"processId": none, "capabilities": map[string]any{}}, new(any))
		time.Sleep(lspParentPause + lspParentPause/5)
		if code := e.quit(); code != exitClean {
			t.Errorf("%d: %d", none, code)
		}
	}
}
