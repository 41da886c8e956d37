package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// worklistDone is the result of what is no record: it decides nothing.
type worklistDone struct {
	Subject policy.Subject `json:"subject"`
	Done    string         `json:"done"`         // claimed, released, reminded or dropped
	To      policy.Body    `json:"to,omitempty"` // who was reminded
}

func (a *app) claimCommand() *cobra.Command {
	var release bool
	c := &cobra.Command{
		Use:   "claim SUBJECT [--release] --as NAME@BODY",
		Short: "Take on what waits, so that others see it",
		Long: `Takes on what waits for your body, so that the others see in their inbox that you
are at it. It decides nothing and keeps nobody from acting. With --release it is
given back; anybody whom it waits for may do that. To repeat the same command is
safe. If somebody else has taken it on already, nothing is changed: exit status 10.`,
		Example: `  policycycle claim empact-2022-2025/oap/2023/firearms --as lucia@es
  policycycle claim empact-2022-2025/oap/2023/firearms --release --as lucia@es`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.onWorklist(args[0], func(subject policy.Subject) error {
				done := worklistDone{Subject: subject, Done: "claimed"}
				if release {
					done.Done = "released"
				}
				return alter(a, cmd, func(ctx context.Context, svc service.Service) (worklistDone, error) {
					return done, svc.Claim(ctx, service.Claim{Subject: subject, Release: release})
				}, func(p *page, d worklistDone) {
					if release {
						p.line("%s %s. Nobody has taken it on.", p.paint(green, "Given back:"), d.Subject)
						return
					}
					p.line("%s %s. policycycle inbox --mine lists it.", p.paint(green, "Taken on:"), d.Subject)
				})
			})
		},
	}
	c.Flags().BoolVar(&release, "release", false, "give it back")
	return c
}

func (a *app) remindCommand() *cobra.Command {
	var to policy.Body
	c := &cobra.Command{
		Use:   "remind SUBJECT --to BODY --as NAME@BODY",
		Short: "Remind a body of what waits for it",
		Long: `Reminds a body of a subject, beside the reminders that the cycle gives by itself. The
General Secretariat, the Presidency and the EMPACT Support Team remind, and of a
report whoever hands it in. Once a day is enough: a second reminder on the same day
adds nothing. It stands with the others in policycycle show SUBJECT.`,
		Example: "  policycycle remind empact-2022-2025/oap/2023/firearms --to es --as anna@general-secretariat",
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return needed("to", "say with --to whom to remind, such as --to cosi or --to es")
			}
			return a.onWorklist(args[0], func(subject policy.Subject) error {
				return alter(a, cmd, func(ctx context.Context, svc service.Service) (worklistDone, error) {
					return worklistDone{subject, "reminded", to}, svc.Remind(ctx, service.Remind{Subject: subject, To: to})
				}, func(p *page, d worklistDone) {
					p.line("%s %s, of %s.", p.paint(green, "Reminded:"), d.To.Title(), d.Subject)
				})
			})
		},
	}
	parsedFlag(c.Flags(), &to, "to", policy.ParseBody, "`body` to remind")
	return c
}

// onWorklist does something about a subject as whoever asks.
func (a *app) onWorklist(text string, do func(policy.Subject) error) error {
	subject, err := policy.ParseSubject(text)
	if err != nil {
		return inField("subject", err)
	}
	if _, err := a.actor(); err != nil {
		return err
	}
	return do(subject)
}
