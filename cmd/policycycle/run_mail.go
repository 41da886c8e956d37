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

// sendOut has mail and events sent until the end, where they may leave. url is the address of the
// pages, to which both lead.
func (a *app) sendOut(ctx context.Context, h *house, url string) error {
	if h.rooms.office == nil {
		return nil
	}
	url = strings.TrimRight(url, "/")
	post, err := a.postOf(h, url)
	if err != nil {
		return err
	}
	out := &notify.Out{Post: post, Webhooks: a.webhooksOf(h, url)}
	if out.Post == nil && out.Webhooks == nil {
		return nil
	}
	h.run(ctx, func(ctx context.Context) error { return h.rooms.post(ctx, out.Send) })
	if out.Webhooks != nil {
		h.run(ctx, func(ctx context.Context) error { a.wakePost(ctx, h.rooms); return nil })
	}
	return nil
}

// postOf gives what sends mail; nil where no server for it is configured.
func (a *app) postOf(h *house, url string) (*notify.Post, error) {
	m := a.config.Mail
	if m.Server == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	texts, err := text.Load()
	if err != nil {
		return nil, err
	}
	host, digits, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(digits)
	if err != nil {
		return nil, err
	}
	return &notify.Post{
		Office: h.rooms.office, Texts: texts, URL: url, Domain: m.From[strings.LastIndexByte(m.From, '@')+1:],
		Sender:  notify.SMTP{Server: host, Port: port, User: m.User, Password: m.Password.Reveal(), TLS: m.TLS, From: m.From},
		Marking: policy.Marking(m.Marking), Daily: m.Daily, Every: m.Every, Clock: time.Now, Beat: worker.Beat, Log: a.log,
	}, nil
}
