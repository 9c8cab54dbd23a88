package main

import "testing"

// TestLSPWokenAgain: a round that is woken by a change which the round before has seen
// already settles nothing anew, and does not end the session.
func TestLSPWokenAgain(t *testing.T) {
	j := &lspJudge{}
	j.init(&lspServer{changes: 1, settled: make(chan struct{}), now: &lspJudged{}})
	for range 2 {
		if !j.settle(1, &lspJudged{}) {
			t.Fatal("nothing has changed, and the round is not settled")
		}
	}
	if j.settle(2, &lspJudged{}) {
		t.Error("a round is settled of which the server does not know")
	}
}
