package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policycycle/policycycle/config"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// usageTemplate is cobra's, shorter: the flags that every command takes stand
// in one line.
const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$all := .}}{{range $group := .Groups}}

{{$group.Title}}{{range $all.Commands}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}

{{if .Groups}}More:{{else}}Commands:{{end}}{{range .Commands}}{{if and (eq .GroupID "") .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasHelpSubCommands}}

Help on:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if and .HasParent .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}

Everywhere: -o table|json|yaml, --data DIR, --timeout 15s and more: see policycycle help settings{{if .HasAvailableSubCommands}}
About one command: {{.CommandPath}} COMMAND --help{{end}}
`

// exitCodesTopic is `policycycle help exit-codes`.
func exitCodesTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("Exit status of every command. With -o json an error is also written to standard\nerror as {\"error\": {\"code\", \"message\", \"field\"}}.\n\n")
	fmt.Fprintf(&b, "  %6s  %-16s %s\n", "status", "code", "meaning")
	fmt.Fprintf(&b, "  %6d  %-16s %s\n", 0, "", "done")
	for _, o := range outcomes {
		fmt.Fprintf(&b, "  %6d  %-16s %s\n", o.status, o.code, o.meaning)
	}
	fmt.Fprintf(&b, "  %6d  %-16s %s\n", interrupted, "", "ended by Ctrl-C")
	b.WriteString("\nExample:\n  policycycle decide empact-2022-2025/priorities … ; echo $?")
	return &cobra.Command{Use: "exit-codes", Short: "Exit status and error codes", Long: b.String()}
}

// settingsTopic is `policycycle help settings`.
func settingsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("Settings, by flag, environment or file, the first being the strongest. The file is\nYAML: --config FILE, else policycycle/config.yaml in ~/.config. See what is in force\nwith: policycycle config show\n")
	for _, s := range config.Settings() {
		where := append([]string{}, s.Env...)
		if s.Flag != "" {
			where = append([]string{"--" + s.Flag}, where...)
		}
		fmt.Fprintf(&b, "\n  %s  (%s)\n      %s\n      Value: %s.", s.Key, strings.Join(where, ", "), s.Meaning, s.Expected)
		if s.Default != "" {
			fmt.Fprintf(&b, " Default: %s.", s.Default)
		}
		b.WriteString("\n")
	}
	b.WriteString("\nExample:\n  POLICYCYCLE_AS=anna@general-secretariat policycycle decide …")
	return &cobra.Command{Use: "settings", Short: "Every setting: flag, variable and place in the file", Long: b.String()}
}

// group makes a command that only holds others.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use + " COMMAND", Short: short, Example: example, Args: noSuchCommand, RunE: showHelp}
	c.AddCommand(commands...)
	return c
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// helpCommand is `policycycle help`. Unlike cobra's own it refuses what is no command.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", DisableFlagsInUseLine: true, Short: "Help on a command or a topic",
		Example:           "  policycycle help decide\n  policycycle help exit-codes",
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil }, // it wants no sound configuration
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = noSuchCommand(found, rest)
			}
			if err != nil {
				return err
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if found, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, c := range found.Commands() {
					if !c.Hidden {
						names = append(names, c.Name())
					}
				}
			}
			return beginning(names, typed), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// noSuchCommand refuses what is left when no command of the group was meant.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := fmt.Sprintf("%s has no command %q", cmd.CommandPath(), args[0])
	for cmd.SuggestionsMinimumDistance = 1; cmd.SuggestionsMinimumDistance <= 2; cmd.SuggestionsMinimumDistance++ { // the nearest
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			message += "; did you mean " + strings.Join(near, " or ") + "?"
			break
		}
	}
	return policy.Refuse(policy.CodeInvalid, "%s", message)
}

// takesArguments has a command take the arguments that its usage line names, unless it
// says otherwise.
func takesArguments(c *cobra.Command) {
	if c.Args == nil && c.Runnable() {
		c.Args = arguments(argumentNames(c.Use)...)
	}
}

// arguments says in words how many arguments a command takes. The last may repeat where
// its name ends in dots.
func arguments(names ...string) cobra.PositionalArgs {
	more := len(names) > 0 && strings.HasSuffix(names[len(names)-1], "...")
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return policy.Refuse(policy.CodeInvalid, "%s is missing", strings.TrimSuffix(strings.Join(names[len(args):], " and "), "..."))
		case len(args) > len(names) && !more:
			return policy.Refuse(policy.CodeInvalid, "%q is one argument too many", args[len(names)])
		}
		return nil
	}
}

// parsed is a flag whose text is read into a type of the field.
type parsed[T any] struct {
	into  *T
	parse func(string) (T, error)
	text  string
}

// parsedFlag defines a flag that is read with parse.
func parsedFlag[T any](flags *pflag.FlagSet, into *T, name string, parse func(string) (T, error), usage string) {
	flags.Var(&parsed[T]{into: into, parse: parse}, name, usage)
}

// statementFlags defines the flags of everything that somebody records; date says of what
// its date is.
func statementFlags(flags *pflag.FlagSet, s *service.Statement, date string) {
	flags.StringVar(&s.ID, "id", "", "`ID` of the record, to repeat it safely (default: made from its content)")
	parsedFlag(flags, &s.Date, "date", policy.ParseDate, date+" (default: today on the cycle's calendar)")
	parsedFlag(flags, &s.For, "for", func(text string) (*policy.Actor, error) {
		who, err := policy.ParseActor(text)
		return &who, err
	}, "whom you stand in for, as `NAME@BODY` or NUMBER@BODY (policycycle register show CYCLE substitutions)")
	flags.StringVar(&s.Comment, "comment", "", "`text` kept with the record")
	parsedFlag(flags, &s.Language, "language", policy.ParseLanguage, "`language` in which what is said or handed in is written, such as fr")
}

// versionFlag defines the flag for the version that an act is on.
func versionFlag(flags *pflag.FlagSet, version *int, usage string) {
	parsedFlag(flags, version, "version", func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return 0, policy.Refuse(policy.CodeInvalid, "%q is not a version: versions count from 1", text)
		}
		return n, nil
	}, usage+" (default: the one handed in last)")
}

func (p *parsed[T]) String() string { return p.text }
func (p *parsed[T]) Type() string   { return "value" }

func (p *parsed[T]) Set(text string) error {
	value, err := p.parse(text)
	if err == nil {
		*p.into, p.text = value, text
	}
	return err
}

// flagRefusal takes a refusal out of pflag's complaint and names the flag.
func flagRefusal(err error) error {
	wrong, is := errors.AsType[*pflag.InvalidValueError](err)
	if !is {
		return err
	}
	if refusal, is := errors.AsType[*policy.Error](err); is {
		return inField(wrong.GetFlag().Name, refusal)
	}
	return err
}

// realFlag defines the flag that leaves rehearsals out of a list.
func realFlag(flags *pflag.FlagSet, rehearsal **bool) {
	flags.BoolFunc("real", "without rehearsals", func(text string) error {
		is, err := strconv.ParseBool(text)
		*rehearsal = nil
		if is {
			*rehearsal = new(false)
		}
		return err
	})
}
