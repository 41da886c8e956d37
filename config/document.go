package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Document writes docs/configuration.md: every setting, as settings.go has it.
func Document() string {
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Written by ` + "`go test ./config -update`" + ` from config/settings.go; do not edit. -->

A setting may be given in a file, in the environment or by a flag. A flag is
stronger than the environment, the environment stronger than the file. All is
checked before anything starts, and an error names the source, the setting and
what was expected. ` + "`policycycle config show`" + ` prints what is in force and where it
comes from; secrets are hidden.

The file is YAML: the one that ` + "`--config FILE`" + ` or ` + "`" + fileVariable + "`" + ` names, else
` + "`policycycle/config.yaml`" + ` in ` + "`$XDG_CONFIG_HOME`" + ` (` + "`~/.config`" + `), if it is there. A key
that is no setting is an error.

` + "```yaml" + `
database:
  url: postgres://policycycle@db.example.eu:5432/policycycle
temporal:
  address: temporal.example.eu:7233
  namespace: policycycle
  tls:
    ca: /etc/policycycle/temporal-ca.pem
as: anna@general-secretariat
timeout: 30s
` + "```" + `

| setting | environment | flag | default | value |
|---|---|---|---|---|
`)
	for _, s := range settings {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.Key, code(s.Env...), code(dashed(s.Flag)), code(s.Default), s.Expected)
	}
	b.WriteString("\nAn empty variable counts as not given. Where two variables are named, the first\none is the stronger.\n\n## Meaning\n\n")
	for _, s := range settings {
		fmt.Fprintf(&b, "- `%s`: %s\n", s.Key, s.Meaning)
	}
	b.WriteString("\n## Other variables\n\n")
	for _, name := range slices.Sorted(maps.Keys(otherVariables)) {
		fmt.Fprintf(&b, "- `%s`: %s\n", name, otherVariables[name])
	}
	b.WriteString(`
Any other variable that begins with ` + "`POLICYCYCLE_`" + ` is an error, so that a slip of
the pen does not go unseen. Those that Kubernetes sets for a service of that
name (` + "`POLICYCYCLE_SERVICE_…`, `POLICYCYCLE_PORT…`" + `) are let pass.

## Which engine a command talks to

1. With ` + "`--data DIR`" + ` on the command line: the ` + "`up`" + ` that runs on that folder.
2. With a provider (` + "`identity.kind: oidc`" + `) and ` + "`server.url`" + `: the service there, whatever else is named, for
   it alone has the keys. ` + "`worker`" + `, ` + "`serve`" + `, ` + "`migrate`" + `, ` + "`doctor`" + ` and ` + "`keys forget`" + ` go by the next.
3. With ` + "`database.url`" + ` and ` + "`temporal.address`" + `: those. One without the other is an
   error.
4. With ` + "`server.url`" + ` alone: the service there, over HTTP, as whoever the token or
   ` + "`as`" + ` says. It knows the engine; the command needs neither Postgres nor Temporal.
5. Else the ` + "`up`" + ` that runs on the data folder.
`)
	return b.String()
}

func dashed(flag string) string {
	if flag == "" {
		return ""
	}
	return "--" + flag
}

func code(texts ...string) string {
	var marked []string
	for _, text := range texts {
		if text != "" {
			marked = append(marked, "`"+text+"`")
		}
	}
	return strings.Join(marked, ", ")
}
