package config

import (
	"errors"
	"net/url"
	"strings"
	"time"
)

// The kinds of identity.
const (
	// IdentityLocal believes whoever says a name: for one machine, for
	// rehearsals and for learning, and for nothing real.
	IdentityLocal = "local"
	// IdentityOIDC believes tokens of an OpenID Connect provider alone.
	IdentityOIDC = "oidc"
)

// Identity is how policycycle knows who somebody is.
type Identity struct {
	Kind     string // local or oidc
	Issuer   string // URL of the provider
	ClientID string
	// ClientSecret is the file with the secret of a confidential client; empty
	// for a public one.
	ClientSecret string
	// Audience is what a token must be made for; empty is the client ID.
	Audience string
	// Claims is the file that says which claims give which roles, YAML.
	Claims string
	// Token is the token that a command shows, TokenFile the file it stands in.
	Token     Secret
	TokenFile string
	// Session is how long a log-in in the browser lasts.
	Session time.Duration
	Fresh   time.Duration // how old a log-in may be by which somebody decides; 0 is any age
}

// Server is where the service listens, and where commands find it.
type Server struct {
	Listen string // host:port on which serve listens
	URL    string // where commands find serve; empty for the engine of up
	TLS    struct{ Cert, Key string }
	// Metrics is the host:port at which Prometheus finds figures; empty for nowhere.
	Metrics string
}

// Exposed says whether others than this machine can reach it unencrypted.
func (s Server) Exposed() bool {
	return !Loopback(s.Listen) && s.TLS.Cert == "" && !strings.HasPrefix(s.URL, "https:")
}

var identitySettings = []Setting{
	{
		Key: "identity.kind", Env: []string{"POLICYCYCLE_IDENTITY"}, Flag: "identity", Default: IdentityLocal,
		Meaning:  "How policycycle knows who somebody is. local believes whoever says a name and is for one machine and for rehearsals; oidc believes the tokens of an OpenID Connect provider alone.",
		Expected: "local or oidc",
		value:    text(func(c *Config) *string { return &c.Identity.Kind }, oneOf(IdentityLocal, IdentityOIDC)),
	},
	{
		Key: "identity.issuer", Env: []string{"POLICYCYCLE_IDENTITY_ISSUER"},
		Meaning:  "Address of the OpenID Connect provider, as it stands in its tokens.",
		Expected: "an https URL such as https://login.example.eu/realms/council",
		value:    text(func(c *Config) *string { return &c.Identity.Issuer }, checkURL),
	},
	{
		Key: "identity.client_id", Env: []string{"POLICYCYCLE_IDENTITY_CLIENT_ID"},
		Meaning:  "Name under which the provider knows policycycle.",
		Expected: "a client ID such as policycycle",
		value:    text(func(c *Config) *string { return &c.Identity.ClientID }),
	},
	{
		Key: "identity.client_secret", Env: []string{"POLICYCYCLE_IDENTITY_CLIENT_SECRET"},
		Meaning:  "File with the secret that the provider gave to policycycle. Left out for a public client.",
		Expected: "a file",
		value:    text(func(c *Config) *string { return &c.Identity.ClientSecret }),
	},
	{
		Key: "identity.audience", Env: []string{"POLICYCYCLE_IDENTITY_AUDIENCE"},
		Meaning:  "For whom a bearer token must be made. Left out, the client ID; one of its own keeps the tokens of log-ins in browsers out of the API.",
		Expected: "an audience such as policycycle",
		value:    text(func(c *Config) *string { return &c.Identity.Audience }),
	},
	{
		Key: "identity.claims", Env: []string{"POLICYCYCLE_IDENTITY_CLAIMS"},
		Meaning:  "File that says which claims of a token give which roles at which body: see docs/identity.md.",
		Expected: "a YAML file",
		value:    text(func(c *Config) *string { return &c.Identity.Claims }),
	},
	{
		Key: "identity.session", Env: []string{"POLICYCYCLE_IDENTITY_SESSION"}, Default: "8h",
		Meaning:  "How long a log-in in the browser lasts.",
		Expected: "a length of time such as 8h",
		value:    length(func(c *Config) *time.Duration { return &c.Identity.Session }, time.Nanosecond),
	},
	{
		Key: "identity.fresh", Env: []string{"POLICYCYCLE_IDENTITY_FRESH"}, Default: "0s",
		Meaning:  "How old a log-in may be by which somebody decides or gives effect to something, in the browser or by a token. After that they are asked to log in again. 0s is any age.",
		Expected: "a length of time such as 15m",
		value:    length(func(c *Config) *time.Duration { return &c.Identity.Fresh }, 0),
	},
	{
		Key: "token", Env: []string{"POLICYCYCLE_TOKEN"},
		Meaning:  "Bearer token that a command shows, where the identity is oidc. There is no flag, because other users of a machine can read flags.",
		Expected: "a token of the provider",
		value:    text(func(c *Config) *Secret { return &c.Identity.Token }),
	},
	{
		Key: "token_file", Env: []string{"POLICYCYCLE_TOKEN_FILE"}, Flag: "token-file",
		Meaning:  "File in which that token stands.",
		Expected: "a file",
		value:    text(func(c *Config) *string { return &c.Identity.TokenFile }),
	},
	{
		Key: "server.listen", Env: []string{"POLICYCYCLE_LISTEN"}, Flag: "listen", Default: "127.0.0.1:8470",
		Meaning:  "Where `serve` and `up` listen for commands and browsers. Port 0 is any that is free; so is the default, where another program has it. The local identity listens on this machine alone.",
		Expected: "host:port such as 127.0.0.1:8470",
		value:    text(func(c *Config) *string { return &c.Server.Listen }, checkListen),
	},
	{
		Key: "server.url", Env: []string{"POLICYCYCLE_SERVER"}, Flag: "server",
		Meaning:  "Where the service is that `serve` opens. Commands ask it for everything where they know no engine; beside an engine they have it seal what they send. Left out, that of a running `up`.",
		Expected: "a URL such as https://policycycle.example.eu",
		value: by(func(c *Config) *string { return &c.Server.URL }, func(v string) (string, error) {
			return strings.TrimRight(v, "/"), checkURL(v)
		}),
	},
	{
		Key: "server.metrics", Env: []string{"POLICYCYCLE_METRICS"},
		Meaning:  "Where `serve` and `up` give figures of the process to Prometheus, at `/metrics`. It is a listener of its own, unencrypted and for everybody who reaches it. Left out, nowhere.",
		Expected: "host:port such as 127.0.0.1:9470",
		value:    text(func(c *Config) *string { return &c.Server.Metrics }, checkListen),
	},
	{
		Key: "server.tls.cert", Env: []string{"POLICYCYCLE_SERVER_TLS_CERT"},
		Meaning:  "Certificate that `serve` shows. Goes together with server.tls.key; left out behind a proxy that does TLS.",
		Expected: "a PEM file",
		value:    text(func(c *Config) *string { return &c.Server.TLS.Cert }),
	},
	{
		Key: "server.tls.key", Env: []string{"POLICYCYCLE_SERVER_TLS_KEY"},
		Meaning:  "Private key of that certificate.",
		Expected: "a PEM file",
		value:    text(func(c *Config) *string { return &c.Server.TLS.Key }),
	},
}

// checkURL wants https, or http on this machine alone.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return errors.New("is not a URL")
	case u.Scheme == "https", u.Scheme == "http" && Loopback(u.Host):
		return nil
	default:
		return errors.New("is not encrypted: only https is, or http on this machine")
	}
}

func checkListen(text string) error {
	if strings.HasSuffix(text, ":0") {
		text = strings.TrimSuffix(text, "0") + "1" // any free port
	}
	return checkAddress(text)
}
