package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// completing has the shell complete the arguments of a command, each by its name in
// the usage line, and its flags, each by the name of its value. What it does not know,
// such as a date, the shell completes with nothing; for a file it offers files.
func (a *app) completing(c *cobra.Command) {
	names := argumentNames(c.Use)
	if c.Runnable() && !c.HasSubCommands() && c.ValidArgsFunction == nil {
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
func completingEverywhere(root *cobra.Command) {
	for flag, words := range map[string]func(typed string) []string{
		"output": func(typed string) []string { return beginning(formats, typed) },
		"as":     func(typed string) []string { return wordsFor("NAME@BODY", typed) },
	} {
		_ = root.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
			return words(typed), cobra.ShellCompDirectiveNoFileComp
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
		for i := range found {
			found[i] = strings.TrimPrefix(found[i], args[0]+"/")
		}
		return found, how
	case "CYCLE/oap/PERIOD/OAP":
		return a.subjects(cmd, typed, policy.KindOAP)
	case "CYCLE/report/PERIOD/OAP/ROUND":
		return a.subjects(cmd, typed, policy.KindReport)
	case "FOLDER", "FILE":
		if slices.Contains([]string{"rehearse", "check", "start", "import"}, cmd.Name()) {
			return beginning(exampleNames(), typed), cobra.ShellCompDirectiveDefault
		}
		return nil, cobra.ShellCompDirectiveDefault
	default:
		return wordsFor(name, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// wordsFor gives the words that a value of a name may be, where it is one of a list.
func wordsFor(name, typed string) []string {
	bodies := policy.Texts(policy.Bodies())
	switch name {
	case "BODY":
		return beginning(bodies, typed)
	case "BODIES":
		return append(beginning(bodies, typed), following(",", bodies, typed)...)
	case "NAME@BODY":
		return following("@", bodies, typed)
	case "STATE":
		return beginning(policy.Texts(policy.MemberStates), typed)
	case "NAME@STATE":
		return following("@", policy.Texts(policy.MemberStates), typed)
	case "OUTCOME":
		return beginning(policy.Texts(policy.Outcomes), typed)
	case "KEY=OUTCOME":
		return following("=", policy.Texts(policy.Outcomes), typed)
	case "MARKING":
		return beginning(policy.Texts(policy.Markings), typed)
	case "LANGUAGE":
		return beginning(policy.Texts(policy.Languages), typed)
	case "REGISTER":
		return beginning(policy.Texts(policy.Registers()), typed)
	case "STANCE":
		return beginning(policy.Texts(policy.Stances), typed)
	case "KIND":
		return beginning(policy.Texts(policy.ContentKinds()), typed)
	case "RULE":
		var rules []string
		for _, r := range policy.Rules() {
			rules = append(rules, r.ID)
		}
		return beginning(rules, typed)
	case "ORDER":
		return beginning(inboxOrders, typed)
	default:
		return nil
	}
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
	found := beginning(words, typed[at+len(sign):])
	for i := range found {
		found[i] = typed[:at+len(sign)] + found[i]
	}
	return found
}

// cycleIDs gives the cycles that are there, each followed by something.
func (a *app) cycleIDs(cmd *cobra.Command, which service.CycleFilter, typed, after string) []string {
	var ids []string
	a.askQuickly(cmd, func(ctx context.Context, svc service.Service) {
		lines, err := svc.ListCycles(ctx, which)
		if err != nil {
			return
		}
		for _, line := range lines {
			ids = append(ids, line.ID+after)
		}
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
			if kind == "" || s.Subject.Kind == kind {
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
	dir, err := a.parts.defaultData()
	if err != nil {
		dir = ""
	}
	if a.config, err = config.Load(config.Input{Environ: a.environ, Flags: cmd.Flags(), DefaultData: dir}); err != nil {
		return
	}
	conn, err := a.connection()
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
