package config

import (
	"net/url"
	"regexp"
)

// hidden stands where a secret would be printed.
const hidden = "(hidden)"

// Secret is a text that is never printed: every way of formatting it gives
// "(hidden)", or "" for an empty one. Reveal is the one way to its text.
type Secret string

// Reveal gives the text itself, for the one place that uses it.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the text from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the text from JSON, YAML and logs.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// DatabaseURL is how Postgres is reached: a URL or keywords and values, as
// libpq reads them. Its password is never printed; Reveal is the one way to
// the whole text.
type DatabaseURL string

// Reveal gives the text with its password, for the one place that uses it.
func (u DatabaseURL) Reveal() string { return string(u) }

// passwordValue finds the password among keywords and values, and in the query
// of a URL.
var passwordValue = regexp.MustCompile(`(?i)((?:^|[?&\s])(?:ssl)?password\s*=\s*)('(?:\\.|[^'\\])*'|[^\s&]*)`)

// String gives the text with its password hidden.
func (u DatabaseURL) String() string {
	text := passwordValue.ReplaceAllString(string(u), "${1}"+hidden)
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme == "" {
		return withoutUserinfo(text)
	}
	if _, has := parsed.User.Password(); has {
		return withoutUserinfo(text)
	}
	return text
}

var userinfoPassword = regexp.MustCompile(`(://[^:/@\s]*):.*@`)

// withoutUserinfo also works on text that is no sound URL: a password with a
// character that should have been escaped must not show in the complaint.
func withoutUserinfo(text string) string {
	return userinfoPassword.ReplaceAllString(text, "${1}:"+hidden+"@")
}

// GoString hides the password from %#v.
func (u DatabaseURL) GoString() string { return u.String() }

// MarshalText hides the password from JSON, YAML and logs.
func (u DatabaseURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
