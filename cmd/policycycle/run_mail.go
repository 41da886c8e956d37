package main

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service/local"
	"github.com/policycycle/policycycle/web/text"
	"github.com/policycycle/policycycle/worker"
)

// mailing says whom mail may leave to; nil where none leaves.
func (a *app) mailing() *local.Mail {
	m := a.config.Mail
	if m.Server == "" {
		return nil
	}
	return &local.Mail{Domains: m.Domains, Rehearsals: m.Rehearsals}
}

// sendMail has mail sent until the end, where a server for it is configured. url is the address
// of the pages, to which mail leads.
func (a *app) sendMail(ctx context.Context, h *house, url string) error {
	m := a.config.Mail
	if m.Server == "" || h.rooms.office == nil {
		return nil
	}
	texts, err := text.Load()
	if err != nil {
		return err
	}
	host, digits, err := net.SplitHostPort(m.Server)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		return err
	}
	post := &notify.Post{
		Office: h.rooms.office, Texts: texts, URL: strings.TrimRight(url, "/"), Domain: m.From[strings.LastIndexByte(m.From, '@')+1:],
		Sender:  notify.SMTP{Server: host, Port: port, User: m.User, Password: m.Password.Reveal(), TLS: m.TLS, From: m.From},
		Marking: policy.Marking(m.Marking), Daily: m.Daily, Every: m.Every, Clock: time.Now, Beat: worker.Beat, Log: a.log,
	}
	h.run(ctx, func(ctx context.Context) error { return h.rooms.post(ctx, post.Send) })
	return nil
}
