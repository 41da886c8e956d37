package config

import (
	"errors"
	"net"
	"net/mail"
	"strings"
	"time"
)

// The ways in which the connection to a server for mail is secured.
const (
	MailStartTLS = "starttls"
	MailTLS      = "tls"
	MailPlain    = "none"
)

// Mail is how mail leaves.
type Mail struct {
	Server   string // host:port; empty for no mail
	TLS      string
	User     string
	Password Secret
	From     string   // address
	Domains  []string // to which mail may leave; empty is everywhere
	Marking  string   // the highest of what a mail tells
	// Daily is the time of day in Brussels from which on the daily mail leaves, since midnight.
	Daily      time.Duration
	Every      time.Duration // how long it takes at most until a mail leaves
	Rehearsals bool          // whether mail tells of rehearsals
}

var mailSettings = []Setting{
	{
		Key: "mail.server", Env: []string{"POLICYCYCLE_MAIL_SERVER"},
		Meaning:  "Server for mail (SMTP) by which `serve` and `up` send what people chose to get. Left out, no mail leaves. Goes together with mail.from.",
		Expected: "host:port such as smtp.example.eu:587",
		value:    text(func(c *Config) *string { return &c.Mail.Server }, checkAddress),
	},
	{
		Key: "mail.tls", Env: []string{"POLICYCYCLE_MAIL_TLS"}, Default: MailStartTLS,
		Meaning:  "How the connection to that server is encrypted: starttls wants it before anything is said, tls from the beginning. none is for a server on this machine alone.",
		Expected: "starttls, tls or none",
		value:    text(func(c *Config) *string { return &c.Mail.TLS }, oneOf(MailStartTLS, MailTLS, MailPlain)),
	},
	{
		Key: "mail.user", Env: []string{"POLICYCYCLE_MAIL_USER"},
		Meaning:  "Name by which policycycle logs in there. Left out, it does not.",
		Expected: "a name",
		value:    text(func(c *Config) *string { return &c.Mail.User }),
	},
	{
		Key: "mail.password", Env: []string{"POLICYCYCLE_MAIL_PASSWORD"},
		Meaning:  "Password that goes with it. There is no flag, because other users of a machine can read flags.",
		Expected: "the password",
		value:    text(func(c *Config) *Secret { return &c.Mail.Password }),
	},
	{
		Key: "mail.from", Env: []string{"POLICYCYCLE_MAIL_FROM"},
		Meaning:  "Address from which mail comes, and to which what cannot be delivered goes back.",
		Expected: "an address such as policycycle@example.eu",
		value:    text(func(c *Config) *string { return &c.Mail.From }, checkMailAddress),
	},
	{
		Key: "mail.domains", Env: []string{"POLICYCYCLE_MAIL_DOMAINS"},
		Meaning:  "Domains to which mail may leave: people give addresses there alone. Left out, everywhere.",
		Expected: "domains with commas between them, such as consilium.europa.eu,europol.europa.eu",
		value: value{
			read: func(c *Config, v string) error {
				c.Mail.Domains = listed(v)
				return nil
			},
			show: func(c *Config) string { return strings.Join(c.Mail.Domains, ",") },
		},
	},
	{
		Key: "mail.marking", Env: []string{"POLICYCYCLE_MAIL_MARKING"}, Default: "PUBLIC",
		Meaning: "Highest marking of what a mail tells in its subject and its text, never above marking.ceiling. PUBLIC is what waits by the title of the published calendar and when it is due, and how much was recorded; what was opened beside it is called by its kind alone. " +
			"LIMITE is whose turn it is, whether it is late, what was recorded, and the titles of extraordinary items, too.",
		Expected: "PUBLIC or LIMITE",
		value:    by(func(c *Config) *string { return &c.Mail.Marking }, readMarking),
	},
	{
		Key: "mail.daily", Env: []string{"POLICYCYCLE_MAIL_DAILY"}, Default: "7h",
		Meaning:  "Time of day in Brussels from which on the daily mail leaves, counted from midnight.",
		Expected: "a length of time such as 7h30m",
		value:    length(func(c *Config) *time.Duration { return &c.Mail.Daily }, 0),
	},
	{
		Key: "mail.every", Env: []string{"POLICYCYCLE_MAIL_EVERY"}, Default: "1m",
		Meaning:  "How often is looked whether mail is due.",
		Expected: "a length of time of a second and more, such as 1m",
		value:    length(func(c *Config) *time.Duration { return &c.Mail.Every }, time.Second),
	},
	{
		Key: "mail.rehearsals", Env: []string{"POLICYCYCLE_MAIL_REHEARSALS"}, Default: "false",
		Meaning:  "Whether mail tells of rehearsals, too, whose calendars wait then until it has left. For trying it out with addresses of one's own.",
		Expected: "true or false",
		value:    by(func(c *Config) *bool { return &c.Mail.Rehearsals }, readYes),
	},
}

func checkMailAddress(v string) error {
	if parsed, err := mail.ParseAddress(v); err != nil || parsed.Address != v {
		return errors.New("is no mail address")
	}
	return nil
}

// readYes reads true or false.
func readYes(v string) (bool, error) {
	switch v {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, errors.New("is neither true nor false")
}

// checkMail says what does not go together.
func (c *Config) checkMail(add func(key, problem, expected string)) {
	if c.Mail.Server == "" {
		return
	}
	if c.Mail.From == "" {
		add("mail.from", "is missing: mail comes from somewhere", "an address such as policycycle@example.eu")
	}
	host, _, _ := net.SplitHostPort(c.Mail.Server)
	if c.Mail.TLS == MailPlain && !Loopback(c.Mail.Server) {
		add("mail.tls", "sends mail and passwords to "+host+" unencrypted", "starttls or tls")
	}
}
