// Package notifytest is a server for mail that keeps what it takes, for tests.
package notifytest

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Mail is a mail as it arrived.
type Mail struct {
	To, Subject, ID, Text string
	Header                mail.Header
}

// Letterbox is a server for mail on this machine.
type Letterbox struct {
	// Seen is called with each mail before its sender is answered; nil for nobody.
	Seen func(Mail)

	mu     sync.Mutex
	mails  []Mail
	says   error
	server *smtp.Server
	at     string
}

// Open opens a letterbox until the test ends.
func Open(tb testing.TB) *Letterbox {
	tb.Helper()
	l := &Letterbox{}
	l.listen(tb, "127.0.0.1:0")
	return l
}

// OpenAgain opens one that was closed, at the same port.
func (l *Letterbox) OpenAgain(tb testing.TB) {
	tb.Helper()
	l.listen(tb, l.at)
}

func (l *Letterbox) listen(tb testing.TB, at string) {
	tb.Helper()
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", at)
	if err != nil {
		tb.Fatal(err)
	}
	server := smtp.NewServer(l)
	server.Domain = "localhost"
	l.at, l.server = listener.Addr().String(), server
	go func() { _ = server.Serve(listener) }()
	tb.Cleanup(func() { _ = server.Close() })
}

// Close has the server be away.
func (l *Letterbox) Close() { _ = l.server.Close() }

// Port is where it listens.
func (l *Letterbox) Port() int {
	_, port, _ := net.SplitHostPort(l.at)
	number, _ := strconv.Atoi(port)
	return number
}

// Says has it answer so to each recipient; nil is that it takes the mail.
func (l *Letterbox) Says(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.says = err
}

// Arrived gives what has arrived since it was asked last.
func (l *Letterbox) Arrived() []Mail {
	l.mu.Lock()
	defer l.mu.Unlock()
	mails := l.mails
	l.mails = nil
	return mails
}

// NewSession implements smtp.Backend.
func (l *Letterbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{box: l}, nil }

type session struct {
	box *Letterbox
	to  string
}

func (*session) Reset()                               {}
func (*session) Logout() error                        { return nil }
func (*session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.to = to
	return s.box.says
}

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	taken := Mail{To: s.to, Subject: decoded(m.Header.Get("Subject")), ID: m.Header.Get("Message-Id"), Text: quoted(string(body)), Header: m.Header}
	if s.box.Seen != nil {
		s.box.Seen(taken)
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.mails = append(s.box.mails, taken)
	return nil
}

// decoded gives a header as people read it.
func decoded(header string) string {
	said, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		return header
	}
	return said
}

// quoted gives a text as people read it.
func quoted(body string) string {
	said, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	if err != nil {
		return body
	}
	return string(said)
}
