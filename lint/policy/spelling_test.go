package policy

import "testing"

// TestSpellings: however JSON spells a document, it is the same one.
func TestSpellings(t *testing.T) {
	for spelled, want := range map[string]string{
		`"\ud83d\ude00"`:       "\U0001F600",
		`"\uD83D\uDE00 x"`:     "\U0001F600 x",
		`"\ud83dx"`:            "\uFFFDx",
		`"\ud83d\u0061"`:       "\uFFFDa",
		`"\ud83d\ud83d\ude00"`: "\uFFFD\U0001F600",
		`"\ude00"`:             "\uFFFD",
		`"\u0061\/\t"`:         "a/\t",
		"\"a\" \n ,":           "a", // white space before a comma
		"\t\"a\"\r\n":          "a", // white space around
		`["a" , "b" ]`:         "a",
	} {
		text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Sid":` + spelled
		if text[len(text)-1] != ',' {
			text += ","
		}
		doc, _ := Parse(text+`"Resource":"*"}]}`, nil, ParseOptions{Kind: AnyPolicy})
		if spelled[0] == '[' {
			doc, _ = Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":`+spelled+`,"Resource":"*"}]}`, nil, ParseOptions{Kind: AnyPolicy})
			if len(doc.Statements) != 1 || len(doc.Statements[0].Action) != 2 {
				t.Errorf("%s: %+v", spelled, doc.Statements)
			}
			continue
		}
		if len(doc.Statements) != 1 || doc.Statements[0].Sid.String() != want {
			t.Errorf("%s: %+v, want %q", spelled, doc.Statements, want)
		}
	}
}

// TestGlobsMeetAsWordsDo compares it with all short words.
func TestGlobsMeetAsWordsDo(t *testing.T) {
	words := []string{""}
	for at := 0; len(words[at]) < 4; at++ {
		words = append(words, words[at]+"a", words[at]+"b")
	}
	patterns := []string{"", "*", "?", "a", "b", "ab", "a*", "*a", "a?", "?b", "a*b", "*a*", "??", "*?", "a**", "b?a"}
	for _, a := range patterns {
		for _, b := range patterns {
			want := false
			for _, w := range words {
				want = want || Glob(a, w) && Glob(b, w)
			}
			if got := GlobsMeet(a, b); got != want {
				t.Errorf("%q and %q: %v", a, b, got)
			}
		}
	}
}

// TestRunningStars: a star at the end of a part may run past colons, one
// inside of a part may not, and a question mark is one character of a part.
func TestRunningStars(t *testing.T) {
	for _, c := range []struct {
		pattern, arn string
		want         bool
	}{
		{"arn:aws:logs:*:111122223333:x", "arn:aws:logs:eu-west-1:999988887777:y:111122223333:x", true},
		{"arn:aws:logs:*:111122223333:x", "arn:aws:logs:eu-west-1:111122223333:x", true},
		{"arn:aws:logs:eu*1:111122223333:x", "arn:aws:logs:eu-west-1:111122223333:x", true},
		{"arn:aws:logs:eu*1:111122223333:x", "arn:aws:logs:eu:west-1:111122223333:x", false},
		{"arn:aws:logs:?:111122223333:x", "arn:aws:logs:e:111122223333:x", true},
		{"arn:aws:logs:?:111122223333:x", "arn:aws:logs:::111122223333:x", false},
		{"arn:aws:logs:*:111122223333:?", "arn:aws:logs:eu-west-1:111122223333::", true},
		{"arn:aws:logs:*:111122223333:x?z", "arn:aws:logs:eu-west-1:111122223333:x:z", true},
		{"ARN:AWS:LOGS:*:111122223333:x", "arn:aws:logs:eu-west-1:111122223333:x", true},
		{"arn:aws:logs:*:111122223333:X", "arn:aws:logs:eu-west-1:111122223333:x", false},
	} {
		if got := matchRunningStars(c.pattern, c.arn); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.arn, got)
		}
	}
}
