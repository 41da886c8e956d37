package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/notify"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) mailCommand() *cobra.Command {
	return group("mail", "What people get by mail, and what became of it",
		"  policycycle mail choose --address claire@example.eu --kind invitation,reminder --as claire@fr",
		a.mailChooseCommand(), a.mailShowCommand(), a.mailListCommand(), a.mailBouncedCommand())
}

func (a *app) mailChooseCommand() *cobra.Command {
	var choice service.MailChoice
	var kinds []string
	c := &cobra.Command{
		Use: "choose --as NAME@BODY", Short: "Say what you get by mail, and where",
		Long: `Says what you get by mail of what waits for your body, and at which address:
  invitation   it is your turn
  reminder     before, on and after the day on which something is due
  escalation   it is still not done some days later
  daily        what waits and what was recorded, once a day
What you chose before is replaced; without a kind you get no mail any more.`,
		Example: `  policycycle mail choose --address claire@example.eu --kind invitation,reminder,daily --as claire@fr
  policycycle mail choose --as claire@fr`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, kind := range kinds {
				k, err := policy.ParseMailKind(kind)
				if err != nil {
					return inField("kind", err)
				}
				choice.Kinds = append(choice.Kinds, k)
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (*service.MailChoice, error) {
				return svc.ChooseMail(ctx, choice)
			}, showMailChoice)
		},
	}
	c.Flags().StringVar(&choice.Address, "address", "", "`address` to which the mail goes")
	c.Flags().StringSliceVar(&kinds, "kind", nil, "`mails` to get: invitation, reminder, escalation, daily")
	parsedFlag(c.Flags(), &choice.Language, "language", policy.ParseLanguage, "`language` in which it is written: en, de or fr (default: en)")
	return c
}

func showMailChoice(p *page, c *service.MailChoice) {
	if len(c.Kinds) == 0 {
		p.line("You get no mail.")
		return
	}
	p.line("To %s go: %s.", c.Address, strings.Join(policy.Texts(c.Kinds), ", "))
}

func (a *app) mailShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show --as NAME@BODY", Short: "Show what you get by mail",
		Long: "Shows what you chose to get by mail, and where.", Example: "  policycycle mail show --as claire@fr",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) (*service.MailChoice, error) {
				return svc.FindMailChoice(ctx)
			}, showMailChoice)
		},
	}
}

func (a *app) mailListCommand() *cobra.Command {
	filter := service.MailFilter{Most: 100}
	c := &cobra.Command{
		Use: "list --as NAME@BODY", Short: "List mails, and what became of each",
		Long: `Lists the mails to you, the latest first; to who manages people, those to everybody.
A mail is waiting, sent, overtaken where what it is about was done before it could
leave, refused by the server for mail, or bounced.`,
		Example: "  policycycle mail list --failed --as root@operator",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.Mail, error) {
				found, err := svc.ListMails(ctx, filter)
				return list(found), err
			}, showMails)
		},
	}
	c.Flags().BoolVar(&filter.Failed, "failed", false, "only those that did not arrive, or have not yet")
	c.Flags().BoolVar(&filter.Mine, "mine", false, "only those to you")
	c.Flags().IntVar(&filter.Most, "limit", filter.Most, "how many at most, as a `number`; 0 for all")
	return c
}

func showMails(p *page, mails []service.Mail) {
	if len(mails) == 0 {
		p.line("There is no such mail.")
		return
	}
	p.grid(cells{"number", "to", "what", "about", "on", "state", "said"}, each(mails, func(m service.Mail) cells {
		return cells{strconv.FormatInt(m.Mail, 10), cmp.Or(m.At, m.To), cmp.Or(m.Notice, m.Kind), m.About, m.On.String(), state(m), m.Said}
	}))
}

// state says what became of a mail, and of one that was tried in vain how often.
func state(m service.Mail) string {
	if m.State == "waiting" && m.Attempts > 0 {
		return fmt.Sprintf("waiting, tried %d times", m.Attempts)
	}
	return m.State
}

func (a *app) mailBouncedCommand() *cobra.Command {
	return &cobra.Command{
		Use: "bounced --as NAME@operator < MESSAGE", Short: "Take note of a mail that came back",
		Long: `Reads from standard input the message by which a server tells that it could not deliver
a mail (RFC 3464), and takes note of it, so that mail list --failed shows it. Have the
server for mail hand over what comes to mail.from.`,
		Example: "  policycycle mail bounced --as root@operator < undelivered.eml",
		RunE: func(cmd *cobra.Command, _ []string) error {
			bounce, err := notify.ReadBounce(a.in)
			if err != nil {
				return err
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (service.Bounce, error) {
				return bounce, svc.BounceMail(ctx, bounce)
			}, func(p *page, b service.Bounce) {
				p.line("Mail %d came back: %s.", b.Mail, cmp.Or(b.Said, "nobody said why"))
			})
		},
	}
}
