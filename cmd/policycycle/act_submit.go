package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) submitCommand() *cobra.Command {
	var in service.Submit
	var file, actions string
	c := &cobra.Command{
		Use:   "submit SUBJECT --as NAME@BODY",
		Short: "Hand in a document: an assessment, a plan, a report",
		Long: `Hands in a version of a document: Europol the threat assessment, the Presidency
and the Commission the policy advisory document, drivers their OAPs and reports,
the evaluator the evaluation. Each handing-in after the first is a new version;
a version never changes. While a version is before a body, a new one takes its place
with --revises: it stays before that body, and those that the chain wants to ask
again are asked again.

Where the cycle keeps what stands in the documents, the file is YAML of the kind
(policycycle content schema KIND); elsewhere it may be any file, and is handed in as
it is. The actions of an OAP may come from a CSV file whose column document names it,
such as oap/2023/firearms/v1.

Of a document that is marked above what may be kept here an entry alone is handed in:
its number, its marking and who holds it. Of an OAP a skeleton may come with it, which
is not classified, and the checksum of the text that is held elsewhere.`,
		Example: `  policycycle submit empact-2022-2025/assessment --file assessment.yaml --date 2021-04-12 \
    --as mike@europol
  policycycle submit empact-2022-2025/oap/2023/firearms --document "EX 1234/22" \
    --file firearms.yaml --actions actions.csv --as lucia@es
  policycycle submit empact-2022-2025/oap/2023/firearms --document "EX 1235/22" --marking RESTRICTED \
    --holder "registry of the Council" --checksum 9f86d081… --file skeleton.yaml --as lucia@es`,
		RunE: a.handsIn(&in, &file, &actions, service.Service.Submit),
	}
	flags := c.Flags()
	a.textFlags(flags, &in, &file, &actions)
	revisesFlag(flags, &in.Revises)
	statementFlags(flags, &in.Statement, "`date` of the handing-in")
	return c
}

func (a *app) finaliseCommand() *cobra.Command {
	var in service.Submit
	var file, actions string
	c := &cobra.Command{
		Use:   "finalise SUBJECT --document NUMBER --as NAME@BODY",
		Short: "Enter the final text of what was adopted with amendments",
		Long: `Enters the text in which something was adopted with amendments. The General
Secretariat does so, under the number of that text, and a second person confirms it
(policycycle confirm RECORD). From then on it stands in the place of what was handed in:
rules, totals and the plan of the next period look at it. Until then the subject is
settled and waits for it, with a due date of its own.

The file is as that of a version that is handed in.`,
		Example: `  policycycle finalise empact-2022-2025/oap/2023/firearms --document "EX 1234/1/22 REV 1" \
    --file firearms.yaml --as anna@general-secretariat
  policycycle content diff empact-2022-2025/oap/2023/firearms`,
		RunE: a.handsIn(&in, &file, &actions, service.Service.Finalise),
	}
	flags := c.Flags()
	a.textFlags(flags, &in, &file, &actions)
	statementFlags(flags, &in.Statement, "`date` of the text")
	required(c, "document", "name the final text with --document, such as --document \"EX 1234/1/22 REV 1\"")
	return c
}

// handsIn reads a document and hands it in.
func (a *app) handsIn(
	in *service.Submit, file, actions *string, does func(service.Service, context.Context, service.Submit) (*service.Receipt, error),
) func(*cobra.Command, []string) error {
	return withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) (err error) {
		if in.Content, in.MediaType, err = a.document(*file); err != nil {
			return err
		}
		return hand(a, cmd, func(svc service.Service, ctx context.Context, in service.Submit) (*service.Receipt, error) {
			if err := a.asContent(ctx, svc, &in, *file, *actions); err != nil {
				return nil, err
			}
			return does(svc, ctx, in)
		}, *in)
	})
}

// textFlags are those of a document that is handed in.
func (a *app) textFlags(flags *pflag.FlagSet, in *service.Submit, file, actions *string) {
	flags.StringVar(file, "file", "", "`FILE` with the document itself; - is standard input")
	flags.StringVar(actions, "actions", "", "CSV `FILE` with the actions of the OAP, as actions.csv of an export")
	parsedFlag(flags, &in.Document, "document", policy.ParseDocumentRef, "register `number`, such as \"ST 8665/21\"")
	parsedFlag(flags, &in.Marking, "marking", policy.ParseMarking, "`marking` of the document: PUBLIC, LIMITE (default), RESTRICTED …")
	flags.StringVar(&in.Holder, "holder", "", "`who` holds a document that is marked above what may be kept here")
	parsedFlag(flags, &in.TextDigest, "checksum", policy.ParseDigest, "`SHA256` of the text that is held there, as sha256sum prints it")
	flags.StringVar(&in.Rectifies, "rectifies", "", "`ID` of an earlier record that this one corrects")
}

// document reads the document to hand in, and what kind of file it is; nothing where no
// file is named.
func (a *app) document(name string) (content []byte, mediaType string, err error) {
	if name == "" {
		return nil, "", nil
	}
	content, err = readFile(a, name, func(_ string, from io.Reader) ([]byte, error) {
		content, err := io.ReadAll(io.LimitReader(from, service.MaxContent+1))
		if err != nil {
			return nil, unreadable(name, err)
		}
		return content, nil
	})
	switch {
	case err != nil:
		return nil, "", err
	case len(content) == 0:
		return nil, "", needed("file", "%s is empty", name)
	case len(content) > service.MaxContent:
		return nil, "", needed("file", "%s is larger than %d MB", name, service.MaxContent>>20)
	}
	if mediaType = mime.TypeByExtension(filepath.Ext(name)); mediaType == "" {
		mediaType = http.DetectContentType(content)
	}
	return content, mediaType, nil
}

// asContent reads what is handed in as the content of its kind, where the cycle keeps
// that: YAML or JSON, and the actions of an OAP from a table of their own. Any other
// file stays as it is.
func (a *app) asContent(ctx context.Context, svc service.Service, in *service.Submit, file, actions string) error {
	var content policy.Content
	switch {
	case actions != "":
		plan, err := a.planWith(in, file, actions)
		if err != nil {
			return err
		}
		content = plan
	case len(in.Content) > 0:
		found, err := svc.FindSubject(ctx, in.Subject)
		if err != nil || !found.Stored {
			return err
		}
		if content, err = files.ReadContent(file, in.Subject.Kind, bytes.NewReader(in.Content)); err != nil {
			return err
		}
	default:
		return nil
	}
	return in.SetContent(content)
}

// asWholeText reads the file of a corrigendum as the whole text of its kind, where the cycle
// keeps that and it is YAML.
func (a *app) asWholeText(ctx context.Context, svc service.Service, in *service.Correct, file string) error {
	if ending := filepath.Ext(file); ending != ".yaml" && ending != ".yml" {
		return nil
	}
	whole := service.Submit{Subject: in.Subject, Content: in.Content, MediaType: in.MediaType}
	err := a.asContent(ctx, svc, &whole, file, "")
	in.Content, in.MediaType = whole.Content, whole.MediaType
	return err
}

// planWith puts the actions of a CSV file into an OAP.
func (a *app) planWith(in *service.Submit, file, actions string) (policy.Content, error) {
	if in.Subject.Kind != policy.KindOAP && in.Subject.Kind != policy.KindChange {
		return nil, needed("actions", "only an OAP or a change of one has actions")
	}
	if file == "" {
		return nil, needed("file", "say with --file where the rest of the OAP stands: its impact assessment")
	}
	documents, err := readFile(a, actions, files.ReadActions)
	if err != nil {
		return nil, err
	}
	for _, document := range documents {
		if path, _, _ := strings.Cut(document.Document, "/v"); path == in.Subject.Path() {
			return files.ReadPlan(file, bytes.NewReader(in.Content), document.Actions)
		}
	}
	return nil, needed("actions", "%s holds no actions of %s: its column document is to say %s/v1", actions, in.Subject.Path(), in.Subject.Path())
}

func (a *app) itemCommand() *cobra.Command {
	return group("item", "Open an extraordinary item, a change of an OAP or a correction of a report",
		"  policycycle item open empact-2022-2025/item/ukraine --help", a.itemOpenCommand())
}

func (a *app) itemOpenCommand() *cobra.Command {
	var in service.OpenItem
	c := &cobra.Command{
		Use:   "open SUBJECT --title TITLE --due DATE [--through BODIES] --as NAME@BODY",
		Short: "Open an extraordinary item, a change of an OAP or a correction of a report",
		Long: `Opens an item outside the calendar of the cycle, such as a change of the cycle
itself. Then it is handed in and passes the bodies named with --through; the
last of them settles it. A change of an OAP within its period is opened by who
hands the OAP in, and passes the chain of the cycle; once COSI has adopted it, it
takes the place of what stood in the OAP. A correction of a report that was settled
is opened by the same, and passes the chain of reports: round close makes it of the
registers, submit takes it as a file. Once it is settled its figures count.`,
		Example: `  policycycle item open empact-2022-2025/item/two-year-oaps --title "Two-year OAPs from 2024" \
    --through cosi,coreper,council --due 2023-03-09 --as anna@general-secretariat
  policycycle item open empact-2022-2025/change/2022/firearms/1 --title "New action on parts" \
    --due 2022-06-20 --as lucia@es
  policycycle item open empact-2022-2025/correction/2022/firearms/may/1 --title "Arrests of May" \
    --due 2022-09-20 --as lucia@es`,
		RunE: withSubject(&in.Subject, func(cmd *cobra.Command, _ []string) error {
			switch {
			case !in.Subject.Kind.ByHand():
				return policy.RefuseOpening()
			case in.Opening.Title == "":
				return needed("title", "give the item a title with --title")
			case len(in.Opening.Through) == 0 && in.Subject.Kind == policy.KindItem:
				return needed("through", "say with --through which bodies it passes, such as --through cosi,coreper,council")
			case in.Opening.Due.IsZero():
				return needed("due", "say with --due by when it is to be settled, such as --due 2023-03-09")
			}
			return hand(a, cmd, service.Service.OpenItem, in)
		}),
	}
	flags := c.Flags()
	flags.StringVar(&in.Opening.Title, "title", "", "`title` of the item")
	parsedFlag(flags, &in.Opening.Through, "through", parseBodies, "`bodies` it passes, in order, such as cosi,coreper,council")
	flags.StringVar(&in.Opening.Adopts, "adopts", "", "`RECORD` of the substantive corrigendum that the item is to adopt")
	parsedFlag(flags, &in.Opening.Due, "due", policy.ParseDate, "`date` by which it is to be settled")
	statementFlags(flags, &in.Statement, "`date` on which it is opened")
	return c
}

func parseBodies(text string) ([]policy.Body, error) {
	var bodies []policy.Body
	for part := range strings.SplitSeq(text, ",") {
		body, err := policy.ParseBody(part)
		if err != nil {
			return nil, err
		}
		bodies = append(bodies, body)
	}
	return bodies, nil
}

func revisesFlag(flags *pflag.FlagSet, version *int) {
	flags.IntVar(version, "revises", 0, "`version` before a body in whose place this one comes (REV)")
}

func (a *app) showReceipt(p *page, r *service.Receipt) {
	p.line("%s %s", p.paint(green, "Recorded:"), p.receiptText(r))
	p.line("%s %s", p.paint(faint, "Record:"), r.ID)
	showRemarks(p, r)
	if r.Standing.Pending == r.ID {
		p.line("It takes effect once a second person has confirmed it:")
		p.line("  policycycle confirm %s --as NAME@BODY%s", r.ID, a.dataFlag())
	}
}

// showRemarks says what is to be known beside what is recorded.
func showRemarks(p *page, r *service.Receipt) {
	for _, remark := range r.Remarks {
		p.line("Note: %s.", remark)
	}
}

// receiptText says what is recorded and what follows from it.
func (s *screen) receiptText(r *service.Receipt) string {
	text := r.Subject.String()
	if r.Version > 0 {
		text += fmt.Sprintf(", version %d", r.Version)
	}
	at := r.Standing
	if at.Pending != "" {
		return text + ": waits for a second person"
	}
	switch at.State {
	case policy.StateClosed:
		return text + ": settled, " + r.Words.Title(at.Outcome)
	case policy.StateDrafting:
		return fmt.Sprintf("%s: now to be handed in by %s, due %s", text, s.turnText(at.Turn), at.Due)
	case policy.StateDeciding:
		return fmt.Sprintf("%s: now before %s, due %s", text, s.turnText(at.Turn), at.Due)
	default:
		return text
	}
}
