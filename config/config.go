// Package config holds the one typed configuration of policycycle. It is read
// from a file, the environment and flags, each stronger than the one before,
// and is checked as a whole before anything starts.
//
// Every setting stands in settings*.go with its type, default and meaning;
// docs/configuration.md is generated from there.
package config

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Config is the effective configuration.
type Config struct {
	// Data is the folder of the private engine that `policycycle up` keeps.
	Data       string
	Database   Database
	Temporal   Temporal
	Identity   Identity
	Server     Server
	Seal       Seal
	Encryption Encryption
	Codec      Codec
	Audit      Audit
	Marking    Marking
	Calendar   Calendar
	Mail       Mail
	Webhooks   Webhooks
	Papers     Papers
	Skeleton   Skeleton
	Log        Log
	Telemetry  Telemetry
	// As is who records, as NAME@BODY, where a command does not say; may be
	// empty.
	As string
	// Timeout is how long a command waits without a sign of life.
	Timeout time.Duration

	origins map[string]Origin
}

// Database is the Postgres that holds the record.
type Database struct {
	URL DatabaseURL
	// OwnerURL is the same for whoever owns the tables; empty where that is URL.
	OwnerURL DatabaseURL
}

// Temporal is the Temporal server that keeps time.
type Temporal struct {
	Address   string // host:port
	Namespace string
	APIKey    Secret
	TLS       TLS
	// Marking is the highest marking of what Temporal's own page and list show; empty to
	// follow from where Temporal is.
	Marking string
}

// TLS is how the connection to Temporal is secured.
type TLS struct {
	Enabled    Switch
	CA         string // file with the certificates to trust, PEM
	Cert       string // file with the client's certificate, PEM
	Key        string // file with the client's key, PEM
	ServerName string // name the server's certificate must show
}

// Switch is a choice that may be left to follow from the rest.
type Switch string

// The positions of a Switch.
const (
	Auto Switch = "auto"
	On   Switch = "true"
	Off  Switch = "false"
)

// Log is how much is logged, and in which form.
type Log struct {
	Level  string // trace, debug, info, warn, error or off
	Format string // auto, console or json
}

// Telemetry is what is told to those who watch how the service is doing.
type Telemetry struct {
	OTLP string // URL of an OTLP endpoint that takes traces; empty for none
}

// SourceKind is a kind of place that a value may come from.
type SourceKind string

// The kinds of source, each stronger than the one before.
const (
	FromDefault     SourceKind = "default"
	FromFile        SourceKind = "file"
	FromEnvironment SourceKind = "environment"
	FromFlag        SourceKind = "flag"
)

// Origin says where a value comes from.
type Origin struct {
	Kind SourceKind
	// Name is the path of the file, the name of the variable or the flag.
	Name string
	// Line and Column say where in the file, from 1; 0 elsewhere.
	Line, Column int
}

// at gives the place of a node in a file.
func (o Origin) at(n *yaml.Node) Origin {
	o.Line, o.Column = n.Line, n.Column
	return o
}

func (o Origin) String() string { return strings.TrimSpace(string(o.Kind) + " " + o.Name) }

// Origin says where the value of the setting with the key comes from.
func (c *Config) Origin(key string) Origin {
	if origin, set := c.origins[key]; set {
		return origin
	}
	return Origin{Kind: FromDefault}
}

// Value is one setting in force, as people may see it.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // secrets hidden
	Source string `json:"source"` // `default`, or `file`, `environment` or `flag` with its name
}

// Effective lists every setting with its value and where that comes from.
func (c *Config) Effective() []Value {
	values := make([]Value, 0, len(settings))
	for _, s := range settings {
		values = append(values, Value{Key: s.Key, Value: s.show(c), Source: c.Origin(s.Key).String()})
	}
	return values
}

// Problem is one setting that is wrong.
type Problem struct {
	Origin   Origin
	Field    string // key of the setting, such as "temporal.address"
	Message  string // what is wrong
	Expected string // what was expected
}

func (p Problem) String() string {
	text := strings.TrimSpace(p.Field + " " + p.Message)
	if p.Expected != "" {
		text += ": expected " + p.Expected
	}
	switch p.Origin.Kind {
	case FromFile:
		return fmt.Sprintf("%s:%d:%d: %s", p.Origin.Name, p.Origin.Line, p.Origin.Column, text)
	case FromEnvironment:
		return fmt.Sprintf("in the environment, %s: %s", p.Origin.Name, text)
	case FromFlag:
		return fmt.Sprintf("flag %s: %s", p.Origin.Name, text)
	default:
		return text
	}
}

// Error lists everything that is wrong with a configuration.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	if len(lines) == 1 {
		return "the configuration is not sound: " + lines[0]
	}
	return fmt.Sprintf("the configuration is not sound: %d mistakes\n%s", len(lines), strings.Join(lines, "\n"))
}
