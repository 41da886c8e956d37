package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"github.com/policycycle/policycycle/policy"
)

// Names of what says where the file is; they are no settings themselves.
const (
	fileFlag     = "config"
	fileVariable = "POLICYCYCLE_CONFIG"
)

// otherVariables are variables with our prefix that are no settings: another
// part reads them itself.
var otherVariables = map[string]string{
	fileVariable:                      "Path of the configuration file, as `--config` gives it.",
	"POLICYCYCLE_RUNNING":             "Folder in which a running `up` is registered, for tests that want one of their own.",
	"POLICYCYCLE_POSTGRES_REPOSITORY": "Maven repository that `up` downloads Postgres from, where it finds none on the machine; Maven Central unless it is set.",
	"POLICYCYCLE_POSTGRES":            "Folder with the Postgres programs (`initdb`, `postgres`) that `up` uses, where it does not find them itself.",
}

// Input is where the configuration is read from.
type Input struct {
	Environ []string       // as os.Environ gives it
	Flags   *pflag.FlagSet // parsed, with the flags of AddFlags; may be nil
	// DefaultData is the data folder where none is given.
	DefaultData string
}

// AddFlags defines a flag for each setting that has one, and --config.
func AddFlags(flags *pflag.FlagSet) {
	flags.String(fileFlag, "", "configuration `FILE`, YAML (default: policycycle/config.yaml in the user's configuration folder)")
	for _, s := range settings {
		if s.Flag == "" {
			continue
		}
		flags.String(s.Flag, "", fmt.Sprintf("%s: %s", s.Key, s.Expected))
	}
}

// layer is what one source gives, by the key of the setting.
type layer map[string]given

type given struct {
	text   string
	origin Origin
}

// Load reads and checks the configuration. The error is an *Error that lists
// everything that is wrong, each with its source, field and what was expected.
func Load(in Input) (*Config, error) {
	var problems []Problem
	fromFile, faults := readFile(in)
	problems = append(problems, faults...)
	fromEnv, faults := readEnvironment(in.Environ)
	problems = append(problems, faults...)
	layers := []layer{fromFile, fromEnv, readFlags(in.Flags)}

	c := &Config{origins: map[string]Origin{}}
	for _, s := range settings {
		text := s.Default
		if s.Key == "data" {
			text = in.DefaultData
		}
		for _, l := range layers {
			if given, set := l[s.Key]; set {
				text, c.origins[s.Key] = given.text, given.origin
			}
		}
		if text == "" {
			continue
		}
		if err := s.read(c, text); err != nil {
			problems = append(problems, Problem{Origin: c.Origin(s.Key), Field: s.Key, Message: quoted(s, c, text) + err.Error(), Expected: s.Expected})
		}
	}
	if len(problems) == 0 {
		problems = c.checkTogether()
	}
	if len(problems) > 0 {
		return nil, &Error{Problems: problems}
	}
	return c, nil
}

// quoted repeats a wrong value to the reader, but never a secret.
func quoted(s Setting, c *Config, text string) string {
	shown := s.show(c)
	switch shown {
	case hidden:
		return ""
	case "", "0s", string(Off): // reading it failed halfway
		shown = text
	}
	return fmt.Sprintf("%q ", shown)
}

// readFile reads the configuration file, if there is one.
func readFile(in Input) (layer, []Problem) {
	l := layer{}
	path, asked := filePath(in)
	if path == "" {
		return l, nil
	}
	origin := Origin{Kind: FromFile, Name: path}
	text, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && !asked {
			return l, nil
		}
		if path, ok := errors.AsType[*fs.PathError](err); ok {
			err = path.Err
		}
		return l, []Problem{{Field: "the file " + origin.Name, Message: "cannot be read: " + err.Error(), Expected: "a readable YAML file"}}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return l, []Problem{unread(origin, err)}
	}
	if len(root.Content) == 0 {
		return l, nil
	}
	return l, l.takeAll(origin, "", root.Content[0])
}

// unread says where a file is no YAML: at what was opened and never closed, or where
// the reader stopped.
func unread(origin Origin, err error) Problem {
	p := Problem{Origin: origin.at(&yaml.Node{Line: 1, Column: 1}), Message: "is not sound: " + err.Error(), Expected: "settings in YAML"}
	if wrong, is := errors.AsType[*yaml.LoadError](err); is {
		at := wrong.Mark
		if wrong.ContextMark.Line > 0 && strings.Contains(wrong.Message, "',' or") {
			at = wrong.ContextMark
		}
		p.Origin.Line, p.Origin.Column, p.Message = max(at.Line, 1), max(at.Column, 1), "is not sound: "+wrong.Message
	}
	return p
}

// filePath says where the file is, and whether somebody asked for it.
func filePath(in Input) (path string, asked bool) {
	if in.Flags != nil {
		if f := in.Flags.Lookup(fileFlag); f != nil && f.Changed {
			return f.Value.String(), true
		}
	}
	vars := variables(in.Environ)
	if vars[fileVariable] != "" {
		return vars[fileVariable], true
	}
	folder := vars["XDG_CONFIG_HOME"]
	if folder == "" && vars["HOME"] != "" {
		folder = filepath.Join(vars["HOME"], ".config")
	}
	if folder == "" {
		return "", false
	}
	return filepath.Join(folder, "policycycle", "config.yaml"), false
}

func variables(environ []string) map[string]string {
	vars := make(map[string]string, len(environ))
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		vars[name] = value
	}
	return vars
}

// takeAll reads the values of a group of settings, or of the whole file.
func (l layer) takeAll(origin Origin, group string, n *yaml.Node) []Problem {
	if n.Kind != yaml.MappingNode {
		return []Problem{{Origin: origin.at(n), Message: "is not sound: no settings stand here", Expected: "settings in YAML"}}
	}
	var problems []Problem
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		key := strings.TrimPrefix(group+"."+name.Value, ".")
		if value.Kind == yaml.MappingNode && len(value.Content) > 0 && find(key) == nil {
			problems = append(problems, l.takeAll(origin, key, value)...)
		} else if wrong := l.take(origin, key, value); wrong != nil {
			wrong.Origin, wrong.Field = origin.at(name), key
			problems = append(problems, *wrong)
		}
	}
	return problems
}

// take reads one value of the file.
func (l layer) take(origin Origin, key string, n *yaml.Node) *Problem {
	s := find(key)
	switch {
	case s == nil:
		return &Problem{Message: "is not a setting", Expected: "one of " + strings.Join(keys(), ", ")}
	case n.Kind != yaml.ScalarNode:
		return &Problem{Message: "is not one value", Expected: s.Expected}
	case n.Tag == "!!null": // a key without a value gives none
	default:
		l[key] = given{n.Value, origin.at(n)}
	}
	return nil
}

func find(key string) *Setting {
	at := slices.IndexFunc(settings, func(s Setting) bool { return s.Key == key })
	if at < 0 {
		return nil
	}
	return &settings[at]
}

func keys() []string {
	all := make([]string, len(settings))
	for i, s := range settings {
		all[i] = s.Key
	}
	return all
}

// readEnvironment reads the variables. An empty one counts as not given. One
// with our prefix that nobody reads is a slip of the pen, and dangerous: a
// mistyped address would leave the command with another engine.
func readEnvironment(environ []string) (layer, []Problem) {
	k := koanf.New(".")
	// The provider's error is that of its transformation; ours has none.
	_ = k.Load(env.Provider("\x00", env.Opt{
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			if value == "" {
				return "", nil
			}
			return name, value
		},
	}), nil)
	l := layer{}
	known := map[string]bool{}
	for _, s := range settings {
		for _, name := range slices.Backward(s.Env) { // the strongest last
			known[name] = true
			if value := k.String(name); value != "" {
				l[s.Key] = given{value, Origin{Kind: FromEnvironment, Name: name}}
			}
		}
	}
	var problems []Problem
	for _, name := range k.Keys() {
		if known[name] || otherVariables[name] != "" || !strings.HasPrefix(name, "POLICYCYCLE_") || foreign(name) {
			continue
		}
		problems = append(problems, Problem{
			Origin: Origin{Kind: FromEnvironment, Name: name}, Field: "the variable",
			Message: "is not a setting", Expected: "one that `policycycle help settings` lists",
		})
	}
	return l, problems
}

// foreign says whether a variable with our prefix is set by others: Kubernetes
// does so for a service named policycycle, and our own tests do.
func foreign(name string) bool {
	return strings.Contains(name, "_SERVICE_") || strings.HasPrefix(name, "POLICYCYCLE_PORT") || strings.HasPrefix(name, "POLICYCYCLE_TEST_")
}

// readFlags reads the flags that were given.
func readFlags(flags *pflag.FlagSet) layer {
	l := layer{}
	if flags == nil {
		return l
	}
	k := koanf.New(".")
	_ = k.Load(posflag.ProviderWithFlag(flags, ".", nil, func(f *pflag.Flag) (string, any) {
		if !f.Changed {
			return "", nil
		}
		return f.Name, f.Value.String()
	}), nil)
	for _, s := range settings {
		if s.Flag != "" && k.Exists(s.Flag) {
			l[s.Key] = given{k.String(s.Flag), Origin{Kind: FromFlag, Name: "--" + s.Flag}}
		}
	}
	return l
}

// checkTogether checks what settings must mean together. Files are read here,
// so that a wrong path is told before anything starts.
func (c *Config) checkTogether() []Problem {
	var problems []Problem
	add := func(key, message, expected string) {
		problems = append(problems, Problem{Origin: c.Origin(key), Field: key, Message: message, Expected: expected})
	}
	tls := c.Temporal.TLS
	switch {
	case tls.Cert != "" && tls.Key == "":
		add("temporal.tls.cert", "stands alone", "temporal.tls.key with it")
	case tls.Key != "" && tls.Cert == "":
		add("temporal.tls.key", "stands alone", "temporal.tls.cert with it")
	case tls.Enabled == Off && tls.given():
		add("temporal.tls.enabled", "is false although other temporal.tls settings are given", "true, or none of them")
	case tls.Enabled == Off && c.Temporal.APIKey != "" && !Loopback(c.Temporal.Address):
		add("temporal.tls.enabled", "is false, so the API key would travel in the clear", "true")
	}
	if len(c.Skeleton.Fields) > 1 && c.Skeleton.DecidedBy == "" {
		add("skeleton.fields", "allows more than code, and nobody has decided it", "skeleton.decided_by with it: the security officer and the day of the decision")
	}
	if policy.Marking(c.Temporal.Marking).Above(policy.Marking(c.Marking.Ceiling)) {
		add("temporal.marking", "is higher than what is kept here (marking.ceiling)", c.Marking.Ceiling)
	}
	if policy.Marking(c.Calendar.Marking).Above(policy.Marking(c.Marking.Ceiling)) {
		add("calendar.marking", "is higher than what is kept here (marking.ceiling)", c.Marking.Ceiling)
	}
	if policy.Marking(c.Mail.Marking).Above(policy.Marking(c.Marking.Ceiling)) {
		add("mail.marking", "is higher than what is kept here (marking.ceiling)", c.Marking.Ceiling)
	}
	if policy.Marking(c.Webhooks.Marking).Above(policy.Marking(c.Marking.Ceiling)) {
		add("webhooks.marking", "is higher than what is kept here (marking.ceiling)", c.Marking.Ceiling)
	}
	c.checkMail(add)
	for key, path := range map[string]string{"temporal.tls.ca": tls.CA, "temporal.tls.cert": tls.Cert, "temporal.tls.key": tls.Key} {
		if _, err := os.Stat(path); path != "" && err != nil {
			add(key, fmt.Sprintf("%q cannot be read: %v", path, errors.Unwrap(err)), "a PEM file")
		}
	}
	if len(problems) == 0 {
		if _, err := c.Temporal.TLSConfig(); err != nil {
			add("temporal.tls", err.Error(), "certificates and a key in PEM that belong together")
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Field, b.Field) })
	return problems
}
