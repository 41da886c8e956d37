package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) silenceCommand() *cobra.Command {
	var in service.Launch
	c := &cobra.Command{
		Use:   "silence SUBJECT --body BODY --until DATE --document NUMBER --as NAME@BODY",
		Short: "Launch a silence procedure",
		Long: `Launches a silence procedure: the version handed in is adopted when the date has
passed, unless a delegation objects before. It takes effect once a second official
has confirmed it. When the date has passed, an official records that nobody objected
(policycycle decide … --silence-procedure). A scrutiny reservation that stands keeps
it from adopting, too.`,
		Example: `  policycycle silence empact-2022-2025/oap/2023/firearms --body cosi --until 2022-12-16 \
    --document "EX 5890/22" --as anna@general-secretariat`,
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) error {
			return hand(a, cmd, service.Service.Launch, in)
		}),
	}
	flags := c.Flags()
	parsedFlag(flags, &in.Body, "body", policy.ParseBody, "`body` whose procedure it is, such as cosi")
	parsedFlag(flags, &in.Deadline, "until", policy.ParseDate, "last `date` on which a delegation may object")
	parsedFlag(flags, &in.Document, "document", policy.ParseDocumentRef, "register `number` of the document that launches it")
	versionFlag(flags, &in.Version, "`version` that is to be adopted")
	statementFlags(flags, &in.Statement, "`date` of the launch")
	required(c, "body", "say with --body whose procedure it is, such as --body cosi")
	required(c, "until", "say with --until by when a delegation may object, such as --until 2022-12-16")
	required(c, "document", "name with --document the document that launches it")
	return c
}

func (a *app) positionCommand() *cobra.Command {
	var in service.Position
	c := &cobra.Command{
		Use:   "position SUBJECT STANCE --as NAME@STATE",
		Short: "Take a position for a delegation",
		Long: `Records what a delegation says about the version that is before a body: agrees,
objects, abstains, reserves (a scrutiny reservation) or lifts (the reservation).
A collective body adopts by consensus: not while a delegation objects or a
reservation stands, unless the cycle has it vote (policycycle help, docs/cycle-file).
An objection breaks a silence procedure if it was made by the last day, also where it
is entered later: with --date, as long as nothing rests on the end.`,
		Example: `  policycycle position empact-2022-2025/oap/2023/firearms reserves --comment "parliament" --as jan@nl
  policycycle position empact-2022-2025/oap/2023/firearms agrees --delegation fr --as anna@general-secretariat`,
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, args []string) (err error) {
			if in.Stance, err = policy.ParseStance(args[1]); err != nil {
				return inField("stance", err)
			}
			return hand(a, cmd, service.Service.TakePosition, in)
		}),
	}
	flags := c.Flags()
	parsedFlag(flags, &in.Delegation, "delegation", policy.ParseBody, "Member `State` whose position it is (default: that of --as)")
	parsedFlag(flags, &in.Body, "body", policy.ParseBody, "`body` before which it is taken (default: the one whose turn it is)")
	versionFlag(flags, &in.Version, "`version` that it is about")
	statementFlags(flags, &in.Statement, "`date` of it")
	return c
}

func (a *app) extractCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "extract CYCLE",
		Short: "Show a cycle as the public may see it",
		Long: `Shows a cycle from the same rows as the public may see it: what was settled, and
nothing of who is late, who refused, or what is marked LIMITE.`,
		Example: "  policycycle extract empact-2022-2025 -o json",
		RunE: aboutCycle(a, func(svc service.Service, ctx context.Context, cycle string) (*service.Cycle, error) {
			return svc.As(policy.Principal{}).FindCycle(ctx, cycle)
		}, showCycle),
	}
}

func (a *app) correctCommand() *cobra.Command {
	var in service.Correct
	var file string
	c := &cobra.Command{
		Use:   "correct SUBJECT --document NUMBER [--substantive] --as NAME@BODY",
		Short: "Record a corrigendum of what was adopted",
		Long: `Records a corrigendum, whose number has COR. A linguistic one leaves the decision as
it is. A substantive one makes it stale, for all to see, until what it says is
adopted anew: open an item that names it (item open … --adopts RECORD).

A file that is YAML of the kind is the whole text as corrected: where the cycle keeps
that, it stands in the place of what it corrects once the corrigendum has effect. Any
other file tells people what is to be read otherwise.`,
		Example: `  policycycle correct empact-2022-2025/oap/2023/firearms --document "EX 15421/22 COR 1" \
    --file cor1.pdf --as anna@general-secretariat`,
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) (err error) {
			if in.Content, in.MediaType, err = a.document(file); err != nil {
				return err
			}
			return hand(a, cmd, func(svc service.Service, ctx context.Context, in service.Correct) (*service.Receipt, error) {
				if err := a.asWholeText(ctx, svc, &in, file); err != nil {
					return nil, err
				}
				return svc.Correct(ctx, in)
			}, in)
		}),
	}
	flags := c.Flags()
	parsedFlag(flags, &in.Document, "document", policy.ParseDocumentRef, "register `number` of the corrigendum")
	flags.StringVar(&file, "file", "", "`FILE` with the corrigendum itself")
	flags.BoolVar(&in.Substantive, "substantive", false, "it changes the meaning, and is to be adopted anew")
	statementFlags(flags, &in.Statement, "`date` of it")
	required(c, "document", "name the corrigendum with --document, such as --document \"EX 15421/22 COR 1\"")
	return c
}
