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
	var in service.Claim
	c := &cobra.Command{
		Use:   "claim SUBJECT [--release] --as NAME@BODY",
		Short: "Take on what waits, so that others see it",
		Long: `Takes on what waits for your body, so that the others see in their inbox that you
are at it. It decides nothing and keeps nobody from acting. With --release it is
given back; anybody whom it waits for may do that. To repeat the same command is
safe. If somebody else has taken it on already, nothing is changed: exit status 10.`,
		Example: `  policycycle claim empact-2022-2025/oap/2023/firearms --as lucia@es
  policycycle claim empact-2022-2025/oap/2023/firearms --release --as lucia@es`,
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) error {
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (worklistDone, error) {
				done := map[bool]string{false: "claimed", true: "released"}[in.Release]
				return worklistDone{Subject: in.Subject, Done: done}, svc.Claim(ctx, in)
			}, func(p *page, d worklistDone) {
				if in.Release {
					p.line("%s %s. Nobody has taken it on.", p.paint(green, "Given back:"), d.Subject)
					return
				}
				p.line("%s %s. policycycle inbox --mine lists it.", p.paint(green, "Taken on:"), d.Subject)
			})
		}),
	}
	c.Flags().BoolVar(&in.Release, "release", false, "give it back")
	return c
}

func (a *app) remindCommand() *cobra.Command {
	var in service.Remind
	c := &cobra.Command{
		Use:   "remind SUBJECT --to BODY --as NAME@BODY",
		Short: "Remind a body of what waits for it",
		Long: `Reminds a body of a subject, beside the reminders that the cycle gives by itself. The
General Secretariat, the Presidency and the EMPACT Support Team remind, and of a
report whoever hands it in. Once a day is enough: a second reminder on the same day
adds nothing. It stands with the others in policycycle show SUBJECT.`,
		Example: "  policycycle remind empact-2022-2025/oap/2023/firearms --to es --as anna@general-secretariat",
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) error {
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (worklistDone, error) {
				return worklistDone{in.Subject, "reminded", in.To}, svc.Remind(ctx, in)
			}, func(p *page, d worklistDone) {
				p.line("%s %s, of %s.", p.paint(green, "Reminded:"), p.bodies.Title(d.To), d.Subject)
			})
		}),
	}
	parsedFlag(c.Flags(), &in.To, "to", policy.ParseBody, "`body` to remind")
	required(c, "to", "say with --to whom to remind, such as --to cosi or --to es")
	return c
}
