package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/service"
)

// completing has the shell complete the arguments of a command, each by its name in
// the usage line, and its flags, each by the name of its value. What it does not know,
// such as a date, the shell completes with nothing; for a file it offers files.
func (a *app) completing(c *cobra.Command) {
	names := argumentNames(c.Use)
	if c.Runnable() && (len(names) > 0 || !c.HasSubCommands()) && c.ValidArgsFunction == nil {
		c.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			at := len(args)
			if at >= len(names) && len(names) > 0 && strings.HasSuffix(names[len(names)-1], "...") {
				at = len(names) - 1 // the last may repeat
			}
			if at >= len(names) {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.proposals(cmd, strings.TrimSuffix(names[at], "..."), args, typed)
		}
	}
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.NoOptDefVal != "" { // it takes no value
			return
		}
		name, _ := pflag.UnquoteUsage(f)
		_ = c.RegisterFlagCompletionFunc(f.Name, func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			return a.proposals(cmd, strings.ToUpper(name), args, typed)
		})
	})
}

// completingEverywhere has the shell complete the flags of every command. The other
// settings are folders and files, or free.
func (a *app) completingEverywhere(root *cobra.Command) {
	for flag, words := range map[string]func(cmd *cobra.Command, typed string) []string{
		"output": func(_ *cobra.Command, typed string) []string { return beginning(formats, typed) },
		"as":     func(cmd *cobra.Command, typed string) []string { return a.wordsFor(cmd, "NAME@BODY", typed) },
	} {
		_ = root.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
			return words(cmd, typed), cobra.ShellCompDirectiveNoFileComp
		})
	}
}

// argumentNames gives the names of the arguments in a usage line, such as CYCLE and
// REGISTER.
func argumentNames(use string) []string {
	var names []string
	for _, word := range strings.Fields(use)[1:] {
		word = strings.Trim(word, "[]")
		if strings.HasPrefix(word, "--") {
			break
		}
		names = append(names, word)
	}
	return names
}

// proposals gives what an argument or the value of a flag may be, by its name.
func (a *app) proposals(cmd *cobra.Command, name string, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch name {
	case "CYCLE":
		return a.cycleIDs(cmd, service.CycleFilter{}, typed, ""), cobra.ShellCompDirectiveNoFileComp
	case "REHEARSAL":
		return a.cycleIDs(cmd, service.CycleFilter{Rehearsal: new(true)}, typed, ""), cobra.ShellCompDirectiveNoFileComp
	case "SUBJECT":
		return a.subjects(cmd, typed, "")
	case "ITEM": // a subject by its path in the cycle that comes first
		found, how := a.subjects(cmd, args[0]+"/"+typed, "")
		return each(found, func(subject string) string { return strings.TrimPrefix(subject, args[0]+"/") }), how
	case "CYCLE/oap/PERIOD/OAP":
		return a.subjects(cmd, typed, policy.KindOAP)
	case "CYCLE/report/PERIOD/OAP/ROUND": // or a correction of it
		return a.subjects(cmd, typed, policy.KindReport)
	case "FOLDER", "FILE":
		if slices.Contains([]string{"rehearse", "check", "start", "import"}, cmd.Name()) {
			return beginning(exampleNames(), typed), cobra.ShellCompDirectiveDefault
		}
		return nil, cobra.ShellCompDirectiveDefault
	default:
		return a.wordsFor(cmd, name, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// wordLists are the words that a value may be, by its name; bodies and States beside.
var wordLists = map[string][]string{
	"OUTCOME":  policy.Texts(policy.Outcomes),
	"MARKING":  policy.Texts(policy.Markings),
	"LANGUAGE": policy.Texts(policy.Languages),
	"REGISTER": policy.Texts(policy.Registers()),
	"PAPER":    policy.Texts(papers.Kinds()),
	"FORMAT":   policy.Texts(papers.Formats),
	"STANCE":   policy.Texts(policy.Stances),
	"KIND":     policy.Texts(policy.ContentKinds()),
	"MAILS":    policy.Texts(policy.MailKinds),
	"EVENTS":   policy.Texts(policy.EventKinds),
	"RULE":     each(rules.Rules(), func(r rules.Rule) string { return r.ID }),
	"ORDER":    inboxOrders,
	"MESSAGE":  protocol.Messages(),
	"YEARS":    {"4y", "8y"},
}

// wordsFor gives the words that a value of a name may be, where it is one of a list. Of
// a name such as KEY=OUTCOME only what follows the sign is one.
func (a *app) wordsFor(cmd *cobra.Command, name, typed string) []string {
	if list := map[string]string{"BODIES": "BODY", "MAILS": "MAILS", "EVENTS": "EVENTS"}[name]; list != "" {
		words := a.wordList(cmd, list)
		return append(beginning(words, typed), following(",", words, typed)...)
	}
	if at := strings.IndexAny(name, "@="); at > 0 {
		return following(name[at:at+1], a.wordList(cmd, name[at+1:]), typed)
	}
	return beginning(a.wordList(cmd, name), typed)
}

// wordList gives the words of a list; of bodies also those of the cycles on record.
func (a *app) wordList(cmd *cobra.Command, name string) []string {
	if name != "BODY" && name != "STATE" {
		return wordLists[name]
	}
	var bodies policy.BodyTable
	a.askQuickly(cmd, func(ctx context.Context, svc service.Service) { bodies, _ = svc.ListBodies(ctx) })
	if name == "STATE" {
		return policy.Texts(bodies.States())
	}
	return policy.Texts(bodies.Bodies())
}

func beginning(words []string, typed string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !strings.HasPrefix(word, typed) })
}

// following completes what follows the last sign in what is typed; before there is one,
// with nothing.
func following(sign string, words []string, typed string) []string {
	at := strings.LastIndex(typed, sign)
	if at < 0 {
		return nil
	}
	before, after := typed[:at+len(sign)], typed[at+len(sign):]
	return each(beginning(words, after), func(word string) string { return before + word })
}

// cycleIDs gives the cycles that are there, each followed by something.
func (a *app) cycleIDs(cmd *cobra.Command, which service.CycleFilter, typed, after string) []string {
	var ids []string
	a.askQuickly(cmd, func(ctx context.Context, svc service.Service) {
		lines, _ := svc.ListCycles(ctx, which)
		ids = each(lines, func(line service.CycleLine) string { return line.ID + after })
	})
	return beginning(ids, typed)
}

// subjects gives the subjects of the cycle that has been typed, of one kind or of
// all; before, the cycles.
func (a *app) subjects(cmd *cobra.Command, typed string, kind policy.Kind) ([]string, cobra.ShellCompDirective) {
	id, _, within := strings.Cut(typed, "/")
	if !within {
		return a.cycleIDs(cmd, service.CycleFilter{}, typed, "/"), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	var names []string
	a.askQuickly(cmd, func(ctx context.Context, svc service.Service) {
		cycle, err := svc.FindCycle(ctx, id)
		if err != nil {
			return
		}
		for _, s := range subjectsOf(cycle) {
			if kind == "" || s.Subject.Kind.Form() == kind {
				names = append(names, s.Subject.String())
			}
		}
	})
	return beginning(names, typed), cobra.ShellCompDirectiveNoFileComp
}

// quickly is how long a shell waits for proposals.
const quickly = time.Second

// askQuickly asks whatever is up, as the flags that have been typed say. Where nothing
// is, or it does not answer at once, nothing is said: somebody is typing.
func (a *app) askQuickly(cmd *cobra.Command, question func(context.Context, service.Service)) {
	ctx, cancel := context.WithTimeout(cmd.Context(), quickly)
	defer cancel()
	if a.configure(cmd) != nil {
		return
	}
	conn, err := a.asked()
	if err != nil {
		return
	}
	r, err := a.parts.read(ctx, conn)
	if err != nil {
		return
	}
	defer r.close()
	if svc, err := a.given(ctx, r.Service); err == nil {
		question(ctx, svc)
	}
}
