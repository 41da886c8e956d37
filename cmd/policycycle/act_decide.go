package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// decided is the result for one of several subjects: a receipt or an error.
type decided struct {
	Subject policy.Subject   `json:"subject"`
	Receipt *service.Receipt `json:"receipt,omitempty"`
	Error   *policy.Error    `json:"error,omitempty"`
}

func (a *app) decideCommand() *cobra.Command {
	var in decideFlags
	c := &cobra.Command{
		Use:   "decide SUBJECT... --body BODY --outcome OUTCOME --document NUMBER --as NAME@BODY",
		Short: "Record what a body concluded",
		Long: `Records what a body concluded on a subject: the outcome, the date, the meeting or
written procedure, and the document that shows it. Bodies do not type: what the
Council, Coreper, COSI or the COSI Support Group concluded, the General
Secretariat records.

Several subjects may be named where one meeting concluded the same on each; each
gets a decision of its own. To repeat a command is safe: the same decision is
recorded once. A wrong entry is corrected by a second record that names the
first with --rectifies; the first stays. The last outcome can be corrected to any
other while nothing rests on it; else the refusal names what does.

What a collective body concluded takes effect once a second official has confirmed
it (policycycle confirm): neither who recorded it nor who handed in the version.

A rule may stand against settling a subject (policycycle findings). What happened
all the same is recorded with --irregular and the reason, and confirmed by a
second person. Who may adopt what is never waived.

A silence procedure that has ended without an objection is recorded with
--silence-procedure: what was proposed is adopted on its last day. Two people stood
for its launch, so one is enough.

Outcomes: adopted, adopted-with-amendments, took-note, referred-back, postponed,
withdrawn-from-agenda, not-agreed; or in the words of the body, such as agreed for
COSI on draft conclusions. What is referred back or not agreed wants --comment, the
reason why.`,
		Example: `  policycycle decide empact-2022-2025/priorities --body council --outcome adopted \
    --date 2021-05-26 --meeting "Council, 26 May 2021" --document "ST 8665/21" \
    --item environmental-crime=not-agreed --as anna@general-secretariat
  policycycle decide empact-2022-2025/oap/2023/firearms empact-2022-2025/oap/2023/cyber-attacks \
    --body cosi --outcome adopted --written-procedure --document "EX 15421/22" \
    --as anna@general-secretariat
  policycycle decide empact-2022-2025/oap/2023/firearms --body cosi --outcome adopted \
    --silence-procedure --document "EX 5901/22" --as anna@general-secretariat`,
		RunE: func(cmd *cobra.Command, args []string) error {
			decisions, err := in.decisions(args)
			if err != nil {
				return err
			}
			return a.decide(cmd, decisions)
		},
	}
	in.define(c)
	required(c, "body", "say with --body which body concluded, such as --body cosi")
	required(c, "outcome", "say with --outcome what the body concluded, such as --outcome adopted")
	required(c, "document", "name with --document the document that shows it, such as --document \"ST 8665/21\"")
	return c
}

// decideFlags are the flags of decide; they make the act but for its subject.
type decideFlags struct {
	act     policy.Act
	said    service.Statement
	outcome string
	items   []string
	written bool
	silence bool
}

func (f *decideFlags) define(c *cobra.Command) {
	flags := c.Flags()
	parsedFlag(flags, &f.act.Body, "body", policy.ParseBody, "`body` that concluded, such as cosi")
	flags.StringVar(&f.outcome, "outcome", "", "`outcome` it concluded, such as adopted, or in the words of the body")
	statementFlags(flags, &f.said, "`date` of the meeting or of the end of the procedure")
	flags.StringVar(&f.act.Meeting, "meeting", "", "`meeting` at which it concluded, such as \"COSI, 9 December 2022\"")
	flags.BoolVar(&f.act.OtherDay, "other-day", false, "the meeting took place on another day than the calendar of the cycle has for it")
	flags.BoolVar(&f.written, "written-procedure", false, "it concluded by written procedure")
	flags.BoolVar(&f.silence, "silence-procedure", false, "nobody objected before the end of the silence procedure")
	parsedFlag(flags, &f.act.Document, "document", policy.ParseDocumentRef, "register `number` of the document that shows it, such as \"ST 8665/21\"")
	flags.StringArrayVar(&f.items, "item", nil, "outcome of one item among many, as `KEY=OUTCOME`; may be repeated")
	versionFlag(flags, &f.act.Version, "`version` decided on")
	flags.StringVar(&f.act.SkipReason, "skip-reason", "", "`reason` why earlier bodies are left out")
	flags.StringVar(&f.act.Irregular, "irregular", "", "`reason` why a fact is recorded that a rule would have stopped")
	flags.StringVar(&f.act.Rectifies, "rectifies", "", "`ID` of an earlier record that this one corrects")
}

// decisions gives one decision for each subject. Nothing is sent anywhere
// before all of them can be understood.
func (f *decideFlags) decisions(subjects []string) ([]service.Decide, error) {
	act := f.act
	act.Kind, act.Outcome = policy.ActDecide, policy.Outcome(f.outcome) // as it was typed
	f.said.Fill(&act)
	switch {
	case f.written && (act.Meeting != "" || f.silence), f.silence && act.Meeting != "":
		return nil, needed("procedure", "it was either a --meeting, a --written-procedure or a --silence-procedure")
	case len(subjects) > 1 && (f.said.ID != "" || act.Rectifies != "" || len(f.items) > 0):
		return nil, needed("subject", "--id, --rectifies and --item are about one decision: name one subject")
	}
	switch {
	case f.written:
		act.Procedure = policy.WrittenProcedure
	case f.silence:
		act.Procedure = policy.SilenceProcedure
	}
	for _, text := range f.items {
		item, err := parseItem(text)
		if err != nil {
			return nil, err
		}
		act.Items = append(act.Items, item)
	}
	decisions := make([]service.Decide, len(subjects))
	for i, text := range subjects {
		subject, err := policy.ParseSubject(text)
		if err != nil {
			return nil, inField("subject", err)
		}
		decisions[i] = service.Decide{ID: f.said.ID, Act: act}
		decisions[i].Subject = subject
	}
	return decisions, nil
}

func needed(field, format string, args ...any) error {
	return inField(field, policy.Refuse(policy.CodeInvalid, format, args...))
}

// parseItem reads "firearms=adopted".
func parseItem(text string) (policy.ItemOutcome, error) {
	key, outcome, found := strings.Cut(text, "=")
	if !found || !policy.ValidKey(strings.TrimSpace(key)) {
		return policy.ItemOutcome{}, needed("item", "%q is not an item with its outcome: write KEY=OUTCOME, such as firearms=adopted", text)
	}
	return policy.ItemOutcome{Item: strings.TrimSpace(key), Outcome: policy.Outcome(outcome)}, nil
}

// understood gives a decision with the codes of its outcomes, which were typed as such or in
// the words of the body: the subject knows those.
func understood(ctx context.Context, svc service.Service, d service.Decide) (service.Decide, error) {
	if coded, err := inWords(d, nil); err == nil {
		return coded, nil
	}
	found, err := svc.FindSubject(ctx, d.Subject)
	if err != nil {
		return d, err
	}
	return inWords(d, policy.WordingOf(found.Vocabulary, d.Body))
}

// inWords reads the outcomes of a decision in the words of its body.
func inWords(d service.Decide, words policy.Wording) (_ service.Decide, err error) {
	if d.Outcome, err = words.ParseOutcome(string(d.Outcome)); err != nil {
		return d, inField("outcome", err)
	}
	d.Items = slices.Clone(d.Items)
	for i, item := range d.Items {
		if d.Items[i].Outcome, err = words.ParseOutcome(string(item.Outcome)); err != nil {
			return d, inField("item", err)
		}
	}
	return d, nil
}

// encloseAll puts each of several decisions in an envelope.
func encloseAll(ctx context.Context, svc service.Service, decisions []service.Decide) error {
	for _, d := range decisions {
		d, err := understood(ctx, svc, d)
		if err == nil {
			_, err = svc.Decide(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// decide records the decisions, all of them whatever becomes of the others. The
// error is that of the first that failed.
func (a *app) decide(cmd *cobra.Command, decisions []service.Decide) error {
	if a.message != "" {
		return a.printEnvelope(cmd, func(ctx context.Context, svc service.Service) error { return encloseAll(ctx, svc, decisions) })
	}
	if len(decisions) == 1 {
		return enact(a, cmd, func(ctx context.Context, svc service.Service) (*service.Receipt, error) {
			return a.decideTold(ctx, svc, decisions[0])
		}, a.showReceipt)
	}
	results := make([]decided, len(decisions))
	var first error
	failed := 0
	err := a.withRooms(cmd.Context(), func(r *rooms) error {
		for i, d := range decisions {
			results[i].Subject = d.Subject
			err := a.record(cmd.Context(), r, func(ctx context.Context, svc service.Service) (err error) {
				results[i].Receipt, err = a.decideTold(ctx, svc, d)
				return err
			})
			if err == nil {
				continue
			}
			if failed++; first == nil {
				first = err
			}
			refusal := refusalOf(err)
			results[i].Receipt, results[i].Error = nil, &refusal
		}
		return a.print(results, func(p *page) { showDecided(p, results) })
	})
	if err != nil || first == nil {
		return err
	}
	refusal := refusalOf(first)
	refusal.Message = fmt.Sprintf("%d of %d are not recorded; the first: %s", failed, len(decisions), refusal.Message)
	return &refusal
}

// decideTold records a decision, and says before on which exact text it is.
func (a *app) decideTold(ctx context.Context, svc service.Service, d service.Decide) (*service.Receipt, error) {
	d, err := understood(ctx, svc, d)
	if err != nil {
		return nil, err
	}
	a.tellVersion(ctx, svc, d)
	return svc.Decide(ctx, d)
}

func (a *app) tellVersion(ctx context.Context, svc service.Service, d service.Decide) {
	if a.format != formatTable {
		return // the receipt says it
	}
	found, err := svc.FindSubject(ctx, d.Subject)
	if err != nil {
		return // the decision itself will be told why
	}
	for _, v := range slices.Backward(found.Versions) {
		if d.Version == 0 || v.Version == d.Version {
			a.told.note("On version %d of %s, %s of %s: %s", v.Version, d.Subject, cmp.Or(string(v.Document), "handed in"), v.Date, v.Digest)
			return
		}
	}
}

func showDecided(p *page, results []decided) {
	for _, r := range results {
		if r.Error != nil {
			p.line("%s  %s: %s", p.paint(red, "not recorded"), r.Subject, r.Error.Message)
			continue
		}
		p.line("%s  %s", p.paint(green, "recorded    "), p.receiptText(r.Receipt))
	}
}
