package config

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Setting describes one setting: where it may be given and what it means.
type Setting struct {
	Key     string   // path in the file, such as "temporal.address"
	Env     []string // variables, the strongest first
	Flag    string   // without the dashes; empty for none
	Default string
	Meaning string
	// Expected is what a value looks like, for the documentation and for
	// errors.
	Expected string

	value
}

// value is how a setting gets into the configuration, and is shown.
type value struct {
	read func(*Config, string) error // the error says what is wrong
	show func(*Config) string        // with secrets hidden
}

// by is a value that read makes of a text. What it is when read fails is shown, too.
func by[T any](at func(*Config) *T, read func(string) (T, error)) value {
	return value{
		read: func(c *Config, v string) (err error) {
			*at(c), err = read(v)
			return err
		},
		show: func(c *Config) string { return fmt.Sprint(*at(c)) },
	}
}

// text is a value that is a text, and passes the checks.
func text[T ~string](at func(*Config) *T, checks ...func(string) error) value {
	return by(at, func(v string) (T, error) {
		for _, check := range checks {
			if err := check(v); err != nil {
				return T(v), err
			}
		}
		return T(v), nil
	})
}

// length is a value that is a length of time, of at least so much.
func length(at func(*Config) *time.Duration, least time.Duration) value {
	return by(at, func(v string) (time.Duration, error) {
		length, err := time.ParseDuration(v)
		if err == nil && length < least {
			err = errors.New("less than is needed")
		}
		return length, saying(err, "is not a usable length of time")
	})
}

// Settings lists every setting there is.
func Settings() []Setting { return slices.Clone(settings) }

// settings are all settings, in the order in which people read them.
var settings = slices.Concat(engineSettings, identitySettings, evidenceSettings, mailSettings, webhookSettings, commandSettings)

// engineSettings say where the record and the engine are.
var engineSettings = []Setting{
	{
		Key: "data", Env: []string{"POLICYCYCLE_DATA"}, Flag: "data",
		Meaning:  "Folder of the private engine: `up` keeps it there, the other commands look for it there. Left out, it is the user's data folder, such as ~/.local/share/policycycle.",
		Expected: "a folder",
		value:    by(func(c *Config) *string { return &c.Data }, filepath.Abs),
	},
	{
		Key: "database.url", Env: []string{"POLICYCYCLE_DATABASE_URL", "DATABASE_URL"}, Flag: "database-url",
		Meaning:  "Existing Postgres that holds the record. Goes together with temporal.address; without both, commands look for a running `up`.",
		Expected: "a Postgres URL such as postgres://user:password@host:5432/policycycle",
		value:    text(func(c *Config) *DatabaseURL { return &c.Database.URL }, checkDatabase),
	},
	{
		Key: "database.owner_url", Env: []string{"POLICYCYCLE_DATABASE_OWNER_URL"},
		Meaning:  "The same Postgres for whoever owns the tables; `migrate` alone uses it. Left out, database.url. There is no flag, because other users of a machine can read flags.",
		Expected: "a Postgres URL such as postgres://owner:password@host:5432/policycycle",
		value:    text(func(c *Config) *DatabaseURL { return &c.Database.OwnerURL }, checkDatabase),
	},
	{
		Key: "temporal.address", Env: []string{"POLICYCYCLE_TEMPORAL_ADDRESS", "TEMPORAL_ADDRESS"}, Flag: "temporal-address",
		Meaning:  "Existing Temporal server. Goes together with database.url.",
		Expected: "host:port such as temporal.example.eu:7233",
		value:    text(func(c *Config) *string { return &c.Temporal.Address }, checkAddress),
	},
	{
		Key: "temporal.namespace", Env: []string{"POLICYCYCLE_TEMPORAL_NAMESPACE", "TEMPORAL_NAMESPACE"}, Flag: "temporal-namespace", Default: "default",
		Meaning:  "Namespace on the existing Temporal server.",
		Expected: "a name of letters, digits, dots, hyphens and underscores",
		value:    text(func(c *Config) *string { return &c.Temporal.Namespace }, checkName),
	},
	{
		Key: "temporal.marking", Env: []string{"POLICYCYCLE_TEMPORAL_MARKING"},
		Meaning: "Highest marking of what Temporal's own page, list and `state` show of a run, never above marking.ceiling. PUBLIC is its cycle, its stage, the keys of what is open and whether it is a rehearsal; " +
			"LIMITE is titles, and in the list whose turn it is, until when and whether that has passed, which stand there in the clear whatever encryption.keys says. Of `state` it bounds the titles alone: where things stand it tells whoever may ask a run. Left out, PUBLIC; with the private engine of `up`, marking.ceiling.",
		Expected: "PUBLIC or LIMITE",
		value:    by(func(c *Config) *string { return &c.Temporal.Marking }, readMarking),
	},
	{
		Key: "temporal.api_key", Env: []string{"POLICYCYCLE_TEMPORAL_API_KEY", "TEMPORAL_API_KEY"},
		Meaning:  "API key for the existing Temporal server. There is no flag, because other users of a machine can read flags.",
		Expected: "the key",
		value:    text(func(c *Config) *Secret { return &c.Temporal.APIKey }),
	},
	{
		Key: "temporal.tls.enabled", Env: []string{"POLICYCYCLE_TEMPORAL_TLS_ENABLED", "TEMPORAL_TLS"}, Flag: "temporal-tls", Default: string(Auto),
		Meaning:  "Whether the connection to Temporal is encrypted. auto encrypts as soon as an API key or another temporal.tls setting is given.",
		Expected: "auto, true or false",
		value:    by(func(c *Config) *Switch { return &c.Temporal.TLS.Enabled }, readSwitch),
	},
	{
		Key: "temporal.tls.ca", Env: []string{"POLICYCYCLE_TEMPORAL_TLS_CA", "TEMPORAL_TLS_SERVER_CA_CERT_PATH"}, Flag: "temporal-tls-ca",
		Meaning:  "Certificates to trust when talking to Temporal. Left out, those of the machine.",
		Expected: "a PEM file",
		value:    text(func(c *Config) *string { return &c.Temporal.TLS.CA }),
	},
	{
		Key: "temporal.tls.cert", Env: []string{"POLICYCYCLE_TEMPORAL_TLS_CERT", "TEMPORAL_TLS_CLIENT_CERT_PATH"}, Flag: "temporal-tls-cert",
		Meaning:  "Certificate to show to Temporal. Goes together with temporal.tls.key.",
		Expected: "a PEM file",
		value:    text(func(c *Config) *string { return &c.Temporal.TLS.Cert }),
	},
	{
		Key: "temporal.tls.key", Env: []string{"POLICYCYCLE_TEMPORAL_TLS_KEY", "TEMPORAL_TLS_CLIENT_KEY_PATH"}, Flag: "temporal-tls-key",
		Meaning:  "Private key of that certificate.",
		Expected: "a PEM file",
		value:    text(func(c *Config) *string { return &c.Temporal.TLS.Key }),
	},
	{
		Key: "temporal.tls.server_name", Env: []string{"POLICYCYCLE_TEMPORAL_TLS_SERVER_NAME", "TEMPORAL_TLS_SERVER_NAME"}, Flag: "temporal-tls-server-name",
		Meaning:  "Name that Temporal's certificate must show, where it differs from the address.",
		Expected: "a host name",
		value:    text(func(c *Config) *string { return &c.Temporal.TLS.ServerName }),
	},
}

// commandSettings say how commands behave.
var commandSettings = []Setting{
	{
		Key: "log.level", Env: []string{"POLICYCYCLE_LOG_LEVEL"}, Flag: "log-level", Default: "warn",
		Meaning:  "How much is logged to standard error. `worker` logs from info on unless told otherwise.",
		Expected: "one of " + strings.Join(logLevels, ", "),
		value:    text(func(c *Config) *string { return &c.Log.Level }, oneOf(logLevels...)),
	},
	{
		Key: "log.format", Env: []string{"POLICYCYCLE_LOG_FORMAT"}, Flag: "log-format", Default: "auto",
		Meaning:  "Form of the log. auto is console on a terminal and json elsewhere.",
		Expected: "one of " + strings.Join(logFormats, ", "),
		value:    text(func(c *Config) *string { return &c.Log.Format }, oneOf(logFormats...)),
	},
	{
		Key: "telemetry.otlp", Env: []string{"POLICYCYCLE_TELEMETRY_OTLP"},
		Meaning: "Where `serve`, `worker` and `up` send traces, by OTLP over HTTP: which request led to which update, task and activity, and how long each took. `/v1/traces` is added to it. " +
			"A trace holds IDs of workflows, runs and activities and the name of the request, and nothing of what was said. The standard variables `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_TRACES_SAMPLER` hold, too. Left out, nowhere.",
		Expected: "a URL such as http://127.0.0.1:4318, with https beyond this machine",
		value: by(func(c *Config) *string { return &c.Telemetry.OTLP }, func(v string) (string, error) {
			return strings.TrimRight(v, "/"), checkURL(v)
		}),
	},
	{
		Key: "as", Env: []string{"POLICYCYCLE_AS"}, Flag: "as",
		Meaning:  "Who records, where a command needs it. With the local identity the name is believed; with oidc the token says who it is, and @BODY for which body, where there is more than one.",
		Expected: "NAME@BODY such as anna@general-secretariat",
		value:    text(func(c *Config) *string { return &c.As }, checkActor),
	},
	{
		Key: "timeout", Env: []string{"POLICYCYCLE_TIMEOUT"}, Flag: "timeout", Default: "15s",
		Meaning:  "How long a command waits without a sign of life; for what lives but gets no further, twenty times as long.",
		Expected: "a length of time such as 15s or 2m, more than nothing",
		value:    length(func(c *Config) *time.Duration { return &c.Timeout }, time.Nanosecond),
	},
}

var (
	logLevels  = []string{"trace", "debug", "info", "warn", "error", "off"}
	logFormats = []string{"auto", "console", "json"}
)

// saying replaces an error of the library by words for people.
func saying(err error, words string) error {
	if err == nil {
		return nil
	}
	return errors.New(words)
}

func oneOf(allowed ...string) func(string) error {
	return func(text string) error {
		if slices.Contains(allowed, text) {
			return nil
		}
		return errors.New("is not known")
	}
}

func checkDatabase(text string) error {
	// The error of the library repeats the text, and with it the password.
	_, err := pgconn.ParseConfig(text)
	return saying(err, "is not the address of a Postgres database")
}

func checkAddress(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil || host == "" || strings.Contains(host, "/") {
		return errors.New("is not an address with a port")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return errors.New("has no port between 1 and 65535")
	}
	return nil
}

func checkName(text string) error {
	wrong := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", r)
	}
	if text == "" || strings.ContainsFunc(text, wrong) {
		return errors.New("is not a name of a namespace")
	}
	return nil
}

// checkActor wants NAME@BODY, or @BODY where a token says who it is.
func checkActor(text string) error {
	at := strings.LastIndex(text, "@")
	if at < 0 || strings.TrimSpace(text[at+1:]) == "" || at > 0 && strings.TrimSpace(text[:at]) == "" {
		return errors.New("does not name a person and a body")
	}
	return nil
}
