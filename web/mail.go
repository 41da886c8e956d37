package web

import (
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// mailView is what the page of mail shows.
type mailView struct {
	Choice service.MailChoice
	Mails  []service.Mail
}

// mostMails is how many mails the page lists.
const mostMails = 50

func mailPage(v *page) (body, error) {
	v.Title = v.T("mail.title")
	if _, err := v.actor(); err != nil {
		return nil, err
	}
	choice, err := v.service.FindMailChoice(v.ctx())
	if err != nil {
		return nil, err
	}
	m := mailView{Choice: *choice}
	m.Mails, err = v.service.ListMails(v.ctx(), service.MailFilter{Most: mostMails})
	return mails(v, m), err
}

// chooseMail says what the reader gets by mail, in the language of the page.
func chooseMail(v *page) (string, error) {
	choice := service.MailChoice{Address: v.form("address"), Language: policy.Language(v.Lang)}
	for _, kind := range v.r.PostForm["kind"] {
		k, err := policy.ParseMailKind(kind)
		if err != nil {
			return "", err
		}
		choice.Kinds = append(choice.Kinds, k)
	}
	v.Said = v.T("mail.chosen")
	_, err := v.service.ChooseMail(v.ctx(), choice)
	return "/mail", err
}
