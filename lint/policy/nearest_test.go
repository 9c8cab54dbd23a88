package policy

import "testing"

// TestNearest: what somebody most likely meant differs in at most a third of the
// letters, where two that changed places count as one.
func TestNearest(t *testing.T) {
	known := []string{"Sid", "Effect", "Action", "Resource", "Condition", "NotAction"}
	for word, want := range map[string]string{
		"effect": "Effect", "Efect": "Effect", "Effeect": "Effect", "Effekt": "Effect", "Actions": "Action",
		"iSd": "Sid", "Sdi": "Sid", "Soda": "", "Sod": "Sid", "Sed": "Sid", "Dis": "",
		"Not": "", "NoAction": "NotAction", "Ressources": "Resource", "Statement": "", "": "",
		"Acxion": "Action", "cAxion": "Action", "cAxoin": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
	if got := NearestWithin("Sid", []string{"Dis", "Sod"}, 1); got != "Sod" {
		t.Errorf("got %q", got)
	}
	if got := NearestWithin("Sid", []string{"Sad", "Sod"}, 0); got != "" {
		t.Errorf("got %q", got)
	}
}
