package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// completing has the shell complete the arguments of a command, each by its name in
// the usage line, and its flags. What it does not know, such as a date, the shell
// completes with nothing; for a file it offers files.
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
			return a.proposals(cmd, strings.TrimSuffix(names[at], "..."), typed)
		}
	}
	for flag, words := range flagWords {
		if c.LocalNonPersistentFlags().Lookup(flag) != nil {
			_ = c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
				return beginning(words(c), typed), cobra.ShellCompDirectiveNoFileComp
			})
		}
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

// flagWords are the words that a flag takes, where it takes one of a list.
var flagWords = map[string]func(*cobra.Command) []string{
	"body":       bodyWords,
	"delegation": func(*cobra.Command) []string { return policy.Texts(policy.MemberStates) },
	"state":      func(*cobra.Command) []string { return policy.Texts(policy.MemberStates) },
	"through":    bodyWords,
	"to": func(c *cobra.Command) []string {
		if c.Name() == "remind" {
			return bodyWords(c)
		}
		return nil // a date
	},
	"outcome":  func(*cobra.Command) []string { return policy.Texts(policy.Outcomes) },
	"marking":  func(*cobra.Command) []string { return policy.Texts(policy.Markings) },
	"language": func(*cobra.Command) []string { return policy.Texts(policy.Languages) },
}

func bodyWords(*cobra.Command) []string { return policy.Texts(policy.Bodies()) }

// proposals gives what an argument may be.
func (a *app) proposals(cmd *cobra.Command, name, typed string) ([]string, cobra.ShellCompDirective) {
	const alone = cobra.ShellCompDirectiveNoFileComp
	switch name {
	case "ID", "CYCLE":
		return a.cycleIDs(cmd, typed, ""), alone
	case "SUBJECT":
		return a.subjects(cmd, typed, "")
	case "CYCLE/oap/PERIOD/OAP":
		return a.subjects(cmd, typed, policy.KindOAP)
	case "CYCLE/report/PERIOD/OAP/ROUND":
		return a.subjects(cmd, typed, policy.KindReport)
	case "REGISTER":
		return beginning(policy.Texts(policy.Registers()), typed), alone
	case "STATE":
		return beginning(policy.Texts(policy.MemberStates), typed), alone
	case "STANCE":
		return beginning(policy.Texts(policy.Stances), typed), alone
	case "KIND":
		return beginning(policy.Texts(policy.ContentKinds()), typed), alone
	case "FOLDER", "FILE":
		if c := cmd.Name(); c == "rehearse" || c == "check" || c == "start" {
			return beginning(exampleNames(), typed), cobra.ShellCompDirectiveDefault
		}
		return nil, cobra.ShellCompDirectiveDefault
	default:
		return nil, alone
	}
}

func beginning(words []string, typed string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return !strings.HasPrefix(word, typed) })
}

// cycleIDs gives the cycles that are there, each followed by something.
func (a *app) cycleIDs(cmd *cobra.Command, typed, after string) []string {
	var ids []string
	a.askQuickly(cmd, func(ctx context.Context, svc service.Service) {
		lines, err := svc.ListCycles(ctx, service.CycleFilter{})
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
		return a.cycleIDs(cmd, typed, "/"), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
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
	if svc, err := a.seenBy(ctx, r.Service); err == nil {
		question(ctx, svc)
	}
}
