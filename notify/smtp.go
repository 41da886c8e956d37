package notify

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
)

// SMTP sends by a server for mail.
type SMTP struct {
	Server         string // host
	Port           int
	User, Password string // empty for none
	// TLS is "starttls", "tls" from the beginning, or "none".
	TLS  string
	From string // address
}

// answerWithin is how long a server for mail may take for an answer.
const answerWithin = 20 * time.Second

// Open implements Sender.
func (s SMTP) Open(ctx context.Context) (Line, error) {
	options := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(answerWithin)}
	switch s.TLS {
	case "tls":
		options = append(options, mail.WithSSL())
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	client, err := mail.NewClient(s.Server, options...)
	if err != nil {
		return nil, err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, err
	}
	return line{client, s.From}, nil
}

type line struct {
	client *mail.Client
	from   string
}

// Close implements Line.
func (l line) Close() { _ = l.client.Close() } // the letters were taken

// Send implements Line.
func (l line) Send(letter Letter) error {
	m := mail.NewMsg()
	if err := errors.Join(m.From(l.from), m.To(letter.To)); err != nil {
		return &RefusedError{err.Error()}
	}
	m.Subject(letter.Subject)
	m.SetDate()
	m.SetMessageIDWithValue(letter.ID)
	m.SetGenHeader(mail.HeaderReferences, "<"+letter.About+">")
	m.SetGenHeader(mail.HeaderInReplyTo, "<"+letter.About+">")
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's absence answers
	m.SetGenHeader("Content-Language", letter.Language)
	m.SetBodyString(mail.TypeTextPlain, letter.Text)
	err := l.client.Send(m)
	var sending *mail.SendError
	if errors.As(err, &sending) && !sending.IsTemp() && permanent(sending.ErrorCode()) {
		return &RefusedError{fmt.Sprintf("%d: %s", sending.ErrorCode(), sending.Error())}
	}
	return err
}

// permanent says of the answer of a server for mail that it will always be the same (RFC 5321,
// 4.2.1).
func permanent(code int) bool { return code/100 == 5 }

func digits(n int64) string { return strconv.FormatInt(n, 10) }
