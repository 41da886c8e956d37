package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/policy"
)

// outcome is one row of the table of exit statuses.
type outcome struct {
	code    policy.Code
	status  int
	meaning string
	hint    string // what to type next; may be empty
}

// outcomes maps each code of an error to the exit status of the command. Both
// are stable: scripts rest on them.
var outcomes = []outcome{
	{policy.CodeInternal, 1, "something unforeseen; the log tells more", "policycycle --log-level debug … tells more"},
	{policy.CodeInvalid, 2, "the command, a file or the configuration is wrong", ""},
	{policy.CodeUnknown, 3, "a cycle, subject or decision that does not exist", "policycycle cycle list names the cycles, policycycle cycle show CYCLE their subjects"},
	{policy.CodeNotOpen, 4, "nothing can be recorded on the subject now", "policycycle inbox lists what is open"},
	{policy.CodeAlreadyDecided, 5, "the subject has its outcome", "policycycle show SUBJECT tells it; a wrong entry is corrected with --rectifies ID"},
	{policy.CodeNotCompetent, 6, "the body, the person or the login at Postgres may not do this", ""},
	{policy.CodeWrongVersion, 7, "another version than the one handed in last, or another revision of a draft than the last", "policycycle show SUBJECT lists the versions, policycycle draft show SUBJECT tells the revision of a draft"},
	{policy.CodeWrongDate, 8, "a date out of the order of events", ""},
	{policy.CodeNotReady, 9, "what it rests on is not settled yet; the same may succeed later", ""},
	{policy.CodeConflict, 10, "the ID or key is already used for something else, or somebody else has taken the subject on", ""},
	{policy.CodeOutcomeUnknown, 11, "no answer came in time; it may or may not be recorded", "repeat the same command: that is safe, and tells"},
	{policy.CodeUnavailable, 12, "Postgres, Temporal or the worker is away, or turns us away; nothing was changed", ""},
	{policy.CodeBlocked, 13, "a rule of the field stands against it", "policycycle findings CYCLE lists what is wrong and who can mend it; decide --help tells of irregular facts"},
	{policy.CodeFourEyes, 14, "a second person is wanted", "another official records or confirms it; policycycle roles tells which acts want two"},
	{policy.CodeSeal, 15, "the act bears no seal, or not a good one", "acts are sealed by serve and up; policycycle doctor looks at the keys"},
	{policy.CodeMarking, 16, "content above the marking that may be kept or seen here", ""},
	{policy.CodeUnsafe, 18, "something in the configuration is not safe", ""},
	{policy.CodeTampered, 19, "a record does not stand up to being checked", ""},
	{policy.CodeWrongSchema, 20, "the records are of a newer or an older policycycle; nothing was changed", ""},
	{policy.CodeTooMany, 21, "more at once than is taken from one person; nothing was changed", "wait a moment and repeat the same command"},
	{policy.CodeNotIdentified, 17, "nobody known asks: no token, or not a good one", "give a token of the provider in POLICYCYCLE_TOKEN or with --token-file"},
}

// interrupted is the exit status after Ctrl-C, as shells have it.
const interrupted = 130

// outcomeOf finds the row of a code. A code without a row is internal.
func outcomeOf(code policy.Code) outcome {
	for _, o := range outcomes {
		if o.code == code {
			return o
		}
	}
	return outcomes[0]
}

// usageError is a command line that cannot be understood.
type usageError struct {
	command *cobra.Command
	refusal policy.Error
}

func (e *usageError) Error() string { return e.refusal.Message }
func (e *usageError) Unwrap() error { return &e.refusal }

// misused makes a usage error of whatever cobra or a flag complains of.
func misused(command *cobra.Command, err error) error {
	if _, already := errors.AsType[*usageError](err); already {
		return err
	}
	e := &usageError{command: command, refusal: policy.Error{Code: policy.CodeInvalid, Message: err.Error()}}
	if refusal, is := errors.AsType[*policy.Error](err); is {
		e.refusal = *refusal
	}
	return e
}

// misconfigured gives the code of bad input to an unsound configuration.
func misconfigured(err error) error {
	refusal := policy.Refuse(policy.CodeInvalid, "%s", err)
	if unsound, is := errors.AsType[*config.Error](err); is && len(unsound.Problems) == 1 {
		refusal.Field = unsound.Problems[0].Field
	}
	return refusal
}

// report tells of the error and gives the exit status.
func (a *app) report(ctx context.Context, err error) int {
	if err == nil {
		return 0
	}
	code := policy.CodeOf(err)
	if ctx.Err() != nil && (code == policy.CodeInternal || errors.Is(err, context.Canceled)) {
		_, _ = fmt.Fprintln(a.err, "policycycle: interrupted")
		return interrupted
	}
	refusal := refusalOf(err)
	if code == policy.CodeInternal {
		a.log.Debug().Err(err).Msg("unforeseen")
	}
	a.showError(err, refusal)
	return outcomeOf(code).status
}

// mostShown is how many mistakes of a file are shown to a person.
const mostShown = 100

func (a *app) showError(err error, shown policy.Error) {
	if a.format != formatTable {
		_ = write(a.err, a.format, struct {
			Error policy.Error `json:"error"`
		}{shown})
		return
	}
	_, _ = fmt.Fprintf(a.err, "%s %s\n", a.err.paint(red, "policycycle:"), a.err.safe(shown.Message))
	a.showMistakes(shown.Mistakes)
	if usage, is := errors.AsType[*usageError](err); is {
		_, _ = fmt.Fprintf(a.err, "usage: %s\nmore:  %s --help\n", usage.command.UseLine(), usage.command.CommandPath())
		return
	}
	hint := outcomeOf(shown.Code).hint
	if shown.Record != "" {
		hint = "repeat the same command with --id " + shown.Record + ": that is safe on any day, and tells"
	}
	if hint != "" {
		_, _ = fmt.Fprintln(a.err, a.err.paint(faint, "hint: "+hint))
	}
}

// showMistakes gives a line to each mistake of a file. A single one is told already,
// and so are those that stand in no file.
func (a *app) showMistakes(mistakes []policy.Mistake) {
	if len(mistakes) < 2 || mistakes[0].File == "" {
		return
	}
	for _, mistake := range mistakes[:min(len(mistakes), mostShown)] {
		_, _ = fmt.Fprintln(a.err, a.err.safe(mistake.String()))
	}
	if more := len(mistakes) - mostShown; more > 0 {
		_, _ = fmt.Fprintf(a.err, "and %d more\n", more)
	}
}

// refusalOf gives the refusal in an error; one that carries none is internal.
func refusalOf(err error) policy.Error {
	if refusal, is := errors.AsType[*policy.Error](err); is {
		return *refusal
	}
	// What went wrong inside is for the log: it may tell of tables and paths.
	return policy.Error{Code: policy.CodeInternal, Message: "something unforeseen happened"}
}
